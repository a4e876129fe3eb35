//! What costs and loads depend on, of a function and the queue it is fed from.

mod read;

use lambda_queue_simulator::mapping::MappingConfig;
use serde::Serialize;

use crate::template::{ACCOUNT, REGION};

pub(crate) use read::feeds;

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

impl Feed {
    /// An ARN for the queue: only its kind matters here.
    pub(crate) fn arn(&self) -> String {
        let suffix = if self.fifo { ".fifo" } else { "" };
        format!("arn:aws:sqs:{REGION}:{ACCOUNT}:queue{suffix}")
    }
}

impl Architecture {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Arm64 => "arm64",
            Self::X86 => "x86_64",
        }
    }
}
