//! What is paid beside requests, time and records: fair queues, provisioned pollers, metrics.

use super::{Month, Use};
use crate::cost::prices::Meter;
use crate::cost::units::short;
use crate::cost::workload::MONTH_S;

/// Metrics of the toolkit for a function: eleven, each by function and by function and queue.
const TOOLKIT_METRICS: u64 = 22;
/// Invocations at once that one provisioned poller keeps up with (Lambda Developer Guide,
/// "Configuring provisioned mode for SQS event source mappings").
const PER_POLLER: f64 = 10.0;
const HOURS: f64 = MONTH_S / 3_600.0;

impl Month<'_> {
    /// What groups on a standard queue cost on top. That every request with such a message counts,
    /// and not its send alone, is unsure: this is the more expensive reading.
    pub(super) fn fair_queues(&self, requests: &[Use]) -> Option<Use> {
        if self.feed.fifo || !self.workload.fair_queue {
            return None;
        }
        let with_messages = requests.iter().filter(|it| it.item != "SQS idle polling");
        Some(Use {
            item: "SQS fair queue",
            meter: Meter::SqsFairQueues,
            quantity: with_messages.map(|it| it.quantity).sum(),
            how: "requests with messages of a group, on top of their price".to_owned(),
        })
    }

    /// Provisioned pollers are paid for by the hour, whether messages come or not; more than the
    /// fewest run where those do not keep up.
    pub(super) fn pollers(&self) -> Option<Use> {
        let provisioned = self.feed.mapping.provisioned_pollers?;
        let side_by_side = self.invocations * self.billed_s() / MONTH_S;
        let needed = (side_by_side / PER_POLLER).ceil();
        let pollers = needed.clamp(
            f64::from(provisioned.minimum),
            f64::from(provisioned.maximum.max(provisioned.minimum)),
        );
        Some(Use {
            item: "SQS provisioned pollers",
            meter: Meter::SqsPollerHours,
            quantity: pollers * HOURS,
            how: format!("{pollers} pollers × {HOURS} h"),
        })
    }

    /// A metric is paid for in the hours in which it is written.
    pub(super) fn metrics(&self) -> Option<Use> {
        let toolkit = self.workload.records.unwrap_or(self.feed.has_store);
        let usual = if toolkit { TOOLKIT_METRICS } else { 0 };
        let metrics = self.workload.metrics.unwrap_or(usual) as f64;
        let hours = self.invocations.min(HOURS);
        Some(Use {
            item: "CloudWatch metrics",
            meter: Meter::CustomMetrics,
            quantity: metrics * hours / HOURS,
            how: format!(
                "{metrics} metrics in {} of {HOURS} hours with messages",
                short(hours)
            ),
        })
    }
}
