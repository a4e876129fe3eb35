use std::time::Duration;

use tokio::time::Instant;

use crate::Clock;
use crate::clock::as_ms;

/// When the invocation ends, if that is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deadline(Option<Known>);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Known {
    at: Instant,
    epoch_ms: u64,
}

impl Deadline {
    /// No deadline: claims are kept alive by heartbeats instead.
    pub fn unknown() -> Self {
        Self(None)
    }

    /// A deadline in epoch milliseconds, as Lambda tells it (`Lambda-Runtime-Deadline-Ms`).
    ///
    /// One that is not in the future is unknown, not over: `cargo lambda watch` sends one in 1970.
    pub fn at_epoch_ms(epoch_ms: u64, clock: &Clock) -> Self {
        let left = epoch_ms.saturating_sub(clock.now_ms());
        let at = Instant::now()
            .checked_add(Duration::from_millis(left))
            .filter(|_| left > 0);
        Self(at.map(|at| Known { at, epoch_ms }))
    }

    /// A deadline this far from now.
    pub fn after(left: Duration, clock: &Clock) -> Self {
        Self::at_epoch_ms(clock.now_ms().saturating_add(as_ms(left)), clock)
    }

    /// Time left; none when the deadline is unknown.
    pub fn remaining(&self) -> Option<Duration> {
        self.0
            .map(|known| known.at.saturating_duration_since(Instant::now()))
    }

    pub(crate) fn instant(&self) -> Option<Instant> {
        self.0.map(|known| known.at)
    }

    pub(crate) fn epoch_ms(&self) -> Option<u64> {
        self.0.map(|known| known.epoch_ms)
    }

    /// The same deadline, earlier by this much.
    pub(crate) fn earlier(&self, by: Duration) -> Self {
        Self(self.0.map(|known| Known {
            at: known.at.checked_sub(by).unwrap_or(known.at),
            epoch_ms: known.epoch_ms.saturating_sub(as_ms(by)),
        }))
    }
}
