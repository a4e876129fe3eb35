//! What a simulation saw, as it would be without thinning.

use serde::Serialize;

/// A moment, and what happened since the one before.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub(crate) struct Sample {
    /// Milliseconds since the start.
    pub(crate) at_ms: u64,
    /// Messages sent.
    pub(crate) sent: u64,
    /// Messages completed.
    pub(crate) completed: u64,
    /// Most invocations at once.
    pub(crate) concurrency: u64,
    /// Invocations at once on average.
    pub(crate) mean_concurrency: f64,
    /// Messages that could be received.
    pub(crate) visible: u64,
    /// Messages that somebody holds, or that are hidden until their next try.
    pub(crate) in_flight: u64,
    /// How long the oldest message has been there.
    pub(crate) oldest_ms: u64,
    /// Requests to receive messages, those that found none included.
    pub(crate) receives: u64,
    /// Requests to delete messages, ten at a time.
    pub(crate) deletes: u64,
    /// Writes to the idempotency table.
    pub(crate) writes: u64,
}

impl Sample {
    /// Messages that are not done.
    pub(crate) fn waiting(&self) -> u64 {
        self.visible + self.in_flight
    }
}

/// Sums over the whole simulation.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub(crate) struct Totals {
    /// Messages the queue took in.
    pub(crate) sent: u64,
    /// Sends that FIFO deduplication dropped.
    pub(crate) deduplicated: u64,
    pub(crate) completed: u64,
    pub(crate) dead_lettered: u64,
    /// Messages that outlived the queue's retention: they are lost.
    pub(crate) expired: u64,
    /// Messages still there at the end.
    pub(crate) waiting: u64,
    pub(crate) deliveries: u64,
    /// Deliveries during which the visibility timeout ended, so that the message came once more.
    pub(crate) visibility_expiries: u64,
    /// Batches that were handled.
    pub(crate) batches: u64,
    pub(crate) errors: u64,
    pub(crate) timeouts: u64,
    pub(crate) throttles: u64,
    pub(crate) empty_receives: u64,
    /// Milliseconds of all invocations together.
    pub(crate) busy_ms: u64,
}

/// A simulation's results.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct Run {
    /// Milliseconds from a sample to the next.
    pub(crate) step_ms: u64,
    pub(crate) samples: Vec<Sample>,
    pub(crate) totals: Totals,
    /// Messages that were simulated one by one.
    pub(crate) simulated: u64,
}

impl Run {
    /// The largest value of a number, and when it was reached first.
    pub(crate) fn peak(&self, of: impl Fn(&Sample) -> u64) -> (u64, u64) {
        let mut peak = (0, self.samples.first().map_or(0, |it| it.at_ms));
        for sample in &self.samples {
            if of(sample) > peak.0 {
                peak = (of(sample), sample.at_ms);
            }
        }
        peak
    }

    /// What a count comes to in a second.
    pub(crate) fn per_second(&self, count: u64) -> f64 {
        count as f64 * 1_000.0 / self.step_ms as f64
    }

    /// Invocations at once on average.
    pub(crate) fn mean_concurrency(&self) -> f64 {
        let sum: f64 = self.samples.iter().map(|it| it.mean_concurrency).sum();
        sum / self.samples.len().max(1) as f64
    }

    /// Messages in a batch on average.
    pub(crate) fn fill(&self) -> f64 {
        self.totals.deliveries as f64 / self.totals.batches.max(1) as f64
    }
}
