use std::time::Duration;

use super::Outcome;
use crate::ErrorClass;

/// What became of a message, and for how long it is to be hidden.
#[derive(Clone, Debug)]
pub(crate) struct Settled {
    pub(crate) outcome: Outcome,
    pub(crate) error: Option<String>,
    pub(crate) class: Option<ErrorClass>,
    pub(crate) hide: Option<Duration>,
}

impl Settled {
    pub(crate) fn new(outcome: Outcome) -> Self {
        Self {
            outcome,
            error: None,
            class: None,
            hide: None,
        }
    }

    pub(crate) fn because(mut self, error: impl ToString) -> Self {
        self.error = Some(error.to_string());
        self
    }

    pub(crate) fn of_class(mut self, class: Option<ErrorClass>) -> Self {
        self.class = class;
        self
    }

    pub(crate) fn hidden(mut self, hide: Option<Duration>) -> Self {
        self.hide = hide;
        self
    }

    /// A message behind a failed one of its group: back together with that one, so that the group
    /// starts again as soon as the first of it does.
    pub(crate) fn blocked(hide: Option<Duration>) -> Self {
        Self::new(Outcome::Blocked)
            .because("a message before it in its group failed")
            .hidden(hide)
    }

    /// A message with the key of an earlier one of the batch, which came to this.
    pub(crate) fn following(leader: Outcome, hide: Option<Duration>) -> Self {
        match leader {
            Outcome::Processed | Outcome::Replayed => Self::new(Outcome::Replayed),
            // Nothing holds the key any more: the message is judged by itself when it is back.
            Outcome::DeadLettered => Self::deferred_by_leader().hidden(Some(Duration::ZERO)),
            _ => Self::deferred_by_leader().hidden(hide),
        }
    }

    fn deferred_by_leader() -> Self {
        Self::new(Outcome::Deferred)
            .because("a message before it in the batch has its key and was not processed")
    }

    /// Left for the next invocation, which may have it at once.
    pub(crate) fn not_started() -> Self {
        Self::new(Outcome::NotStarted)
            .because("no time was left to start it")
            .hidden(Some(Duration::ZERO))
    }
}
