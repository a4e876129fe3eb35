//! `AWS::CloudWatch::Alarm`, as far as it watches a queue.

use super::Fault;
use super::declaration::Declaration;

/// A CloudWatch alarm of the template.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Alarm {
    /// Its key under `Resources`.
    pub logical_id: String,
    /// The metric it watches.
    pub metric: String,
    /// The name of the queue it watches, if it is a queue.
    pub queue: Option<String>,
}

impl Alarm {
    pub(super) fn read(declared: &Declaration<'_>) -> Result<Self, Fault> {
        let properties = &declared.properties;
        let dimensions = properties.value("Dimensions")?.unwrap_or_default();
        let mut dimensions = dimensions.as_array().into_iter().flatten();
        let queue = dimensions.find(|it| it["Name"] == "QueueName");
        Ok(Self {
            logical_id: declared.logical_id(),
            metric: properties.text("MetricName")?.unwrap_or_default(),
            queue: queue.and_then(|it| it["Value"].as_str().map(str::to_owned)),
        })
    }
}
