use std::time::Duration;

/// When a failed message comes back: exponential by receive count, with full jitter.
///
/// The wait is a random whole number of seconds from 0 to `base · 2^(receive count − 1)`, at most
/// `cap`; jitter keeps messages that failed together from coming back together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Backoff {
    base: Duration,
    cap: Duration,
}

impl Backoff {
    /// Waits up to `base` after the first receive, doubling with each, up to `cap`.
    pub fn exponential(base: Duration, cap: Duration) -> Self {
        Self { base, cap }
    }

    /// The longest wait after this many receives.
    pub fn ceiling(&self, receive_count: u32) -> Duration {
        let doublings = receive_count.saturating_sub(1).min(31);
        self.base.saturating_mul(1 << doublings).min(self.cap)
    }

    /// A random wait after this many receives.
    pub fn delay(&self, receive_count: u32) -> Duration {
        Duration::from_secs(fastrand::u64(0..=self.ceiling(receive_count).as_secs()))
    }
}

/// 5 seconds, doubling up to 15 minutes.
impl Default for Backoff {
    fn default() -> Self {
        Self::exponential(Duration::from_secs(5), Duration::from_secs(900))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_ceiling_doubles_with_each_receive_up_to_the_cap() {
        let backoff = Backoff::exponential(Duration::from_secs(5), Duration::from_secs(60));
        let ceilings = [1, 2, 3, 4, 5, 1000].map(|count| backoff.ceiling(count).as_secs());
        assert_eq!(ceilings, [5, 10, 20, 40, 60, 60]);
    }

    proptest! {
        #[test]
        fn a_wait_is_never_above_its_ceiling(count: u32, base in 0_u64..100_000, cap: u64) {
            let backoff =
                Backoff::exponential(Duration::from_secs(base), Duration::from_secs(cap));
            prop_assert!(backoff.delay(count) <= backoff.ceiling(count));
        }
    }
}
