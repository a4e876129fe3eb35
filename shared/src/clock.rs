use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tokio::time::Instant;

/// Tells the time of day: the only place that reads the wall clock.
#[derive(Clone, Copy, Debug)]
pub struct Clock(Source);

#[derive(Clone, Copy, Debug)]
enum Source {
    System,
    Runtime { start_ms: u64, start: Instant },
}

impl Clock {
    /// The machine's clock.
    pub fn system() -> Self {
        Self(Source::System)
    }

    /// A clock that starts at `epoch_ms` now and runs with the Tokio runtime's: under paused time,
    /// the test owns it.
    pub fn starting_at(epoch_ms: u64) -> Self {
        Self(Source::Runtime {
            start_ms: epoch_ms,
            start: Instant::now(),
        })
    }

    /// Milliseconds since the Unix epoch.
    pub fn now_ms(&self) -> u64 {
        match self.0 {
            Source::System => {
                #[expect(clippy::disallowed_methods, reason = "the one place that may")]
                let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH);
                as_ms(since_epoch.unwrap_or_default())
            }
            Source::Runtime { start_ms, start } => start_ms + as_ms(start.elapsed()),
        }
    }
}

impl Default for Clock {
    fn default() -> Self {
        Self::system()
    }
}

/// Whole milliseconds of a duration.
pub(crate) fn as_ms(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
