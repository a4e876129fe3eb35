//! `AWS::SQS::Queue`.

use std::time::Duration;

use super::properties::{Properties, integer};
use super::{Fault, Resolver, names};

/// A queue of the template.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Queue {
    /// Its key under `Resources`.
    pub logical_id: String,
    /// Its name in the stack.
    pub name: String,
    /// Its ARN in the stack.
    pub arn: String,
    /// Whether it keeps order, as told by the name's ending.
    pub fifo: bool,
    /// How long a received message is hidden.
    pub visibility_timeout: Duration,
    /// How long an unreceived message is kept.
    pub retention: Duration,
    /// How long a receive waits for a message.
    pub receive_wait: Duration,
    /// Where messages go that were received too often.
    pub redrive: Option<Redrive>,
    /// The ARNs that may use this queue as their dead-letter queue; `None` is anyone.
    pub redrive_sources: Option<Vec<String>>,
}

/// A queue's redrive policy.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Redrive {
    /// ARN of the dead-letter queue.
    pub dead_letter_arn: String,
    /// Receives after which a message moves there.
    pub max_receive_count: u64,
}

impl Queue {
    pub(super) fn read(properties: &Properties<'_>) -> Result<Self, Fault> {
        let name = properties.physical_name()?;
        let line = properties.resource.node.line;
        let mut resolver = Resolver::new(properties.template);
        Ok(Self {
            logical_id: properties.logical_id(),
            arn: names::attribute(&mut resolver, properties.resource, "Arn", line)?,
            fifo: name.ends_with(".fifo"),
            visibility_timeout: properties.seconds("VisibilityTimeout", 30)?,
            retention: properties.seconds("MessageRetentionPeriod", 345_600)?,
            receive_wait: properties.seconds("ReceiveMessageWaitTimeSeconds", 0)?,
            redrive: redrive(properties)?,
            redrive_sources: redrive_sources(properties)?,
            name,
        })
    }
}

fn redrive(properties: &Properties<'_>) -> Result<Option<Redrive>, Fault> {
    let Some(node) = properties.node("RedrivePolicy") else {
        return Ok(None);
    };
    let missing = |key: &str| Fault::new(node.line, format!("RedrivePolicy has no `{key}`"));
    let target = node.get("deadLetterTargetArn");
    let target = properties.resolve(target.ok_or_else(|| missing("deadLetterTargetArn"))?)?;
    let count = node.get("maxReceiveCount");
    let count = count.ok_or_else(|| missing("maxReceiveCount"))?;
    Ok(Some(Redrive {
        dead_letter_arn: target
            .and_then(|arn| arn.as_str().map(str::to_owned))
            .ok_or_else(|| missing("deadLetterTargetArn"))?,
        max_receive_count: integer(properties, count, "maxReceiveCount")?
            .ok_or_else(|| missing("maxReceiveCount"))?,
    }))
}

fn redrive_sources(properties: &Properties<'_>) -> Result<Option<Vec<String>>, Fault> {
    let Some(policy) = properties.value("RedriveAllowPolicy")? else {
        return Ok(None);
    };
    Ok(match policy["redrivePermission"].as_str() {
        Some("denyAll") => Some(Vec::new()),
        Some("byQueue") => {
            let arns = policy["sourceQueueArns"].as_array().into_iter().flatten();
            Some(
                arns.filter_map(|arn| arn.as_str().map(str::to_owned))
                    .collect(),
            )
        }
        _ => None,
    })
}
