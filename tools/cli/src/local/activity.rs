//! What happened to messages, for people: bounded in memory, and without bodies.
//!
//! Queues tell what SQS did, mappings what functions did. A message's entries are its timeline;
//! the newest entries of all messages are a feed that readers follow at their own speed.

mod entry;
mod feed;
mod timeline;
mod timelines;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use lambda_queue_simulator::mapping::{InvocationResult, MessageRef, ReturnReason};
use lambda_queue_simulator::sqs::TraceEvent;

use super::clock::epoch_ms;
use super::pool::Invoked;
pub(crate) use entry::Entry;
use entry::{FunctionEvent, What};
use feed::Feed;
pub(crate) use feed::News;
use timelines::Timelines;

/// What happened so far, the oldest forgotten.
#[derive(Default)]
pub(crate) struct Activity {
    history: Mutex<History>,
}

#[derive(Default)]
struct History {
    last: u64,
    timelines: Timelines,
    feed: Feed,
}

/// One message under all of its ids, the first id first: a redrive gives a message a new one.
pub(crate) type Chain = Vec<(Arc<str>, Vec<Entry>)>;

impl Activity {
    /// Takes note of what happened in the queues.
    pub(crate) fn traced(&self, events: Vec<TraceEvent>) {
        if events.is_empty() {
            return;
        }
        let mut history = self.lock();
        for event in events {
            let what = What::Queue(event.kind);
            history.add(event.at_ms, event.message_id, event.queue, what);
        }
    }

    /// Messages of `queue` are in an invocation of `function` from now on.
    pub(crate) fn handed_over(&self, queue: &Arc<str>, function: &Arc<str>, ids: &[String]) {
        let function = Arc::clone(function);
        self.about(queue, ids, |_| FunctionEvent::HandedOver {
            function: Arc::clone(&function),
        });
    }

    /// An invocation is over: what it came to for each of its messages.
    pub(crate) fn settled(
        &self,
        queue: &Arc<str>,
        function: &Arc<str>,
        ids: &[String],
        invoked: &Invoked,
    ) {
        if invoked.result == InvocationResult::Throttled {
            let function = Arc::clone(function);
            return self.about(queue, ids, |_| FunctionEvent::Throttled {
                function: Arc::clone(&function),
            });
        }
        let failure = invoked.failure.as_ref();
        let failure = failure.map(|it| entry::short(&it.to_string()));
        let request_id: Arc<str> = invoked.request_id.as_str().into();
        let outcomes = invoked.outcomes.iter();
        let outcomes: HashMap<_, _> = outcomes.map(|it| (it.message_id.as_str(), it)).collect();
        self.about(queue, ids, |id| {
            let said = outcomes.get(id);
            let error = said.and_then(|it| it.error.as_deref());
            FunctionEvent::Settled {
                function: Arc::clone(function),
                request_id: request_id.clone(),
                outcome: said.map(|it| it.outcome),
                error: failure.clone().or_else(|| error.map(entry::short)),
                took_ms: u64::try_from(invoked.duration.as_millis()).unwrap_or(u64::MAX),
            }
        });
    }

    /// Messages come back to `queue`.
    pub(crate) fn came_back(&self, queue: &Arc<str>, messages: &[MessageRef], why: ReturnReason) {
        let ids: Vec<_> = messages.iter().map(|it| it.message_id.as_str()).collect();
        let reason: Arc<str> = why.to_string().into();
        self.about(queue, &ids, |_| FunctionEvent::CameBack {
            reason: Arc::clone(&reason),
        });
    }

    /// No filter wanted these messages of `queue`.
    pub(crate) fn filtered(&self, queue: &Arc<str>, messages: &[MessageRef]) {
        let ids: Vec<_> = messages.iter().map(|it| it.message_id.as_str()).collect();
        self.about(queue, &ids, |_| FunctionEvent::Filtered);
    }

    fn about<Id: AsRef<str>>(
        &self,
        queue: &Arc<str>,
        ids: &[Id],
        event: impl Fn(&str) -> FunctionEvent,
    ) {
        let at_ms = epoch_ms();
        let mut history = self.lock();
        for id in ids {
            // What was forgotten of a message does not begin anew in the middle.
            let Some(id) = history.timelines.known(id.as_ref()) else {
                continue;
            };
            let what = What::Function(event(&id));
            history.add(at_ms, id, Arc::clone(queue), what);
        }
    }

    /// The timeline of a message, with what it was before and became after a redrive; `None` if
    /// nothing is known of it.
    pub(crate) fn chain(&self, message_id: &str) -> Option<Chain> {
        self.lock().timelines.chain(message_id)
    }

    /// Why each of these messages failed last.
    pub(crate) fn reasons<'a>(&self, ids: impl Iterator<Item = &'a str>) -> Vec<Option<Arc<str>>> {
        let history = self.lock();
        ids.map(|id| history.timelines.reason(id)).collect()
    }

    /// What came after the entry numbered `seen`, as far as it is still there, and at most `most`.
    pub(crate) fn since(&self, seen: u64, most: usize) -> News {
        let history = self.lock();
        history.feed.since(seen, history.last, most)
    }

    fn lock(&self) -> MutexGuard<'_, History> {
        self.history.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl History {
    fn add(&mut self, at_ms: u64, message_id: Arc<str>, queue: Arc<str>, what: What) {
        self.last += 1;
        let entry = Entry {
            number: self.last,
            at_ms,
            message_id,
            queue,
            what,
        };
        self.feed.add(entry.clone());
        self.timelines.add(entry);
    }
}

#[cfg(test)]
mod tests;
