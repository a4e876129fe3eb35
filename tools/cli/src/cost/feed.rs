//! What costs and loads depend on, of a function and the queue it is fed from.

use lambda_queue_simulator::mapping::MappingConfig;
use serde::Serialize;

use crate::error::Error;
use crate::local::mapping::{Planned, plan};
use crate::template::Template;

/// A queue, the mapping that empties it, and the function behind.
#[derive(Debug, Clone)]
pub(crate) struct Feed {
    /// The function's logical id.
    pub(crate) function: String,
    /// The queue's logical id.
    pub(crate) queue: String,
    pub(crate) fifo: bool,
    /// FIFO with `perMessageGroupId` throughput and deduplication by group.
    pub(crate) high_throughput: bool,
    pub(crate) encryption: Encryption,
    pub(crate) key_reuse_s: u64,
    pub(crate) visibility_s: u64,
    pub(crate) retention_s: u64,
    pub(crate) delay_s: u64,
    pub(crate) receive_wait_s: u64,
    pub(crate) max_receive_count: Option<u64>,
    pub(crate) memory_mb: u64,
    pub(crate) architecture: Architecture,
    pub(crate) timeout_s: u64,
    pub(crate) reserved_concurrency: Option<u32>,
    pub(crate) mapping: MappingConfig,
    /// Whether the function keeps idempotency records: it has a variable `IDEMPOTENCY_TABLE`.
    pub(crate) has_store: bool,
    /// First wait before a retry, where the function hides failed messages: the toolkit's variable
    /// `RETRY_BACKOFF_SECONDS`.
    pub(crate) backoff_s: Option<u64>,
}

/// Who encrypts the messages at rest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Encryption {
    /// SQS itself, for free.
    Sqs,
    /// KMS, with a key of AWS.
    AwsKey,
    /// KMS, with a key of one's own, which costs by the month.
    OwnKey(String),
}

/// A function's instruction set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Architecture {
    Arm64,
    #[serde(rename = "x86_64")]
    X86,
}

impl Architecture {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Arm64 => "arm64",
            Self::X86 => "x86_64",
        }
    }
}

/// The feeds of the template, or those of one function.
///
/// # Errors
/// The template is not understood, feeds no function, or has none of that name.
pub(crate) fn feeds(template: &Template, function: Option<&str>) -> Result<Vec<Feed>, Error> {
    let mut planned = plan(template)?;
    if let Some(name) = function {
        let known: Vec<_> = planned
            .iter()
            .map(|it| it.function.short_name().to_owned())
            .collect();
        planned.retain(|it| it.function.is_called(name));
        if planned.is_empty() {
            return Err(Error::UnknownFunction {
                name: name.to_owned(),
                template: template.file().to_owned(),
                known: known.join(", "),
            });
        }
    }
    planned.iter().map(|it| feed(template, it)).collect()
}

fn feed(template: &Template, planned: &Planned) -> Result<Feed, Error> {
    let (queue, function) = (planned.queue(), &planned.function);
    let attribute = |name: &str| queue.create["Attributes"][name].as_str();
    let variable = |name: &str| function.environment.iter().find(|it| it.name == name);
    let architectures = template.property(&function.logical_id, "Architectures")?;
    let arm = architectures.is_some_and(|it| it[0] == "arm64");
    let by_group = |name: &str, value: &str| attribute(name) == Some(value);
    Ok(Feed {
        function: function.logical_id.clone(),
        queue: queue.logical_id.clone(),
        fifo: queue.fifo,
        high_throughput: by_group("FifoThroughputLimit", "perMessageGroupId")
            && by_group("DeduplicationScope", "messageGroup"),
        encryption: encryption(attribute("KmsMasterKeyId")),
        key_reuse_s: attribute("KmsDataKeyReusePeriodSeconds")
            .and_then(|it| it.parse().ok())
            .unwrap_or(300),
        visibility_s: queue.visibility_timeout.as_secs(),
        retention_s: queue.retention.as_secs(),
        delay_s: queue.delay.as_secs(),
        receive_wait_s: queue.receive_wait.as_secs(),
        max_receive_count: queue.redrive.as_ref().map(|it| it.max_receive_count),
        memory_mb: function.memory,
        architecture: match arm {
            true => Architecture::Arm64,
            false => Architecture::X86,
        },
        timeout_s: function.timeout.as_secs(),
        reserved_concurrency: function.reserved_concurrency,
        mapping: planned.config.clone(),
        has_store: variable("IDEMPOTENCY_TABLE").is_some(),
        backoff_s: variable("RETRY_BACKOFF_SECONDS").and_then(|it| it.value.parse().ok()),
    })
}

fn encryption(key: Option<&str>) -> Encryption {
    match key {
        None | Some("") => Encryption::Sqs,
        Some(key) if key.ends_with("alias/aws/sqs") => Encryption::AwsKey,
        Some(key) => Encryption::OwnKey(key.to_owned()),
    }
}
