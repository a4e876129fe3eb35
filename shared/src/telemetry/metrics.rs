use std::collections::BTreeMap;
use std::io::stdout;
use std::time::Duration;

use metrique::ServiceMetrics;
use metrique::emf::Emf;
use metrique::unit::{Count, Millisecond};
use metrique::writer::core::unit::UnitTag;
use metrique::writer::core::{
    Entry, EntryWriter, MetricFlags, Observation, Unit, Value, ValueWriter,
};
use metrique::writer::{AttachGlobalEntrySink, AttachGlobalEntrySinkExt, FormatExt};

use crate::batch::Outcome;

const NAMESPACE: &str = "lambda-queue";
const FUNCTION: &str = "FunctionName";
const QUEUE: &str = "Queue";

/// Sends metrics to standard output, where Lambda's log driver picks them up.
pub(super) fn init() {
    if ServiceMetrics::try_sink().is_none() {
        ServiceMetrics::write_directly_to(format().output_to(stdout())).forget();
    }
}

fn format() -> Emf {
    let dimensions = vec![
        vec![FUNCTION.to_owned()],
        vec![FUNCTION.to_owned(), QUEUE.to_owned()],
    ];
    Emf::builder(NAMESPACE.to_owned(), dimensions).build()
}

/// What one batch came to, in numbers: CloudWatch metrics once it is emitted.
#[derive(Debug, Default)]
pub(crate) struct BatchMetrics {
    function: String,
    queue: String,
    /// In the order of [`Outcome::ALL`].
    outcomes: [u64; Outcome::ALL.len()],
    latency: Distribution,
    age: Distribution,
}

impl BatchMetrics {
    /// Nothing counted yet, for a batch from this queue.
    pub(crate) fn new(function: &str, queue_arn: &str) -> Self {
        let queue = queue_arn.rsplit(':').next().unwrap_or_default();
        Self {
            function: function.to_owned(),
            queue: queue.to_owned(),
            ..Self::default()
        }
    }

    /// Counts a settled message.
    pub(crate) fn count(&mut self, outcome: Outcome) {
        self.outcomes[outcome as usize] += 1;
    }

    /// Adds a handler's run.
    pub(crate) fn handled(&mut self, latency: Duration) {
        self.latency.add(latency);
    }

    /// Adds the time from a message's sending to the start of its handler.
    pub(crate) fn started(&mut self, age: Duration) {
        self.age.add(age);
    }

    /// Adds what another batch came to.
    #[cfg(feature = "worker")]
    pub(crate) fn add(&mut self, other: Self) {
        for (count, others) in self.outcomes.iter_mut().zip(other.outcomes) {
            *count += others;
        }
        self.latency.merge(other.latency);
        self.age.merge(other.age);
    }

    /// Whether no message was counted.
    #[cfg(feature = "worker")]
    pub(crate) fn is_empty(&self) -> bool {
        self.outcomes.iter().sum::<u64>() == 0
    }

    /// Writes the metrics, if [`init`](super::init) or the program has said where to.
    pub(crate) fn emit(self) {
        // An error hands the entry back: there is nowhere to write it.
        let _ = ServiceMetrics::try_append(self);
    }
}

impl Entry for BatchMetrics {
    fn write<'a>(&'a self, writer: &mut impl EntryWriter<'a>) {
        writer.value(FUNCTION, self.function.as_str());
        writer.value(QUEUE, self.queue.as_str());
        writer.value("BatchSize", &Counter(self.outcomes.iter().sum()));
        for outcome in Outcome::ALL {
            let count = self.outcomes[outcome as usize];
            writer.value(metric_name(outcome), &Counter(count));
        }
        writer.value("HandlerLatency", &self.latency);
        writer.value("MessageAge", &self.age);
    }
}

fn metric_name(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Processed => "Processed",
        Outcome::Replayed => "Replayed",
        Outcome::Retry => "Retry",
        Outcome::DeadLettered => "DeadLettered",
        Outcome::Deferred => "Deferred",
        Outcome::Blocked => "Blocked",
        Outcome::NotStarted => "NotStarted",
        Outcome::LeaseLost => "LeaseLost",
    }
}

struct Counter(u64);

impl Value for Counter {
    const UNIT: Unit = Count::UNIT;

    fn write(&self, writer: impl ValueWriter) {
        writer.metric(
            [Observation::Unsigned(self.0)],
            Count::UNIT,
            [],
            MetricFlags::empty(),
        );
    }
}

/// Durations in buckets, each an eighth wider than the last, so that a batch of any size stays
/// within the 100 values a metric may have in one entry.
#[derive(Debug, Default)]
struct Distribution(BTreeMap<u16, (f64, u64)>);

impl Distribution {
    fn add(&mut self, duration: Duration) {
        let ms = duration.as_secs_f64() * 1000.0;
        let (total, occurrences) = self.0.entry(bucket(ms)).or_default();
        *total += ms;
        *occurrences += 1;
    }
}

#[cfg(feature = "worker")]
impl Distribution {
    fn merge(&mut self, other: Self) {
        for (bucket, (ms, count)) in other.0 {
            let (total, occurrences) = self.0.entry(bucket).or_default();
            *total += ms;
            *occurrences += count;
        }
    }
}

/// Below a tenth of a millisecond, and above 14 days, everything is in one bucket.
fn bucket(ms: f64) -> u16 {
    const GROWTH: f64 = 1.25;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "clamped"
    )]
    let bucket = (ms.max(0.1) / 0.1).log(GROWTH).clamp(0.0, 99.0) as u16;
    bucket
}

impl Value for Distribution {
    const UNIT: Unit = Millisecond::UNIT;

    fn write(&self, writer: impl ValueWriter) {
        let observations = self
            .0
            .values()
            .map(|&(total, occurrences)| Observation::Repeated { total, occurrences });
        writer.metric(observations, Millisecond::UNIT, [], MetricFlags::empty());
    }
}

#[cfg(test)]
mod tests {
    use metrique::writer::format::Format;

    use super::*;

    fn emitted(metrics: &BatchMetrics) -> serde_json::Value {
        let mut out = Vec::new();
        format().format(metrics, &mut out).unwrap();
        let mut json: serde_json::Value = serde_json::from_slice(&out).unwrap();
        json["_aws"]["Timestamp"] = 0.into();
        json
    }

    #[test]
    fn a_batch_is_one_line_of_embedded_metric_format() {
        let mut metrics = BatchMetrics::new("orders", "arn:aws:sqs:eu-west-1:123456789012:q");
        for outcome in [Outcome::Processed, Outcome::Processed, Outcome::Retry] {
            metrics.count(outcome);
            metrics.handled(Duration::from_millis(12));
            metrics.started(Duration::from_secs(3));
        }
        insta::assert_json_snapshot!(emitted(&metrics));
    }

    #[test]
    fn a_distribution_never_has_more_than_100_values() {
        let mut distribution = Distribution::default();
        for ms in 0..2_000_000 {
            distribution.add(Duration::from_millis(ms * 1000));
        }
        assert!(distribution.0.len() <= 100);
    }
}
