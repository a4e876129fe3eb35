//! What happened to each message, one event after the other: for consoles, where it is asked for.

use std::sync::{Arc, Mutex, PoisonError};

use serde::Serialize;

use super::account::Sqs;

/// Something that happened to a message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct TraceEvent {
    /// When, in epoch milliseconds. What time alone does is noticed at the next operation, but
    /// tells when it was due.
    pub at_ms: u64,
    /// The message's id.
    pub message_id: Arc<str>,
    /// The name of the queue it happened in.
    pub queue: Arc<str>,
    /// What happened.
    #[serde(flatten)]
    pub kind: TraceKind,
}

/// What happened to a message. What chaos delivers a second time shows as one more receive.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(
    tag = "kind",
    rename_all = "camelCase",
    rename_all_fields = "camelCase"
)]
#[non_exhaustive]
pub enum TraceKind {
    /// A sender sent it.
    Sent,
    /// It cannot be received before a time.
    Delayed {
        /// Epoch milliseconds.
        until_ms: u64,
    },
    /// Somebody received it and holds it until a time.
    Received {
        /// `ApproximateReceiveCount`, this receive included.
        receive_count: u32,
        /// Epoch milliseconds.
        until_ms: u64,
    },
    /// Its holder changed until when it is hidden.
    Hidden {
        /// Epoch milliseconds.
        until_ms: u64,
    },
    /// It can be received again, or at last: a delay or a visibility timeout is over.
    Visible,
    /// It was deleted.
    Deleted,
    /// It was received too often and is now in another queue, under its id.
    DeadLettered {
        /// The name of the dead-letter queue.
        to: Arc<str>,
    },
    /// It was moved out of a dead-letter queue and goes on under another id.
    Moved {
        /// The name of the other queue.
        to: Arc<str>,
        /// Its id there.
        new_message_id: Arc<str>,
    },
    /// It came from another queue.
    Arrived {
        /// The name of the other queue.
        from: Arc<str>,
    },
    /// It outlived the queue's retention period.
    Expired,
    /// The queue was purged or deleted.
    Purged,
}

/// Where queues note what happens; all queues of an account share one, which keeps the order.
#[derive(Clone, Debug, Default)]
pub(super) struct Trace(Option<Arc<Mutex<Vec<TraceEvent>>>>);

impl Trace {
    pub(super) fn note(&self, queue: &Arc<str>, at_ms: u64, id: &Arc<str>, kind: TraceKind) {
        let Some(events) = &self.0 else {
            return;
        };
        let event = TraceEvent {
            at_ms,
            message_id: Arc::clone(id),
            queue: Arc::clone(queue),
            kind,
        };
        events
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(event);
    }
}

impl Sqs {
    /// Whether what happens to messages is kept for [`take_trace`](Self::take_trace), from now on.
    /// Off at first; turning it off forgets what was not taken.
    pub fn set_tracing(&mut self, on: bool) {
        if on != self.trace.0.is_some() {
            self.trace = Trace(on.then(Arc::default));
            for queue in self.queues.iter_mut().flatten() {
                queue.trace = self.trace.clone();
            }
        }
    }

    /// What happened since the last call, in the order of its times; nothing while tracing is off.
    /// It grows until it is taken: take it after every operation.
    pub fn take_trace(&mut self) -> Vec<TraceEvent> {
        let Some(events) = &self.trace.0 else {
            return Vec::new();
        };
        let mut events =
            std::mem::take(&mut *events.lock().unwrap_or_else(PoisonError::into_inner));
        // A queue nobody asked for a while tells late what time did to it.
        events.sort_by_key(|event| event.at_ms);
        events
    }
}
