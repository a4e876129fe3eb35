//! One thing that happened to a message.

use std::sync::Arc;

use lambda_queue_simulator::sqs::TraceKind;
use serde::Serialize;

use crate::outcome::Outcome;

/// Characters of an error that are kept.
const MAX_ERROR: usize = 1_000;

/// Something that happened to a message.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Entry {
    /// Counts all entries of all messages.
    pub(crate) number: u64,
    /// Epoch milliseconds.
    pub(crate) at_ms: u64,
    pub(crate) message_id: Arc<str>,
    /// The name of the queue it happened in.
    pub(crate) queue: Arc<str>,
    /// In JSON, `kind` says which it is.
    #[serde(flatten)]
    pub(super) what: What,
}

#[derive(Debug, Clone, Serialize)]
#[serde(untagged)]
pub(super) enum What {
    Queue(TraceKind),
    Function(FunctionEvent),
}

/// What a function and its mapping did with a message.
#[derive(Debug, Clone, Serialize)]
#[serde(
    tag = "kind",
    rename_all = "camelCase",
    rename_all_fields = "camelCase"
)]
pub(super) enum FunctionEvent {
    /// An invocation with it began.
    HandedOver { function: Arc<str> },
    /// The invocation ended.
    Settled {
        function: Arc<str>,
        request_id: Arc<str>,
        /// What the function's log says of it, if anything.
        outcome: Option<Outcome>,
        error: Option<Arc<str>>,
        took_ms: u64,
    },
    /// The function had no concurrency left; it is tried again.
    Throttled { function: Arc<str> },
    /// The mapping is done with it, and has not deleted it.
    CameBack { reason: Arc<str> },
    /// It is deleted because no filter wanted it.
    Filtered,
}

impl Entry {
    /// About how many bytes it takes to keep, shared names aside.
    pub(super) fn size(&self) -> usize {
        let text = match &self.what {
            What::Function(FunctionEvent::Settled { error, .. }) => error.as_ref(),
            What::Function(FunctionEvent::CameBack { reason }) => Some(reason),
            _ => None,
        };
        // Half of a vector may be room to grow.
        2 * size_of::<Self>() + text.map_or(0, |it| it.len())
    }
}

/// The beginning of an error.
pub(super) fn short(error: &str) -> Arc<str> {
    match error.char_indices().nth(MAX_ERROR) {
        Some((end, _)) => format!("{}…", &error[..end]).into(),
        None => error.into(),
    }
}
