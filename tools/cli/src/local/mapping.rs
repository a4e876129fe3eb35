//! The template's event source mappings: the simulator's state machines, with a clock, the local
//! queues and the functions' processes.

mod change;
mod control;
mod create;
mod source;
mod sqs;

use std::collections::HashSet;
use std::future::pending;
use std::sync::Arc;
use std::time::Duration;

use lambda_queue_simulator::mapping::{
    Action, DeleteReason, InvocationId, PollerId, ReceivedMessage,
};
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::sleep;

use super::clock::epoch_ms;
use super::pool::{Invoked, Pool};
use super::queues::Queues;
use control::Command;
use source::{Source, Started};

pub(crate) use control::{Change, MappingControl, MappingState, NewMapping};
pub(crate) use create::{Planned, plan};
pub(crate) use source::SourceTally;

/// All mappings, in one loop: what one of them answers is decided with all of them standing still.
pub(crate) struct Mappings {
    queues: Arc<Queues>,
    sources: Vec<Source>,
    /// Long polls and invocations under way.
    work: JoinSet<(usize, Done)>,
    control: MappingControl,
    commands: mpsc::UnboundedReceiver<Command>,
    now_ms: u64,
}

/// Work that is done.
enum Done {
    Received(PollerId, Vec<ReceivedMessage>),
    Invoked(InvocationId, Invoked),
}

impl Mappings {
    /// No mappings yet.
    pub(crate) fn new(queues: &Arc<Queues>) -> Self {
        let (control, commands) = MappingControl::new();
        Self {
            queues: Arc::clone(queues),
            sources: Vec::new(),
            work: JoinSet::new(),
            control,
            commands,
            now_ms: 0,
        }
    }

    /// What others see of these mappings, and ask of them.
    pub(crate) fn control(&self) -> MappingControl {
        self.control.clone()
    }

    /// Adds a mapping to the function of `pool`, and lets it begin.
    pub(crate) fn add(&mut self, planned: Planned, pool: Arc<Pool>) {
        let started = Started {
            uuid: planned.uuid,
            mapping: planned.mapping,
            config: planned.config,
            called: planned.called,
            queue_arn: planned.queue.arn,
            // A plain name is a queue's URL, too.
            queue_url: planned.queue.name.into(),
        };
        self.start(started, pool);
    }

    fn start(&mut self, started: Started, pool: Arc<Pool>) -> &Source {
        let now_ms = self.now();
        let index = self.sources.len();
        self.sources.push(Source::new(started, pool, now_ms));
        self.wake();
        self.publish();
        &self.sources[index]
    }

    /// Waits until something happens, and does what is to be done then. May be dropped at any time.
    pub(crate) async fn step(&mut self) {
        let now_ms = self.now();
        let wakeups = self.sources.iter();
        let wakeup = wakeups
            .filter_map(|it| it.mapping.next_wakeup(now_ms))
            .min();
        let timer = async {
            match wakeup {
                Some(at) => sleep(Duration::from_millis(at.saturating_sub(now_ms))).await,
                None => pending().await,
            }
        };
        tokio::select! {
            Some(done) = self.work.join_next() => match done {
                Ok((index, done)) => self.answer(index, done),
                Err(error) => panicked(error),
            },
            Some(command) = self.commands.recv() => self.obey(command),
            () = timer => self.wake(),
        }
        self.publish();
    }

    /// Whether no mapping holds a message.
    pub(crate) fn are_idle(&self) -> bool {
        self.sources.iter().all(|it| it.mapping.is_idle())
    }

    /// Whether an enabled mapping polls the queue with this ARN.
    pub(crate) fn polls(&self, queue_arn: &str) -> bool {
        let mut sources = self.sources.iter();
        sources.any(|it| it.queue_arn == queue_arn && it.mapping.is_enabled())
    }

    /// What became of the messages of a queue, over all of its mappings.
    pub(crate) fn tally(&self, queue_arn: &str) -> SourceTally {
        let sources = self.sources.iter().filter(|it| it.queue_arn == queue_arn);
        sources.fold(SourceTally::default(), |sum, it| SourceTally {
            completed: sum.completed + it.tally.completed,
            dead_lettered: sum.dead_lettered + it.tally.dead_lettered,
            filtered: sum.filtered + it.tally.filtered,
            retried: sum.retried + it.tally.retried,
        })
    }

    /// Drops polls and invocations under way, and with these their processes.
    pub(crate) async fn stop(&mut self) {
        self.work.shutdown().await;
    }

    /// Shows the mappings as they are now.
    fn publish(&self) {
        let sources = self.sources.iter().filter(|it| !it.is_gone());
        self.control.publish(sources.map(Source::state).collect());
    }

    /// Never goes back, as the mappings demand.
    fn now(&mut self) -> u64 {
        self.now_ms = self.now_ms.max(epoch_ms());
        self.now_ms
    }

    fn wake(&mut self) {
        let now_ms = self.now();
        for index in 0..self.sources.len() {
            let actions = self.sources[index].mapping.wake(now_ms);
            self.carry_out(index, actions, &HashSet::new());
        }
    }

    fn answer(&mut self, index: usize, done: Done) {
        let now_ms = self.now();
        let source = &mut self.sources[index];
        match done {
            Done::Received(poller, messages) => {
                if !messages.is_empty() {
                    source.refresh(&self.queues);
                }
                source.tally.retried += messages.iter().filter(|it| is_retry(it)).count() as u64;
                let actions = source.mapping.received(poller, messages, now_ms);
                self.carry_out(index, actions, &HashSet::new());
            }
            Done::Invoked(id, invoked) => {
                let dead_lettered = invoked.dead_lettered.into_iter().collect();
                let actions = source
                    .mapping
                    .invocation_finished(id, invoked.result, now_ms);
                self.carry_out(index, actions, &dead_lettered);
            }
        }
    }

    /// `dead_lettered` are messages that the function has sent elsewhere.
    fn carry_out(&mut self, index: usize, actions: Vec<Action>, dead_lettered: &HashSet<String>) {
        let now_ms = self.now_ms;
        let source = &mut self.sources[index];
        for action in actions {
            match action {
                Action::Receive {
                    poller,
                    max_messages,
                    wait_until_ms,
                } => {
                    let wait_ms = wait_until_ms.saturating_sub(now_ms);
                    let (queues, url) = (Arc::clone(&self.queues), Arc::clone(&source.queue_url));
                    let voice = source.pool.voice().clone();
                    let poll = sqs::receive(queues, url, max_messages, wait_ms, voice);
                    let disabled = Arc::clone(&source.disabled).notified_owned();
                    self.work.spawn(async move {
                        let messages = tokio::select! {
                            // In this order: what was received is not given up.
                            biased;
                            messages = poll => messages,
                            () = disabled => Vec::new(),
                        };
                        (index, Done::Received(poller, messages))
                    });
                }
                Action::Invoke { id, event, .. } => {
                    let (pool, called) = (Arc::clone(&source.pool), source.called.clone());
                    let ids = source.mapping.invocation_messages(id);
                    let ids: Vec<_> = ids.map(|it| it.message_id.clone()).collect();
                    let activity = Arc::clone(self.queues.activity());
                    let (queue, function) = (Arc::clone(&source.queue_url), pool.name());
                    self.work.spawn(async move {
                        activity.handed_over(&queue, &function, &ids);
                        let invoked = pool.invoke(&event, &called).await;
                        activity.settled(&queue, &function, &ids, &invoked);
                        (index, Done::Invoked(id, invoked))
                    });
                }
                Action::Delete { entries, reason } => {
                    if reason == DeleteReason::Filtered {
                        let activity = self.queues.activity();
                        activity.filtered(&source.queue_url, &entries);
                    }
                    source.count(&entries, reason, dead_lettered);
                    if let Err(error) = sqs::delete(&self.queues, &source.queue_url, &entries) {
                        source
                            .pool
                            .voice()
                            .warn(&format_args!("cannot delete: {error}"));
                    }
                }
                Action::Return { entries, reason } => {
                    let activity = self.queues.activity();
                    activity.came_back(&source.queue_url, &entries, reason);
                    source.explain(entries.len(), reason);
                }
                // A request of a later version of the simulator, which is in this repository.
                _ => {}
            }
        }
    }
}

fn is_retry(message: &ReceivedMessage) -> bool {
    let count = message.attributes.get("ApproximateReceiveCount");
    count.is_some_and(|it| it != "1")
}

/// A panic in a task is one of this command; an abort happens only at the end.
fn panicked(error: tokio::task::JoinError) {
    if let Ok(panic) = error.try_into_panic() {
        std::panic::resume_unwind(panic);
    }
}
