//! What goes wrong, on purpose.

use std::fmt;
use std::str::FromStr;

/// A kind of fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Fault {
    /// A standard queue delivers the message twice.
    Duplicate,
    /// A standard queue delivers the message after a later one.
    Reorder,
    /// Its producer sends it once more, as another message.
    SentAgain,
    /// Its key was used for something else.
    OtherPayload,
    /// Its body is not JSON.
    Malformed,
    /// Its handler refuses it for good; some are cured by the time an operator redrives them.
    Poison,
    /// The handler fails before its effect.
    HandlerFailed,
    /// The handler fails after its effect.
    FailedAfterEffect,
    /// The handler panics.
    Panic,
    /// The handler hangs until the deadline cuts it off.
    Hang,
    /// The store refuses a request.
    Throttled,
    /// A request to the store is lost.
    RequestLost,
    /// A request to the store is carried out, and its answer is lost.
    AnswerLost,
    /// An answer of the store comes seconds late.
    AnswerLate,
    /// A request is carried out long after its sender gave it up.
    WriteLate,
    /// A request is sent again, and both are carried out, in either order.
    SentTwice,
    /// A request is carried out after the process that sent it has ended.
    Zombie,
    /// A transaction is cancelled.
    Cancelled,
    /// Lambda has no concurrency left for the batch.
    FunctionThrottled,
    /// The process ends at an await.
    Crash,
    /// The process stands still until it is killed at the deadline.
    Killed,
    /// The process stands still for seconds, and goes on.
    Pause,
    /// The function's response is lost.
    ResponseLost,
    /// Lambda does not get to delete the message.
    DeleteLost,
    /// The message's visibility cannot be changed.
    HideFailed,
    /// Sending to the dead-letter queue fails, with or without the message in it.
    DeadLetterFailed,
    /// An operator moves the message from the dead-letter queue back to its queue.
    Redrive,
    /// The process's clock differs from others', within the margin.
    Skew,
    /// The process's clock differs by more than the margin.
    SkewBeyond,
}

impl Fault {
    /// All kinds.
    pub const ALL: [Self; 29] = [
        Self::Duplicate,
        Self::Reorder,
        Self::SentAgain,
        Self::OtherPayload,
        Self::Malformed,
        Self::Poison,
        Self::HandlerFailed,
        Self::FailedAfterEffect,
        Self::Panic,
        Self::Hang,
        Self::Throttled,
        Self::RequestLost,
        Self::AnswerLost,
        Self::AnswerLate,
        Self::WriteLate,
        Self::SentTwice,
        Self::Zombie,
        Self::Cancelled,
        Self::FunctionThrottled,
        Self::Crash,
        Self::Killed,
        Self::Pause,
        Self::ResponseLost,
        Self::DeleteLost,
        Self::HideFailed,
        Self::DeadLetterFailed,
        Self::Redrive,
        Self::Skew,
        Self::SkewBeyond,
    ];

    /// Its name on the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Duplicate => "duplicate",
            Self::Reorder => "reorder",
            Self::SentAgain => "sent-again",
            Self::OtherPayload => "other-payload",
            Self::Malformed => "malformed",
            Self::Poison => "poison",
            Self::HandlerFailed => "handler-failed",
            Self::FailedAfterEffect => "failed-after-effect",
            Self::Panic => "panic",
            Self::Hang => "hang",
            Self::Throttled => "throttled",
            Self::RequestLost => "request-lost",
            Self::AnswerLost => "answer-lost",
            Self::AnswerLate => "answer-late",
            Self::WriteLate => "write-late",
            Self::SentTwice => "sent-twice",
            Self::Zombie => "zombie",
            Self::Cancelled => "cancelled",
            Self::FunctionThrottled => "function-throttled",
            Self::Crash => "crash",
            Self::Killed => "killed",
            Self::Pause => "pause",
            Self::ResponseLost => "response-lost",
            Self::DeleteLost => "delete-lost",
            Self::HideFailed => "hide-failed",
            Self::DeadLetterFailed => "dead-letter-failed",
            Self::Redrive => "redrive",
            Self::Skew => "skew",
            Self::SkewBeyond => "skew-beyond",
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Fault {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        let found = Self::ALL.into_iter().find(|fault| fault.as_str() == name);
        found.ok_or_else(|| {
            let all = Self::ALL.map(Self::as_str).join(", ");
            format!("there is no fault `{name}`; there are {all}")
        })
    }
}

/// A set of kinds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Faults(u32);

impl Faults {
    /// With this kind.
    #[must_use]
    pub fn with(self, fault: Fault) -> Self {
        Self(self.0 | 1 << fault as u32)
    }

    /// Without this kind.
    #[must_use]
    pub fn without(self, fault: Fault) -> Self {
        Self(self.0 & !(1 << fault as u32))
    }

    /// Whether this kind is in it.
    pub fn has(self, fault: Fault) -> bool {
        self.0 & (1 << fault as u32) != 0
    }

    /// Its kinds.
    pub fn iter(self) -> impl Iterator<Item = Fault> {
        Fault::ALL.into_iter().filter(move |fault| self.has(*fault))
    }
}

impl FromIterator<Fault> for Faults {
    fn from_iter<I: IntoIterator<Item = Fault>>(faults: I) -> Self {
        faults.into_iter().fold(Self::default(), Self::with)
    }
}
