//! What is noted on the way, and at the end.

use super::World;
use crate::plan::samples::{Run, Sample, Totals};

impl World<'_> {
    /// Counts the time of the invocations that run.
    pub(super) fn pass_until(&mut self, at_ms: u64) {
        self.busy_ms += self.running * (at_ms - self.busy_until);
        self.busy_until = at_ms;
    }

    pub(super) fn sample(&mut self, at_ms: u64) {
        self.pass_until(at_ms);
        let Some(state) = self.account.state(at_ms) else {
            return;
        };
        let share = u64::from(self.setup.share);
        let (sent, completed) = (state.counters.sent, state.counters.deleted);
        let oldest = state.oldest_ms.unwrap_or(at_ms);
        self.samples.push(Sample {
            at_ms,
            sent: (sent - self.before.0) * share,
            completed: (completed - self.before.1) * share,
            concurrency: self.most_running * share,
            mean_concurrency: (self.busy_ms - self.busy_before) as f64 * share as f64
                / self.step_ms as f64,
            visible: (state.visible + state.delayed) as u64 * share,
            in_flight: state.in_flight as u64 * share,
            oldest_ms: at_ms.saturating_sub(oldest),
            receives: std::mem::take(&mut self.receives) * share,
            deletes: std::mem::take(&mut self.deletes) * share,
            writes: std::mem::take(&mut self.writes) * share,
        });
        self.before = (sent, completed);
        self.busy_before = self.busy_ms;
        self.most_running = self.running;
    }

    pub(super) fn results(mut self) -> Run {
        let share = u64::from(self.setup.share);
        let state = self.account.state(self.now);
        let waiting = state
            .as_ref()
            .map_or(0, |it| it.visible + it.in_flight + it.delayed);
        let queue = state.map(|it| it.counters).unwrap_or_default();
        let mapping = self.mapping.counters();
        // A message that was deleted twice for the mapping, and once for the queue, was handled
        // again after its visibility timeout.
        let twice = mapping.deleted.saturating_sub(queue.deleted);
        Run {
            step_ms: self.step_ms,
            samples: self.samples,
            totals: Totals {
                sent: queue.sent * share,
                deduplicated: queue.deduplicated * share,
                completed: queue.deleted * share,
                dead_lettered: queue.dead_lettered * share,
                expired: queue.expired * share,
                waiting: waiting as u64 * share,
                deliveries: mapping.received * share,
                visibility_expiries: (twice + self.expired_in_lambda) * share,
                batches: mapping.batches * share,
                errors: mapping.errors * share,
                timeouts: mapping.timeouts * share,
                throttles: mapping.throttles * share,
                empty_receives: mapping.empty_polls * share,
                busy_ms: self.busy_ms * share,
            },
            simulated: queue.sent,
        }
    }
}
