//! No more messages a second than were asked for.

use std::time::Duration;

use tokio::time::Instant;

/// When messages may go.
pub(super) struct Pace {
    rate: Option<u32>,
    /// When those before are paid for.
    next: Instant,
}

impl Pace {
    /// At most `rate` messages a second, from now on.
    pub(super) fn new(rate: Option<u32>, now: Instant) -> Self {
        Self { rate, next: now }
    }

    pub(super) fn rate(&self) -> Option<u32> {
        self.rate
    }

    /// When so many messages may go, if that is not at once. Time that nobody used is lost.
    pub(super) fn turn(&mut self, messages: usize, now: Instant) -> Option<Instant> {
        let rate = self.rate?;
        let turn = self.next.max(now);
        let messages = u32::try_from(messages).unwrap_or(u32::MAX);
        self.next = turn + Duration::from_secs(1) * messages / rate;
        Some(turn)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How many messages go within `seconds`, sent in handfuls as soon as they may, by requests that
    /// take `slow`.
    fn sent(rate: u32, handful: usize, slow: Duration, seconds: u64) -> usize {
        let start = Instant::now();
        let end = start + Duration::from_secs(seconds);
        let mut pace = Pace::new(Some(rate), start);
        let (mut now, mut sent) = (start, 0);
        while let Some(turn) = pace.turn(handful, now)
            && turn < end
        {
            sent += handful;
            now = turn + slow;
        }
        sent
    }

    #[test]
    fn no_more_go_than_the_rate_allows_and_no_fewer() {
        let at_once = Duration::ZERO;
        assert_eq!(sent(5, 5, at_once, 60), 300);
        assert_eq!(sent(100, 10, at_once, 60), 6_000);
        assert_eq!(sent(500, 10, Duration::from_millis(5), 60), 30_000);
    }

    #[test]
    fn what_slow_requests_did_not_use_is_not_made_up_for() {
        // 10 messages take a tenth of a second at this rate, and a whole one to be sent.
        assert_eq!(sent(100, 10, Duration::from_secs(1), 60), 600);
        let start = Instant::now();
        let mut pace = Pace::new(Some(10), start);
        let later = start + Duration::from_secs(100);
        assert_eq!(pace.turn(10, later), Some(later));
        assert_eq!(pace.turn(10, later), Some(later + Duration::from_secs(1)));
    }

    #[test]
    fn without_a_rate_nobody_waits() {
        let start = Instant::now();
        assert_eq!(Pace::new(None, start).turn(1_000, start), None);
    }
}
