//! A queue's settable attributes: names, ranges and defaults (SetQueueAttributes).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::content::MAX_BYTES;
use super::errors::{ErrorKind, SqsError};
use super::policies::{AllowPolicy, RedrivePolicy};

/// What may be set, with AWS's defaults.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Settings {
    pub(super) visibility_s: u64,
    pub(super) delay_s: u64,
    pub(super) retention_s: u64,
    pub(super) wait_s: u64,
    pub(super) max_bytes: u64,
    pub(super) policy: Option<String>,
    pub(super) redrive: Option<RedrivePolicy>,
    pub(super) allow: AllowPolicy,
    kms_key: Option<String>,
    kms_reuse_s: u64,
    managed_sse: bool,
    pub(super) content_dedup: bool,
    pub(super) dedup_per_group: bool,
    throughput_per_group: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            visibility_s: 30,
            delay_s: 0,
            retention_s: 345_600,
            wait_s: 0,
            max_bytes: MAX_BYTES as u64,
            policy: None,
            redrive: None,
            allow: AllowPolicy::default(),
            kms_key: None,
            kms_reuse_s: 300,
            managed_sse: true,
            content_dedup: false,
            dedup_per_group: false,
            throughput_per_group: false,
        }
    }
}

/// Attributes that only a FIFO queue has.
const FIFO_ONLY: [&str; 3] = [
    "ContentBasedDeduplication",
    "DeduplicationScope",
    "FifoThroughputLimit",
];

impl Settings {
    /// Sets attributes; nothing is changed when one is refused.
    ///
    /// # Errors
    /// `InvalidAttributeName`, `InvalidAttributeValue`, and `InvalidParameterValue` for policies.
    pub(super) fn with(
        &self,
        attributes: &BTreeMap<String, String>,
        fifo: bool,
    ) -> Result<Self, SqsError> {
        let mut settings = self.clone();
        for (name, value) in attributes {
            if FIFO_ONLY.contains(&&**name) && !fifo {
                return Err(unknown(name));
            }
            settings.set(name, value)?;
        }
        settings.check_encryption(attributes)?;
        if settings.throughput_per_group && !settings.dedup_per_group {
            return Err(bad_because(
                "FifoThroughputLimit",
                "The DeduplicationScope must be messageGroup for perMessageGroupId.",
            ));
        }
        Ok(settings)
    }

    fn set(&mut self, name: &str, value: &str) -> Result<(), SqsError> {
        match name {
            "VisibilityTimeout" => self.visibility_s = number(name, value, 0, 43_200)?,
            "DelaySeconds" => self.delay_s = number(name, value, 0, 900)?,
            "MessageRetentionPeriod" => self.retention_s = number(name, value, 60, 1_209_600)?,
            "ReceiveMessageWaitTimeSeconds" => self.wait_s = number(name, value, 0, 20)?,
            "MaximumMessageSize" => {
                self.max_bytes = number(name, value, 1_024, MAX_BYTES as u64)?;
            }
            "KmsDataKeyReusePeriodSeconds" => self.kms_reuse_s = number(name, value, 60, 86_400)?,
            "KmsMasterKeyId" => self.kms_key = some_unless_empty(value),
            "SqsManagedSseEnabled" => self.managed_sse = flag(name, value)?,
            "Policy" => self.policy = json_object(name, value)?,
            "RedrivePolicy" => self.redrive = RedrivePolicy::parse(value)?,
            "RedriveAllowPolicy" => self.allow = AllowPolicy::parse(value)?,
            "ContentBasedDeduplication" => self.content_dedup = flag(name, value)?,
            "DeduplicationScope" => {
                self.dedup_per_group = one_of(name, value, "queue", "messageGroup")?;
            }
            "FifoThroughputLimit" => {
                self.throughput_per_group = one_of(name, value, "perQueue", "perMessageGroupId")?;
            }
            _ => return Err(unknown(name)),
        }
        Ok(())
    }

    /// A KMS key replaces SQS's own encryption, but asking for both is refused.
    fn check_encryption(&mut self, asked: &BTreeMap<String, String>) -> Result<(), SqsError> {
        if self.kms_key.is_none() || !self.managed_sse {
            return Ok(());
        }
        if asked
            .get("SqsManagedSseEnabled")
            .is_some_and(|value| value == "true")
        {
            return Err(SqsError::new(
                ErrorKind::InvalidAttributeName,
                "You can use one type of server-side encryption (SSE) at one time. You can either \
                 enable KMS SSE or SQS SSE.",
            ));
        }
        self.managed_sse = false;
        Ok(())
    }

    /// The attributes as GetQueueAttributes shows them.
    pub(super) fn render(&self, fifo: bool, out: &mut BTreeMap<String, String>) {
        let mut put = |name: &str, value: String| out.insert(name.into(), value);
        put("VisibilityTimeout", self.visibility_s.to_string());
        put("DelaySeconds", self.delay_s.to_string());
        put("MessageRetentionPeriod", self.retention_s.to_string());
        put("ReceiveMessageWaitTimeSeconds", self.wait_s.to_string());
        put("MaximumMessageSize", self.max_bytes.to_string());
        put("SqsManagedSseEnabled", self.managed_sse.to_string());
        if let Some(key) = &self.kms_key {
            put("KmsMasterKeyId", key.clone());
            put("KmsDataKeyReusePeriodSeconds", self.kms_reuse_s.to_string());
        }
        if let Some(policy) = &self.policy {
            put("Policy", policy.clone());
        }
        if let Some(redrive) = &self.redrive {
            put("RedrivePolicy", redrive.canonical());
        }
        if let Some(allow) = &self.allow.text {
            put("RedriveAllowPolicy", allow.clone());
        }
        if fifo {
            let choose = |flag, no: &str, yes: &str| String::from(if flag { yes } else { no });
            put("FifoQueue", "true".into());
            put("ContentBasedDeduplication", self.content_dedup.to_string());
            put(
                "DeduplicationScope",
                choose(self.dedup_per_group, "queue", "messageGroup"),
            );
            put(
                "FifoThroughputLimit",
                choose(self.throughput_per_group, "perQueue", "perMessageGroupId"),
            );
        }
    }
}

pub(super) fn unknown(name: &str) -> SqsError {
    SqsError::new(
        ErrorKind::InvalidAttributeName,
        format!("Unknown Attribute {name}."),
    )
}

fn bad(name: &str) -> SqsError {
    SqsError::new(
        ErrorKind::InvalidAttributeValue,
        format!("Invalid value for the parameter {name}."),
    )
}

pub(super) fn bad_because(name: &str, reason: &str) -> SqsError {
    SqsError::new(
        ErrorKind::InvalidAttributeValue,
        format!("Invalid value for the parameter {name}. Reason: {reason}"),
    )
}

fn number(name: &str, value: &str, min: u64, max: u64) -> Result<u64, SqsError> {
    let number = value.parse().map_err(|_| bad(name))?;
    if (min..=max).contains(&number) {
        Ok(number)
    } else {
        Err(bad(name))
    }
}

fn flag(name: &str, value: &str) -> Result<bool, SqsError> {
    match value.to_ascii_lowercase().as_str() {
        "true" => Ok(true),
        "false" => Ok(false),
        _ => Err(bad(name)),
    }
}

fn one_of(name: &str, value: &str, no: &str, yes: &str) -> Result<bool, SqsError> {
    match value {
        _ if value == yes => Ok(true),
        _ if value == no => Ok(false),
        _ => Err(bad(name)),
    }
}

fn some_unless_empty(value: &str) -> Option<String> {
    (!value.is_empty()).then(|| value.into())
}

fn json_object(name: &str, value: &str) -> Result<Option<String>, SqsError> {
    if value.is_empty() {
        return Ok(None);
    }
    match serde_json::from_str(value) {
        Ok(serde_json::Value::Object(_)) => Ok(Some(value.into())),
        _ => Err(bad(name)),
    }
}
