//! A month of messages.

use std::time::Duration;

/// What AWS calls a month of idle polling: 30 days.
pub(crate) const MONTH_S: f64 = 30.0 * 86_400.0;

/// The messages of a month, and what is done with them.
#[derive(Debug, Clone)]
pub(crate) struct Workload {
    /// Messages that are sent.
    pub(crate) messages: f64,
    /// Bytes of each.
    pub(crate) size: u64,
    /// How long a handler takes for one.
    pub(crate) duration: Duration,
    /// Share of deliveries that fail and come back.
    pub(crate) retry_rate: f64,
    /// Share of messages that are sent a second time.
    pub(crate) duplicate_rate: f64,
    /// Handlers of a batch that run side by side.
    pub(crate) handlers: u64,
    /// Messages in a send.
    pub(crate) send_batch: u64,
    /// Messages in a batch on average; none to estimate it.
    pub(crate) batch_fill: Option<f64>,
    /// Programs that send, which each need data keys.
    pub(crate) producers: u64,
    /// Programs that receive in a loop, instead of Lambda.
    pub(crate) workers: Option<u64>,
    /// Whether there are idempotency records; none to ask the template.
    pub(crate) records: Option<bool>,
    pub(crate) record_bytes: u64,
    pub(crate) effects: u64,
    /// Whether messages on a standard queue have a message group.
    pub(crate) fair_queue: bool,
    /// Metrics that the function writes; none for the toolkit's, where it is made with it.
    pub(crate) metrics: Option<u64>,
    /// Bytes that the function logs for a message, and for an invocation.
    pub(crate) log_per_message: u64,
    pub(crate) log_per_invocation: u64,
}

impl Workload {
    pub(crate) fn per_second(&self) -> f64 {
        self.messages / MONTH_S
    }
}
