use std::future::pending;
use std::time::Duration;

use tokio::time::{Instant, sleep_until};

use crate::Deadline;

/// How an invocation's time is spent: running handlers first, the reserve on writing down what
/// came of them.
#[derive(Clone, Copy, Debug)]
pub(super) struct TimeBudget {
    deadline: Deadline,
    reserve: Duration,
}

impl TimeBudget {
    /// The reserve is never more than a quarter of what is left, so that functions with a short
    /// timeout still get to work.
    pub(super) fn new(deadline: Deadline, reserve: Duration) -> Self {
        let reserve = deadline
            .remaining()
            .map_or(reserve, |left| reserve.min(left / 4));
        Self { deadline, reserve }
    }

    /// Whether there is no known deadline.
    pub(super) fn is_unbounded(&self) -> bool {
        self.deadline.instant().is_none()
    }

    /// Whether a handler that starts now has any time to run: another reserve's worth.
    pub(super) fn may_start(&self) -> bool {
        self.before_end(2 * self.reserve)
            .is_none_or(|until| Instant::now() < until)
    }

    /// When running handlers are cut off, as they see it.
    pub(super) fn handlers_end(&self) -> Deadline {
        self.deadline.earlier(self.reserve)
    }

    /// Resolves when running handlers must be cut off.
    pub(super) async fn run_over(&self) {
        reached(self.before_end(self.reserve)).await;
    }

    /// Resolves when waiting for stores and queues must stop, to still return a response.
    pub(super) async fn write_over(&self) {
        reached(self.before_end(self.reserve / 4)).await;
    }

    /// Resolves when only the response can still be returned.
    pub(super) async fn hide_over(&self) {
        reached(self.before_end(self.reserve / 8)).await;
    }

    fn before_end(&self, by: Duration) -> Option<Instant> {
        self.deadline.earlier(by).instant()
    }
}

async fn reached(moment: Option<Instant>) {
    match moment {
        Some(moment) => sleep_until(moment).await,
        None => pending().await,
    }
}
