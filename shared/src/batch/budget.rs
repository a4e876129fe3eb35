use std::future::pending;
use std::time::Duration;

use tokio::time::{Instant, sleep_until};

use super::host::Host;
use crate::Deadline;

/// How an invocation's time is spent: running handlers first, the reserve on writing down what
/// came of them.
#[derive(Clone, Copy)]
pub(super) struct TimeBudget<'a> {
    deadline: Deadline,
    reserve: Duration,
    host: Option<&'a dyn Host>,
}

impl<'a> TimeBudget<'a> {
    /// The reserve is never more than a quarter of what is left, so that functions with a short
    /// timeout still get to work.
    pub(super) fn new(deadline: Deadline, reserve: Duration, host: Option<&'a dyn Host>) -> Self {
        let reserve = deadline
            .remaining()
            .map_or(reserve, |left| reserve.min(left / 4));
        Self {
            deadline,
            reserve,
            host,
        }
    }

    /// What bounds claims: nothing does where they are renewed by heartbeats.
    pub(super) fn claims_end(&self) -> Deadline {
        match self.host {
            // Its deadline is half a day off: too long for a key to be blocked by a crash.
            Some(_) => Deadline::unknown(),
            None => self.deadline,
        }
    }

    /// Whether a handler that starts now has any time to run: another reserve's worth.
    pub(super) fn may_start(&self) -> bool {
        !self.host.is_some_and(Host::is_stopping)
            && self
                .before_end(2 * self.reserve)
                .is_none_or(|until| Instant::now() < until)
    }

    /// When running handlers are cut off, as they see it.
    pub(super) fn handlers_end(&self) -> Deadline {
        self.deadline.earlier(self.reserve)
    }

    /// Resolves when running handlers must be cut off.
    pub(super) async fn run_over(&self) {
        self.reached(self.reserve).await;
    }

    /// Resolves when waiting for stores and queues must stop, to still return a response.
    pub(super) async fn write_over(&self) {
        self.reached(self.reserve / 4).await;
    }

    /// Resolves when only the response can still be returned.
    pub(super) async fn hide_over(&self) {
        self.reached(self.reserve / 8).await;
    }

    /// Resolves this long before the end, which a host may bring forward.
    async fn reached(&self, before: Duration) {
        let Some(host) = self.host else {
            return at(self.before_end(before)).await;
        };
        tokio::select! {
            () = at(self.before_end(before)) => {}
            end = host.stopping() => at(end.checked_sub(before)).await,
        }
    }

    fn before_end(&self, by: Duration) -> Option<Instant> {
        self.deadline.earlier(by).instant()
    }
}

/// Resolves at a moment; never at none.
async fn at(moment: Option<Instant>) {
    match moment {
        Some(moment) => sleep_until(moment).await,
        None => pending().await,
    }
}
