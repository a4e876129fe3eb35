use std::time::Duration;

use crate::batch::Outcome;

/// Stands in for the metrics of a batch where the feature `metrics` is off.
pub(crate) struct BatchMetrics;

impl BatchMetrics {
    pub(crate) fn new(_function: &str, _queue_arn: &str) -> Self {
        Self
    }

    pub(crate) fn count(&mut self, _outcome: Outcome) {}

    pub(crate) fn handled(&mut self, _latency: Duration) {}

    pub(crate) fn started(&mut self, _age: Duration) {}

    #[cfg(feature = "worker")]
    pub(crate) fn add(&mut self, _other: Self) {}

    #[cfg(feature = "worker")]
    pub(crate) fn is_empty(&self) -> bool {
        true
    }

    pub(crate) fn emit(self) {}
}
