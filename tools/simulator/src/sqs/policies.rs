//! The redrive policy of a source queue and the redrive allow policy of its dead-letter queue
//! (Developer Guide, "Using dead-letter queues in Amazon SQS").

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::errors::SqsError;

/// Where messages go that were received too often.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct RedrivePolicy {
    /// As it was set.
    text: String,
    pub(super) target_arn: String,
    pub(super) max_receive_count: u32,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RedriveJson {
    dead_letter_target_arn: Option<String>,
    max_receive_count: Option<Value>,
}

impl RedrivePolicy {
    /// An empty text removes the policy.
    pub(super) fn parse(text: &str) -> Result<Option<Self>, SqsError> {
        if text.is_empty() {
            return Ok(None);
        }
        let json: RedriveJson = serde_json::from_str(text)
            .map_err(|_| refuse(text, "Redrive policy is not a valid JSON map."))?;
        let missing = |name: &str| {
            refuse(
                text,
                &format!("Redrive policy does not contain mandatory attribute: {name}."),
            )
        };
        let target_arn = json
            .dead_letter_target_arn
            .ok_or_else(|| missing("deadLetterTargetArn"))?;
        let count = json
            .max_receive_count
            .ok_or_else(|| missing("maxReceiveCount"))?;
        Ok(Some(Self {
            max_receive_count: receive_count(&count).ok_or_else(|| {
                refuse(
                    text,
                    &format!(
                        "Invalid value for maxReceiveCount: {}, valid values are from 1 to 1000 \
                         both inclusive.",
                        count.as_str().map_or_else(|| count.to_string(), Into::into)
                    ),
                )
            })?,
            text: text.into(),
            target_arn,
        }))
    }

    /// As GetQueueAttributes shows it, however it was written.
    pub(super) fn canonical(&self) -> String {
        let (arn, count) = (&self.target_arn, self.max_receive_count);
        serde_json::json!({"deadLetterTargetArn": arn, "maxReceiveCount": count}).to_string()
    }

    pub(super) fn refuse(&self, reason: &str) -> SqsError {
        refuse(&self.text, reason)
    }
}

/// Consoles and templates send the number as a string as well.
fn receive_count(value: &Value) -> Option<u32> {
    let count = match value {
        Value::String(text) => text.parse().ok()?,
        value => value.as_u64()?,
    };
    u32::try_from(count)
        .ok()
        .filter(|count| (1..=1_000).contains(count))
}

fn refuse(text: &str, reason: &str) -> SqsError {
    SqsError::invalid("RedrivePolicy", text, reason)
}

/// Which queues may name this one as their dead-letter queue.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct AllowPolicy {
    pub(super) text: Option<String>,
    permission: Permission,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
enum Permission {
    #[default]
    AllowAll,
    DenyAll,
    ByQueue(Vec<String>),
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct AllowJson {
    redrive_permission: Option<String>,
    source_queue_arns: Option<Vec<String>>,
}

impl AllowPolicy {
    pub(super) fn parse(text: &str) -> Result<Self, SqsError> {
        if text.is_empty() {
            return Ok(Self::default());
        }
        let refuse = |reason: &str| SqsError::invalid("RedriveAllowPolicy", text, reason);
        let json: AllowJson = serde_json::from_str(text).map_err(|_| {
            refuse(
                "Amazon SQS can't create the redrive allow policy, as it's not a valid JSON map.",
            )
        })?;
        let permission = match (json.redrive_permission.as_deref(), json.source_queue_arns) {
            (Some("allowAll"), None) => Permission::AllowAll,
            (Some("denyAll"), None) => Permission::DenyAll,
            (Some("byQueue"), Some(arns)) if (1..=10).contains(&arns.len()) => {
                Permission::ByQueue(arns)
            }
            (Some("byQueue"), _) => {
                return Err(refuse("byQueue needs 1 to 10 sourceQueueArns."));
            }
            (Some("allowAll" | "denyAll"), Some(_)) => {
                return Err(refuse(
                    "sourceQueueArns is only for redrivePermission byQueue.",
                ));
            }
            _ => {
                return Err(refuse(
                    "redrivePermission must be allowAll, denyAll or byQueue.",
                ));
            }
        };
        Ok(Self {
            text: Some(text.into()),
            permission,
        })
    }

    pub(super) fn allows(&self, source_arn: &str) -> bool {
        match &self.permission {
            Permission::AllowAll => true,
            Permission::DenyAll => false,
            Permission::ByQueue(arns) => arns.iter().any(|arn| arn == source_arn),
        }
    }
}
