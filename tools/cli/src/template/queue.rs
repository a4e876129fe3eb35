//! `AWS::SQS::Queue`.

use std::time::Duration;

use serde_json::{Map, Value as Json, json};

use super::Fault;
use super::declaration::Declaration;
use super::intrinsics::plain_text;
use super::lines::Lines;
use super::properties::Properties;

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
    /// Whether equal bodies are one message, in a FIFO queue.
    pub content_based_deduplication: bool,
    /// How long a received message is hidden.
    pub visibility_timeout: Duration,
    /// How long a sent message is hidden.
    pub delay: Duration,
    /// How long an unreceived message is kept.
    pub retention: Duration,
    /// How long a receive waits for a message.
    pub receive_wait: Duration,
    /// The largest message, in bytes.
    pub max_message_size: u64,
    /// Where messages go that were received too often.
    pub redrive: Option<Redrive>,
    /// The ARNs that may use this queue as their dead-letter queue; `None` is anyone.
    pub redrive_sources: Option<Vec<String>>,
    /// The `CreateQueue` request that makes it.
    pub create: Json,
    /// Where it is in the file.
    pub lines: Lines,
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

/// Properties that are attributes of the same name to `CreateQueue`.
const ATTRIBUTES: [&str; 14] = [
    "ContentBasedDeduplication",
    "DeduplicationScope",
    "DelaySeconds",
    "FifoQueue",
    "FifoThroughputLimit",
    "KmsDataKeyReusePeriodSeconds",
    "KmsMasterKeyId",
    "MaximumMessageSize",
    "MessageRetentionPeriod",
    "ReceiveMessageWaitTimeSeconds",
    "RedriveAllowPolicy",
    "RedrivePolicy",
    "SqsManagedSseEnabled",
    "VisibilityTimeout",
];

impl Queue {
    pub(super) fn read(declared: &Declaration<'_>) -> Result<Self, Fault> {
        let properties = &declared.properties;
        let name = declared.physical_name()?;
        let deduplication = properties.boolean("ContentBasedDeduplication")?;
        Ok(Self {
            logical_id: declared.logical_id(),
            arn: declared.attribute("Arn")?,
            fifo: name.ends_with(".fifo"),
            content_based_deduplication: deduplication.unwrap_or(false),
            visibility_timeout: properties.seconds("VisibilityTimeout", 30)?,
            delay: properties.seconds("DelaySeconds", 0)?,
            retention: properties.seconds("MessageRetentionPeriod", 345_600)?,
            receive_wait: properties.seconds("ReceiveMessageWaitTimeSeconds", 0)?,
            max_message_size: properties.integer("MaximumMessageSize")?.unwrap_or(1 << 20),
            redrive: redrive(properties)?,
            redrive_sources: redrive_sources(properties)?,
            create: create(properties, &name)?,
            lines: properties.lines(),
            name,
        })
    }
}

fn redrive(properties: &Properties<'_>) -> Result<Option<Redrive>, Fault> {
    let Some(policy) = properties.section("RedrivePolicy")? else {
        return Ok(None);
    };
    let (target, count) = ("deadLetterTargetArn", "maxReceiveCount");
    Ok(Some(Redrive {
        dead_letter_arn: policy.text(target)?.ok_or_else(|| policy.missing(target))?,
        max_receive_count: policy
            .integer(count)?
            .ok_or_else(|| policy.missing(count))?,
    }))
}

fn redrive_sources(properties: &Properties<'_>) -> Result<Option<Vec<String>>, Fault> {
    let Some(policy) = properties.value("RedriveAllowPolicy")? else {
        return Ok(None);
    };
    let arns = policy["sourceQueueArns"].as_array().into_iter().flatten();
    Ok(match policy["redrivePermission"].as_str() {
        Some("denyAll") => Some(Vec::new()),
        Some("byQueue") => Some(arns.map(plain_text).collect()),
        _ => None,
    })
}

fn create(properties: &Properties<'_>, name: &str) -> Result<Json, Fault> {
    let mut attributes = Map::new();
    for attribute in ATTRIBUTES {
        let value = properties.value(attribute)?.as_ref().map(plain_text);
        // To CloudFormation a standard queue may say so; to SQS it may not.
        let value = value.filter(|value| attribute != "FifoQueue" || value == "true");
        attributes.extend(value.map(|value| (attribute.to_owned(), value.into())));
    }
    let mut request = json!({ "QueueName": name, "Attributes": attributes });
    let tags = properties.value("Tags")?.unwrap_or_default();
    for tag in tags.as_array().into_iter().flatten() {
        request["tags"][plain_text(&tag["Key"])] = plain_text(&tag["Value"]).into();
    }
    Ok(request)
}
