use std::fmt;

/// What became of one message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Outcome {
    /// Its handler succeeded and, with idempotency, its result is recorded; or there was nothing
    /// in it to handle, such as a test event.
    Processed,
    /// Its key's result was recorded before: nothing was run.
    Replayed,
    /// It failed and comes back; also when its permanent failure could not be dead-lettered, and
    /// when the idempotency store gave no answer.
    Retry,
    /// It failed for good and is in the dead-letter queue.
    DeadLettered,
    /// Someone else holds its key.
    Deferred,
    /// A message before it in its FIFO group failed.
    Blocked,
    /// There was no time left to start it.
    NotStarted,
    /// Its claim was lost to another worker before its result could be recorded.
    LeaseLost,
}

impl Outcome {
    /// All outcomes.
    pub const ALL: [Self; 8] = [
        Self::Processed,
        Self::Replayed,
        Self::Retry,
        Self::DeadLettered,
        Self::Deferred,
        Self::Blocked,
        Self::NotStarted,
        Self::LeaseLost,
    ];

    /// Whether the message is reported as a batch item failure; the others are deleted by Lambda.
    pub fn is_reported(self) -> bool {
        !matches!(self, Self::Processed | Self::Replayed | Self::DeadLettered)
    }

    /// The word used in logs and metrics.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Processed => "processed",
            Self::Replayed => "replayed",
            Self::Retry => "retry",
            Self::DeadLettered => "dead_lettered",
            Self::Deferred => "deferred",
            Self::Blocked => "blocked",
            Self::NotStarted => "not_started",
            Self::LeaseLost => "lease_lost",
        }
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
