use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::sleep;

use crate::telemetry::BatchMetrics;

/// Between two lines of metrics: CloudWatch's usual period.
const PERIOD: Duration = Duration::from_secs(60);

/// The metrics of all messages since they were last written.
pub(super) struct Tally {
    worker: String,
    queue_arn: String,
    metrics: Mutex<BatchMetrics>,
}

impl Tally {
    pub(super) fn new(worker: &str, queue_arn: &str) -> Self {
        Self {
            worker: worker.to_owned(),
            queue_arn: queue_arn.to_owned(),
            metrics: Mutex::new(BatchMetrics::new(worker, queue_arn)),
        }
    }

    pub(super) fn add(&self, metrics: BatchMetrics) {
        let mut all = self.metrics.lock().unwrap_or_else(PoisonError::into_inner);
        all.add(metrics);
    }

    /// Writes what came since, if anything did.
    pub(super) fn emit(&self) {
        let mut all = self.metrics.lock().unwrap_or_else(PoisonError::into_inner);
        if !all.is_empty() {
            let none = BatchMetrics::new(&self.worker, &self.queue_arn);
            std::mem::replace(&mut *all, none).emit();
        }
    }

    /// Writes them each minute, for ever.
    pub(super) async fn emit_regularly(&self) {
        loop {
            sleep(PERIOD).await;
            self.emit();
        }
    }
}
