//! `AWS::CloudWatch::Alarm`.

use serde_json::Value as Json;

use super::declaration::Declaration;
use super::intrinsics::plain_text;
use super::properties::Properties;
use super::{Fault, names};

/// A CloudWatch alarm of the template.
///
/// What cannot be resolved here, such as the topic it notifies, is left out: alarms are looked at,
/// and nothing runs because of them.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Alarm {
    /// Its key under `Resources`.
    pub logical_id: String,
    /// Its name in the stack.
    pub name: String,
    /// Its ARN in the stack.
    pub arn: String,
    /// The service whose metric it watches, such as `AWS/SQS`.
    pub namespace: String,
    /// The metric it watches; empty if it is an expression over several.
    pub metric: String,
    /// The dimensions of the metric, by name.
    pub dimensions: Vec<(String, String)>,
    /// How the metric's value compares to the threshold when something is wrong.
    pub comparison: String,
    /// What the metric's value is compared to.
    pub threshold: Option<f64>,
    /// What it makes of a metric without a value.
    pub treat_missing_data: String,
    /// All properties that CloudWatch shows as they are.
    pub properties: serde_json::Map<String, Json>,
}

/// Properties that have the same name in `DescribeAlarms`, and are numbers there.
const NUMBERS: [&str; 4] = [
    "DatapointsToAlarm",
    "EvaluationPeriods",
    "Period",
    "Threshold",
];
/// Those that are texts, lists or objects.
const OTHERS: [&str; 14] = [
    "ActionsEnabled",
    "AlarmActions",
    "AlarmDescription",
    "ComparisonOperator",
    "Dimensions",
    "EvaluateLowSampleCountPercentile",
    "ExtendedStatistic",
    "InsufficientDataActions",
    "MetricName",
    "Namespace",
    "OKActions",
    "Statistic",
    "TreatMissingData",
    "Unit",
];

impl Alarm {
    pub(super) fn read(declared: &Declaration<'_>) -> Result<Self, Fault> {
        let properties = shown(&declared.properties);
        let text = |name: &str| properties.get(name).map(plain_text).unwrap_or_default();
        let dimensions = properties.get("Dimensions").and_then(Json::as_array);
        let dimensions = dimensions.into_iter().flatten();
        let name = declared.physical_name()?;
        Ok(Self {
            logical_id: declared.logical_id(),
            arn: names::alarm_arn(&name),
            name,
            namespace: text("Namespace"),
            metric: text("MetricName"),
            dimensions: dimensions
                .map(|it| (plain_text(&it["Name"]), plain_text(&it["Value"])))
                .collect(),
            comparison: text("ComparisonOperator"),
            threshold: properties.get("Threshold").and_then(Json::as_f64),
            treat_missing_data: text("TreatMissingData"),
            properties,
        })
    }

    /// The value of a dimension, such as the name of the queue it watches.
    #[must_use]
    pub fn dimension(&self, name: &str) -> Option<&str> {
        let mut dimensions = self.dimensions.iter();
        let found = dimensions.find(|(it, _)| it == name);
        found.map(|(_, value)| value.as_str())
    }
}

fn shown(properties: &Properties<'_>) -> serde_json::Map<String, Json> {
    let value = |name: &str| properties.value(name).ok().flatten();
    let numbers = NUMBERS.iter().filter_map(|name| {
        // CloudFormation takes quoted numbers, too.
        let number: f64 = plain_text(&value(name)?).parse().ok()?;
        let whole = number.fract() == 0.0 && *name != "Threshold";
        let number = match whole {
            true => Json::from(number as i64),
            false => Json::from(number),
        };
        Some(((*name).to_owned(), number))
    });
    let others = OTHERS
        .iter()
        .filter_map(|name| Some(((*name).to_owned(), value(name)?)));
    numbers.chain(others).collect()
}
