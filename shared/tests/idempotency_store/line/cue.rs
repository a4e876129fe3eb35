//! The SDK's timeouts, which pass when a test says so and not by themselves.

use std::time::Duration;

use aws_sdk_dynamodb::config::timeout::TimeoutConfig;
use aws_sdk_dynamodb::config::{AsyncSleep, Sleep};
use tokio::sync::watch;

/// Told apart from all other sleeps, such as the pauses between tries, which are real and short.
const TIMEOUT: Duration = Duration::from_secs(4_321);

#[derive(Clone, Debug)]
pub(super) struct Cue(watch::Sender<u64>);

impl Cue {
    pub(super) fn new() -> Self {
        Self(watch::Sender::new(0))
    }

    /// The timeouts that end on cue.
    pub(super) fn timeouts() -> TimeoutConfig {
        let timeouts = TimeoutConfig::builder();
        timeouts.operation_attempt_timeout(TIMEOUT).build()
    }

    /// All tries that are under way have taken too long.
    pub(super) fn time_out(&self) {
        self.0.send_modify(|passed| *passed += 1);
    }
}

impl AsyncSleep for Cue {
    fn sleep(&self, duration: Duration) -> Sleep {
        if duration != TIMEOUT {
            return Sleep::new(tokio::time::sleep(duration));
        }
        let mut passed = self.0.subscribe();
        Sleep::new(async move {
            // It errs when the line is gone, and everything that waits for it.
            let _ = passed.changed().await;
        })
    }
}
