use std::fmt;

/// What must hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Promise {
    /// Every message is completed, or dead-lettered, or still in its queue.
    NothingLost,
    /// A key has one recorded result, which never changes.
    OneResult,
    /// Nobody writes over the record of a claim that was won later than its own.
    Fenced,
    /// No two executions of a key at once; with clocks within the margin.
    OneAtATime,
    /// A second effect comes only after an execution that was cut off or failed after its own, or
    /// whose completion met a fault; with clocks within the margin.
    EffectsExcused,
    /// Under `Quarantine` a key has one effect at most.
    EffectsOnce,
    /// A transaction's effects are made with the result, and once.
    CommittedOnce,
    /// A message of a FIFO group runs after those before it are completed or dead-lettered.
    InOrder,
    /// Once nothing goes wrong any more, the queue becomes empty.
    Drained,
}

impl fmt::Display for Promise {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NothingLost => "no message is lost",
            Self::OneResult => "one recorded result per key",
            Self::Fenced => "no write over a newer owner",
            Self::OneAtATime => "one execution of a key at a time",
            Self::EffectsExcused => {
                "an effect repeats only where an execution was cut off or failed"
            }
            Self::EffectsOnce => "under Quarantine an effect never repeats",
            Self::CommittedOnce => "transactional effects once",
            Self::InOrder => "FIFO order per group",
            Self::Drained => "the queue becomes empty",
        })
    }
}

/// A promise that was broken.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Violation {
    /// Which.
    pub promise: Promise,
    /// Of which key.
    pub key: u32,
    /// How.
    pub what: String,
    /// When, in milliseconds since the world began.
    pub at_ms: u64,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.promise, self.what)
    }
}
