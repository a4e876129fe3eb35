//! SQS: the simulator's rules with a clock, a lock, receives that wait, and a folder to be kept in.

mod create;
mod folder;
mod journal;
mod operation;
mod receive;
mod store;
mod waiting;

use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use lambda_queue_simulator::sqs::api::{ReceiveMessageRequest, ReceiveMessageResult};
use lambda_queue_simulator::sqs::{Counters, Delivery, QueueSnapshot, Sqs, SqsError};
use serde_json::Value as Json;
use tokio::time::sleep;

use super::activity::Activity;
use super::clock::epoch_ms;
use crate::error::{Error, KeptError};
use crate::template::{ACCOUNT, REGION, Template};
use folder::Folder;
use operation::{Advance, Api};
pub(crate) use operation::{Deliver, Operation};
use receive::{Look, Receive};
use store::Store;
use waiting::Waiting;

/// All queues of the stack.
pub(crate) struct Queues {
    state: Mutex<State>,
    /// What had happened before, by ARN, where queues are kept.
    before: HashMap<Arc<str>, Counters>,
    /// What happened to messages.
    activity: Arc<Activity>,
}

struct State {
    sqs: Sqs,
    store: Option<Store>,
    waiting: Waiting,
    activity: Arc<Activity>,
}

impl Queues {
    /// The queues of `template`, with URLs below `url`: as they are kept in `data`, with the
    /// attributes they have in the template now, or empty.
    ///
    /// # Errors
    /// SQS would refuse a queue; the error is at the line that is to blame. Or what is kept cannot
    /// be read, or is in use.
    pub(crate) fn of(template: &Template, url: &str, data: Option<&Path>) -> Result<Self, Error> {
        let mut folder = data.map(Folder::open).transpose()?;
        let kept = folder.as_mut().map(|it| it.restore(url)).transpose()?;
        let mut sqs = kept.flatten().unwrap_or_else(|| empty(url));
        // Chaos is of one run.
        sqs.set_delivery_of_all(Delivery::default());
        create::create(&mut sqs, template, epoch_ms())?;
        Ok(Self::start(sqs, folder)?)
    }

    fn start(mut sqs: Sqs, folder: Option<Folder>) -> Result<Self, KeptError> {
        let before = sqs.summaries(epoch_ms()).into_iter();
        let before = before.map(|it| (it.arn, it.counters)).collect();
        let store = folder.map(|it| Store::begin(it, &sqs)).transpose()?;
        // Not before, or what was kept would seem to happen now.
        sqs.set_tracing(true);
        let activity = Arc::<Activity>::default();
        let state = Mutex::new(State {
            sqs,
            store,
            waiting: Waiting::default(),
            activity: Arc::clone(&activity),
        });
        Ok(Self {
            state,
            before,
            activity,
        })
    }

    /// Every queue without its messages, by name, with what happened since the start.
    pub(crate) fn summaries(&self) -> Vec<QueueSnapshot> {
        let mut queues = self.with(|sqs, now_ms| sqs.summaries(now_ms));
        for queue in &mut queues {
            let before = self.before.get(&queue.arn).copied();
            queue.counters = queue.counters.since(before.unwrap_or_default());
        }
        queues
    }

    /// Looks at the queues as they are now. Changes go through [`run`](Self::run), or else they
    /// are not kept.
    pub(crate) fn with<T>(&self, look: impl FnOnce(&mut Sqs, u64) -> T) -> T {
        let mut state = self.lock();
        let now_ms = epoch_ms();
        // So that the look finds nothing left for time to do, which would have to be kept as well.
        // A store that fails says so at the next change.
        drop(state.run(&Advance, now_ms));
        let before = state.sqs.fingerprint();
        let seen = look(&mut state.sqs, now_ms);
        debug_assert_eq!(before, state.sqs.fingerprint(), "only `run` changes queues");
        seen
    }

    /// What happened to messages.
    pub(crate) fn activity(&self) -> &Arc<Activity> {
        &self.activity
    }

    /// Runs an operation. It is kept before this returns.
    ///
    /// # Errors
    /// SQS refuses it, or it cannot be kept.
    pub(crate) fn run<O: Operation>(&self, operation: &O) -> Result<O::Answer, SqsError> {
        self.lock().run(operation, epoch_ms())
    }

    /// Runs an operation of the API on its JSON; a receive may wait.
    ///
    /// # Errors
    /// SQS refuses it, or it cannot be kept.
    pub(crate) async fn call(&self, operation: &str, body: &[u8]) -> Result<Json, SqsError> {
        if operation == "ReceiveMessage"
            // What does not parse is told by the simulator.
            && let Ok(request) = serde_json::from_slice(body)
        {
            let received = self.receive(&request).await?;
            return Ok(serde_json::to_value(received).unwrap_or_default());
        }
        self.run(&Api { operation, body })
    }

    /// Receives, and waits for a message as long as the request or the queue says.
    ///
    /// # Errors
    /// SQS refuses it, or it cannot be kept.
    pub(crate) async fn receive(
        &self,
        request: &ReceiveMessageRequest,
    ) -> Result<ReceiveMessageResult, SqsError> {
        let ends_ms = match self.run(&Receive::first(request))? {
            Look::Found(received) => return Ok(received),
            Look::Later { ends_ms, .. } => ends_ms,
        };
        let sign = self.lock().waiting.sign(&request.queue_url);
        loop {
            let changed = sign.notified();
            tokio::pin!(changed);
            // From here on, before the look: a send in between is not missed.
            changed.as_mut().enable();
            match self.run(&Receive::until(request, ends_ms))? {
                Look::Found(received) => return Ok(received),
                Look::Later { wait, .. } => tokio::select! {
                    () = changed => {}
                    () = sleep(wait) => {}
                },
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // A panic half-way through an operation is a bug; the other queues go on answering.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// The one place where queues change.
    fn run<O: Operation>(&mut self, operation: &O, now_ms: u64) -> Result<O::Answer, SqsError> {
        let Self {
            sqs,
            store,
            waiting,
            activity,
        } = self;
        let answer = match store {
            None => operation.run(sqs, now_ms),
            Some(store) => store.run(sqs, operation, now_ms),
        };
        waiting.wake(sqs);
        // Under the lock, so that it is told in the order it happened.
        activity.traced(sqs.take_trace());
        answer
    }
}

/// No queues yet; those to come have URLs below `url`.
fn empty(url: &str) -> Sqs {
    Sqs::new(REGION, ACCOUNT, url, fastrand::u64(..))
}

#[cfg(test)]
mod tests;
