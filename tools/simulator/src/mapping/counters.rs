//! What a console shows of a mapping.

use serde::Serialize;

/// Counts since creation, and, from `concurrency` on, the present state.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Counters {
    /// `ReceiveMessage` calls asked for.
    pub polls: u64,
    /// Those of them answered with no message.
    pub empty_polls: u64,
    /// Messages received.
    pub received: u64,
    /// Messages deleted because no filter wanted them.
    pub filtered: u64,
    /// Batches formed.
    pub batches: u64,
    /// Invocations asked for, retries after throttling included.
    pub invocations: u64,
    /// Invocations that ended in a function error.
    pub errors: u64,
    /// Invocations that ended at the function's timeout.
    pub timeouts: u64,
    /// Invocations that were throttled.
    pub throttles: u64,
    /// Invocations whose response failed the batch for being invalid.
    pub invalid_responses: u64,
    /// Messages deleted after the function.
    pub deleted: u64,
    /// Messages that come back when their visibility timeout ends.
    pub returned: u64,
    /// Most invocations running at the same time so far.
    pub peak_concurrency: u64,
    /// Invocations running.
    pub concurrency: u64,
    /// Most batches the mapping would process at the same time now.
    pub concurrency_limit: u64,
    /// Messages received and not yet in an invocation.
    pub buffered: u64,
    /// Long polls under way.
    pub polling: u64,
}
