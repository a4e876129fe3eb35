//! What a function's invocations came to.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::outcome::{MessageOutcome, Outcome};

/// Counts and times since the start.
#[derive(Debug, Clone, Default)]
pub(crate) struct Tally {
    pub(crate) invocations: usize,
    pub(crate) errors: usize,
    /// Invocations that were refused; Lambda counts them apart, too.
    pub(crate) throttles: usize,
    /// How long the slowest start took.
    pub(crate) init: Duration,
    /// Processes started, first ones and those after a crash or timeout.
    pub(crate) starts: usize,
    /// How often messages came to each outcome, as the function says.
    pub(crate) outcomes: BTreeMap<Outcome, u64>,
    durations: Vec<Duration>,
}

impl Tally {
    pub(super) fn started(&mut self, init: Duration) {
        self.starts += 1;
        self.init = self.init.max(init);
    }

    pub(super) fn answered(&mut self, duration: Duration, well: bool) {
        self.invocations += 1;
        self.errors += usize::from(!well);
        self.durations.push(duration);
    }

    pub(super) fn throttled(&mut self) {
        self.throttles += 1;
    }

    pub(super) fn settled(&mut self, outcomes: &[MessageOutcome]) {
        for it in outcomes {
            *self.outcomes.entry(it.outcome).or_default() += 1;
        }
    }

    /// Counts an invocation for which no process could be started.
    pub(super) fn failed(&mut self) {
        self.invocations += 1;
        self.errors += 1;
    }

    /// The time within which `percent` of the invocations ended; `None` if there were none.
    pub(crate) fn percentile(&self, percent: usize) -> Option<Duration> {
        let mut durations = self.durations.clone();
        durations.sort_unstable();
        let rank = (durations.len() * percent).div_ceil(100);
        durations.get(rank.saturating_sub(1)).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tally(milliseconds: impl IntoIterator<Item = u64>) -> Tally {
        let mut tally = Tally::default();
        for it in milliseconds {
            tally.answered(Duration::from_millis(it), true);
        }
        tally
    }

    #[test]
    fn percentiles_are_times_that_occurred() {
        let tally = tally((1..=200).rev());
        assert_eq!(tally.percentile(50), Some(Duration::from_millis(100)));
        assert_eq!(tally.percentile(99), Some(Duration::from_millis(198)));
    }

    #[test]
    fn a_single_invocation_is_every_percentile_and_none_has_none() {
        assert_eq!(tally([7]).percentile(99), Some(Duration::from_millis(7)));
        assert_eq!(Tally::default().percentile(50), None);
    }
}
