//! What a mapping asks its driver to do.

use std::fmt;
use std::sync::Arc;

use serde::Serialize;

use super::response::InvalidResponse;

/// One long poll; never used twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct PollerId(pub u64);

/// One batch on its way through the function; the same over Lambda's retries after throttling.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct InvocationId(pub u64);

/// A request to the driver; requests are to be carried out in order.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Action {
    /// Call `ReceiveMessage` for all attributes, and answer with `received`, also if nothing came.
    Receive {
        /// To be named in the answer.
        poller: PollerId,
        /// `MaxNumberOfMessages`, 1–10.
        max_messages: u32,
        /// When the long poll ends, in epoch ms.
        wait_until_ms: u64,
    },
    /// Invoke the function, and answer with `invocation_finished`.
    Invoke {
        /// To be named in the answer.
        id: InvocationId,
        /// 1 for the first attempt, more after throttling.
        attempt: u32,
        /// The Lambda SQS event, as JSON.
        event: Arc<str>,
    },
    /// Call `DeleteMessageBatch`. Nothing is to be answered: a message that could not be deleted comes
    /// back like any other.
    Delete {
        /// At most ten.
        entries: Vec<MessageRef>,
        /// What became of the messages.
        reason: DeleteReason,
    },
    /// Nothing to do, but worth showing: the mapping is done with these messages, and they come back
    /// when their visibility timeout ends.
    Return {
        /// The messages.
        entries: Vec<MessageRef>,
        /// What became of them.
        reason: ReturnReason,
    },
}

/// One receive of a message.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct MessageRef {
    /// `MessageId`.
    pub message_id: String,
    /// `ReceiptHandle`.
    pub receipt_handle: String,
}

/// Why a message is deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub enum DeleteReason {
    /// The function succeeded with it, as far as Lambda knows.
    Processed,
    /// No filter wanted it.
    Filtered,
}

/// Why a message comes back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub enum ReturnReason {
    /// The function reported it as a batch item failure.
    Reported,
    /// The function's response was invalid, which fails the whole batch.
    InvalidResponse(InvalidResponse),
    /// The function returned an error.
    FunctionError,
    /// The function ran into its timeout.
    Timeout,
    /// The function was throttled until the visibility timeout ended.
    Throttled,
    /// An earlier message of its group came back.
    GroupReturned,
    /// Its visibility timeout ended before the function could be invoked with it (FIFO).
    Expired,
    /// Its record alone is larger than an invocation's payload may be.
    TooLarge,
}

impl fmt::Display for ReturnReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let reason = match self {
            Self::Reported => "reported as a batch item failure",
            Self::InvalidResponse(invalid) => return write!(f, "whole batch failed: {invalid}"),
            Self::FunctionError => "the function failed",
            Self::Timeout => "the function ran into its timeout",
            Self::Throttled => "the function was throttled until the visibility timeout ended",
            Self::GroupReturned => "an earlier message of its group came back",
            Self::Expired => "its visibility timeout ended before the function was invoked",
            Self::TooLarge => "its record is larger than an invocation's payload may be",
        };
        f.write_str(reason)
    }
}

/// How an invocation ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum InvocationResult {
    /// The function's response, as it was.
    Response(Vec<u8>),
    /// The function returned an error, or its process ended.
    FunctionError,
    /// The function was stopped at its timeout.
    Timeout,
    /// The function was not run: its concurrency is used up.
    Throttled,
}
