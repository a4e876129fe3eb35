//! `AWS::S3::Bucket`.

use super::Fault;
use super::declaration::Declaration;
use super::lines::Lines;
use super::properties::Properties;

/// An S3 bucket of the template.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Bucket {
    /// Its key under `Resources`.
    pub logical_id: String,
    /// Its name in the stack.
    pub name: String,
    /// The queues that are told of its objects.
    pub notifications: Vec<Notification>,
    /// Where it is in the file.
    pub lines: Lines,
}

/// One of a bucket's `QueueConfigurations`.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Notification {
    /// The kind of event, such as `s3:ObjectCreated:*`.
    pub event: String,
    /// ARN of the queue.
    pub queue_arn: String,
    /// How the key must begin.
    pub prefix: String,
    /// How the key must end.
    pub suffix: String,
    /// Where it is in the file.
    pub lines: Lines,
}

impl Bucket {
    pub(super) fn read(declared: &Declaration<'_>) -> Result<Self, Fault> {
        Ok(Self {
            logical_id: declared.logical_id(),
            name: declared.physical_name()?,
            notifications: notifications(&declared.properties)?,
            lines: declared.properties.lines(),
        })
    }
}

fn notifications(bucket: &Properties<'_>) -> Result<Vec<Notification>, Fault> {
    let Some(configuration) = bucket.section("NotificationConfiguration")? else {
        return Ok(Vec::new());
    };
    let queues = configuration.list("QueueConfigurations")?.into_iter();
    queues
        .map(|node| notification(&configuration.part(node)))
        .collect()
}

fn notification(queue: &Properties<'_>) -> Result<Notification, Fault> {
    let required = |name: &str| queue.text(name)?.ok_or_else(|| queue.missing(name));
    let mut notification = Notification {
        event: required("Event")?,
        queue_arn: required("Queue")?,
        prefix: String::new(),
        suffix: String::new(),
        lines: queue.lines(),
    };
    let Some(filter) = queue.section("Filter")? else {
        return Ok(notification);
    };
    let key = filter
        .section("S3Key")?
        .ok_or_else(|| filter.missing("S3Key"))?;
    for rule in key.list("Rules")? {
        let rule = key.part(rule);
        let required = |name: &str| rule.text(name)?.ok_or_else(|| rule.missing(name));
        let (name, value) = (required("Name")?, required("Value")?);
        match name.to_ascii_lowercase().as_str() {
            "prefix" => notification.prefix = value,
            "suffix" => notification.suffix = value,
            _ => {
                let message = format!("a rule of S3Key is a prefix or a suffix, not {name}");
                return Err(Fault::new(rule.lines().of("Name"), message));
            }
        }
    }
    Ok(notification)
}
