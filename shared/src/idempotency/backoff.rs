//! How long to wait before a store is asked again.

use std::time::Duration;

/// Pauses in a row before giving up.
const PAUSES: u32 = 5;
const FIRST_PAUSE: Duration = Duration::from_millis(25);

/// Exponential pauses with full jitter; short, since a claim holds up a whole invocation.
#[derive(Debug, Default)]
pub(in crate::idempotency) struct Backoff {
    pauses: u32,
}

impl Backoff {
    /// Waits before the next attempt; false when there should be none.
    pub(in crate::idempotency) async fn pause(&mut self) -> bool {
        if self.pauses == PAUSES {
            return false;
        }
        let longest = FIRST_PAUSE * 2_u32.pow(self.pauses);
        self.pauses += 1;
        tokio::time::sleep(longest.mul_f64(fastrand::f64())).await;
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn pauses_end_after_five_and_within_775_milliseconds() {
        let before = tokio::time::Instant::now();
        let mut backoff = Backoff::default();
        for _ in 0..PAUSES {
            assert!(backoff.pause().await);
        }
        assert!(!backoff.pause().await);
        // Timers have a resolution of a millisecond each.
        assert!(before.elapsed() <= Duration::from_millis(775 + 5));
    }
}
