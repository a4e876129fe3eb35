//! The template's CloudWatch alarms, judged by what is there now.
//!
//! CloudWatch looks at statistics over periods. Here an alarm compares the present value, once, so
//! that it goes off as soon as there is a reason, and ends with it.

use lambda_queue_simulator::sqs::QueueSnapshot;

use super::stack::Running;
use crate::template::Alarm;

/// An alarm and its state.
#[derive(Debug, Clone)]
pub(crate) struct AlarmState {
    pub(crate) alarm: Alarm,
    pub(crate) value: StateValue,
    /// Why, in CloudWatch's words.
    pub(crate) reason: String,
}

/// `StateValue`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum StateValue {
    Ok,
    Alarm,
    InsufficientData,
}

/// What a metric says now.
enum Metric {
    Value(f64),
    /// Nothing: its queue or function does not exist.
    Missing,
    /// It is not measured on this machine.
    Unmeasured,
}

/// The state of each of `alarms`.
pub(crate) fn states(alarms: &[Alarm], running: &Running) -> Vec<AlarmState> {
    let measures = Measures {
        queues: running
            .queues
            .with(|sqs, now_ms| (sqs.summaries(now_ms), now_ms)),
        running,
    };
    let states = alarms.iter().map(|alarm| {
        let (value, reason) = judge(alarm, &measures.of(alarm));
        AlarmState {
            alarm: alarm.clone(),
            value,
            reason,
        }
    });
    states.collect()
}

impl StateValue {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "OK",
            Self::Alarm => "ALARM",
            Self::InsufficientData => "INSUFFICIENT_DATA",
        }
    }
}

/// Where metrics come from.
struct Measures<'a> {
    /// And when they were looked at.
    queues: (Vec<QueueSnapshot>, u64),
    running: &'a Running,
}

impl Measures<'_> {
    fn of(&self, alarm: &Alarm) -> Metric {
        match alarm.namespace.as_str() {
            "AWS/SQS" => self.of_queue(alarm),
            "AWS/Lambda" => self.of_function(alarm),
            _ => Metric::Unmeasured,
        }
    }

    fn of_queue(&self, alarm: &Alarm) -> Metric {
        let (queues, now_ms) = &self.queues;
        let name = alarm.dimension("QueueName");
        let Some(queue) = queues.iter().find(|it| Some(&*it.name) == name) else {
            return Metric::Missing;
        };
        let age_ms = queue.oldest_ms.map_or(0, |it| now_ms.saturating_sub(it));
        Metric::Value(match alarm.metric.as_str() {
            "ApproximateNumberOfMessagesVisible" => queue.visible as f64,
            "ApproximateNumberOfMessagesNotVisible" => queue.in_flight as f64,
            "ApproximateNumberOfMessagesDelayed" => queue.delayed as f64,
            "ApproximateAgeOfOldestMessage" => (age_ms / 1_000) as f64,
            _ => return Metric::Unmeasured,
        })
    }

    /// Since the start, as nothing here forgets a failure after a period.
    fn of_function(&self, alarm: &Alarm) -> Metric {
        let name = alarm.dimension("FunctionName");
        let mut pools = self.running.functions.all().iter();
        let Some(pool) = pools.find(|it| Some(it.function().name.as_str()) == name) else {
            return Metric::Missing;
        };
        Metric::Value(match alarm.metric.as_str() {
            "Errors" => pool.tally().errors as f64,
            "Throttles" => pool.tally().throttles as f64,
            _ => return Metric::Unmeasured,
        })
    }
}

fn judge(alarm: &Alarm, metric: &Metric) -> (StateValue, String) {
    let insufficient = |why: &str| (StateValue::InsufficientData, why.to_owned());
    let value = match metric {
        Metric::Value(value) => *value,
        Metric::Missing => return missing(alarm),
        Metric::Unmeasured => {
            return insufficient("Unchecked: this metric is not measured locally");
        }
    };
    let Some(threshold) = alarm.threshold else {
        return insufficient("Unchecked: the alarm has no fixed threshold");
    };
    let (breaching, words) = match alarm.comparison.as_str() {
        "GreaterThanThreshold" => (value > threshold, "greater than"),
        "GreaterThanOrEqualToThreshold" => (value >= threshold, "greater than or equal to"),
        "LessThanThreshold" => (value < threshold, "less than"),
        "LessThanOrEqualToThreshold" => (value <= threshold, "less than or equal to"),
        _ => return insufficient("Unchecked: the alarm's comparison is not known locally"),
    };
    let (state, was) = match breaching {
        true => (StateValue::Alarm, "was"),
        false => (StateValue::Ok, "was not"),
    };
    let reason = format!(
        "Threshold Crossed: 1 datapoint [{value:?}] {was} {words} the threshold ({threshold:?})."
    );
    (state, reason)
}

fn missing(alarm: &Alarm) -> (StateValue, String) {
    let treated = |state, how| {
        let reason = format!(
            "Threshold Crossed: no datapoints were received and 1 missing datapoint was treated as [{how}]."
        );
        (state, reason)
    };
    match alarm.treat_missing_data.as_str() {
        "notBreaching" => treated(StateValue::Ok, "NonBreaching"),
        "breaching" => treated(StateValue::Alarm, "Breaching"),
        _ => (
            StateValue::InsufficientData,
            "Insufficient Data: no datapoints were received".to_owned(),
        ),
    }
}
