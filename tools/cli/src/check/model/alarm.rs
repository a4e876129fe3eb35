//! CloudWatch alarms, and which metrics of which queues they watch.

use super::setting::{self, Setting};
use crate::check::finding::Unknown;
use crate::template::{OutlinedResource, Tree};

/// An alarm.
#[derive(Debug)]
pub(crate) struct Alarm {
    pub(crate) logical_id: String,
    pub(crate) metrics: Vec<Metric>,
}

/// A metric that an alarm watches, alone or in an expression.
#[derive(Debug)]
pub(crate) struct Metric {
    pub(crate) namespace: Setting<String>,
    pub(crate) name: Setting<String>,
    /// The dimension `QueueName`.
    pub(crate) queue: Setting<String>,
}

impl Alarm {
    pub(super) fn read(resource: &OutlinedResource) -> Self {
        let own = &resource.properties;
        let mut metrics = vec![Metric::read(own)];
        if let Some(queries) = own.get("Metrics") {
            let stats = queries.items().iter().filter_map(|it| it.get("MetricStat"));
            metrics.extend(stats.map(|it| Metric::read(&setting::section(it, "Metric"))));
        }
        let logical_id = resource.logical_id.clone();
        Self {
            logical_id,
            metrics,
        }
    }
}

impl Metric {
    fn read(tree: &Tree) -> Self {
        Self {
            namespace: setting::text(tree, "Namespace"),
            name: setting::text(tree, "MetricName"),
            queue: setting::parsed(tree, "Dimensions", queue_name),
        }
    }

    /// The queue it watches and the metric's name; `None` if it watches something else.
    pub(crate) fn of_queue(&self) -> Result<Option<(&str, &str)>, Unknown> {
        match self.namespace.known()?.map(String::as_str) {
            Some("AWS/SQS") => {}
            _ => return Ok(None),
        }
        let queue = self.queue.known()?;
        let queue = queue.filter(|it| !it.is_empty());
        let name = self.name.known()?;
        Ok(queue
            .zip(name)
            .map(|(queue, name)| (queue.as_str(), name.as_str())))
    }
}

fn queue_name(dimensions: &Tree) -> Result<String, String> {
    let mut listed = dimensions.items().iter();
    if let Some(why) = listed.clone().find_map(Tree::unknown) {
        return Err(why.to_owned());
    }
    let is_queue = |it: &&Tree| it.get("Name").and_then(Tree::as_str) == Some("QueueName");
    match listed.find(is_queue).and_then(|it| it.get("Value")) {
        Some(value) => match (value.as_str(), value.unknown()) {
            (Some(name), _) => Ok(name.to_owned()),
            (None, Some(why)) => Err(why.to_owned()),
            (None, None) => Err("the dimension QueueName is not a text".to_owned()),
        },
        None => Ok(String::new()),
    }
}
