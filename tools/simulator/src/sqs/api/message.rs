use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::MessageAttributeValue;

/// SendMessage.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct SendMessageRequest {
    /// The queue's URL; only its path matters.
    pub queue_url: Arc<str>,
    /// The body.
    pub message_body: Arc<str>,
    /// 0 to 900; not on FIFO.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delay_seconds: Option<i64>,
    /// At most 10.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub message_attributes: BTreeMap<Arc<str>, MessageAttributeValue>,
    /// Only `AWSTraceHeader`.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub message_system_attributes: BTreeMap<Arc<str>, MessageAttributeValue>,
    /// FIFO only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message_deduplication_id: Option<Arc<str>>,
    /// Required on FIFO; for fairness on standard queues.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message_group_id: Option<Arc<str>>,
}

/// A message was accepted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct SendMessageResult {
    /// The id SQS gave.
    pub message_id: Arc<str>,
    /// Hex.
    #[serde(rename = "MD5OfMessageBody")]
    pub md5_of_message_body: Arc<str>,
    /// Hex, if there are attributes.
    #[serde(
        rename = "MD5OfMessageAttributes",
        skip_serializing_if = "Option::is_none"
    )]
    pub md5_of_message_attributes: Option<Arc<str>>,
    /// Hex, if there are system attributes.
    #[serde(
        rename = "MD5OfMessageSystemAttributes",
        skip_serializing_if = "Option::is_none"
    )]
    pub md5_of_message_system_attributes: Option<Arc<str>>,
    /// FIFO only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sequence_number: Option<String>,
}

/// SendMessageBatch.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct SendMessageBatchRequest {
    /// The queue's URL; only its path matters.
    pub queue_url: Arc<str>,
    /// 1 to 10.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub entries: Vec<SendMessageBatchRequestEntry>,
}

/// One message of a SendMessageBatch.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct SendMessageBatchRequestEntry {
    /// The entry's id in its batch.
    pub id: String,
    /// The body.
    pub message_body: Arc<str>,
    /// 0 to 900; not on FIFO.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delay_seconds: Option<i64>,
    /// At most 10.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub message_attributes: BTreeMap<Arc<str>, MessageAttributeValue>,
    /// Only `AWSTraceHeader`.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub message_system_attributes: BTreeMap<Arc<str>, MessageAttributeValue>,
    /// FIFO only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message_deduplication_id: Option<Arc<str>>,
    /// Required on FIFO; for fairness on standard queues.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message_group_id: Option<Arc<str>>,
}

/// A message of a batch was accepted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct SendMessageBatchResultEntry {
    /// The entry's id in its batch.
    pub id: String,
    /// The id SQS gave.
    pub message_id: Arc<str>,
    /// Hex.
    #[serde(rename = "MD5OfMessageBody")]
    pub md5_of_message_body: Arc<str>,
    /// Hex, if there are attributes.
    #[serde(
        rename = "MD5OfMessageAttributes",
        skip_serializing_if = "Option::is_none"
    )]
    pub md5_of_message_attributes: Option<Arc<str>>,
    /// Hex, if there are system attributes.
    #[serde(
        rename = "MD5OfMessageSystemAttributes",
        skip_serializing_if = "Option::is_none"
    )]
    pub md5_of_message_system_attributes: Option<Arc<str>>,
    /// FIFO only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sequence_number: Option<String>,
}

/// ReceiveMessage. Waiting is the caller's: see `Sqs::next_change_ms`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct ReceiveMessageRequest {
    /// The queue's URL; only its path matters.
    pub queue_url: Arc<str>,
    /// System attributes, by the older name of the parameter.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub attribute_names: Vec<String>,
    /// System attributes, or `All`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub message_system_attribute_names: Vec<String>,
    /// Message attributes, `All`, `.*` or `prefix.*`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub message_attribute_names: Vec<String>,
    /// 1 to 10, default 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_number_of_messages: Option<i64>,
    /// Seconds, 0 to 43,200; default the queue's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub visibility_timeout: Option<i64>,
    /// 0 to 20; checked here, waited for by the caller.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wait_time_seconds: Option<i64>,
    /// FIFO only: repeats a receive for 5 minutes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub receive_request_attempt_id: Option<Arc<str>>,
}

/// What was received; possibly nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct ReceiveMessageResult {
    /// In order, at most as many as asked for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub messages: Vec<Message>,
}

/// A received message.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Message {
    /// The id SQS gave.
    pub message_id: Arc<str>,
    /// New at every receive.
    pub receipt_handle: String,
    /// Hex.
    #[serde(rename = "MD5OfBody")]
    pub md5_of_body: Arc<str>,
    /// The body.
    pub body: Arc<str>,
    /// The system attributes asked for.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub attributes: BTreeMap<Cow<'static, str>, String>,
    /// Hex, over the message attributes returned.
    #[serde(
        rename = "MD5OfMessageAttributes",
        skip_serializing_if = "Option::is_none"
    )]
    pub md5_of_message_attributes: Option<Arc<str>>,
    /// The message attributes asked for.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub message_attributes: BTreeMap<Arc<str>, MessageAttributeValue>,
}

/// DeleteMessage.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct DeleteMessageRequest {
    /// The queue's URL; only its path matters.
    pub queue_url: Arc<str>,
    /// From the receive.
    pub receipt_handle: String,
}

/// DeleteMessageBatch.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct DeleteMessageBatchRequest {
    /// The queue's URL; only its path matters.
    pub queue_url: Arc<str>,
    /// 1 to 10.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub entries: Vec<DeleteMessageBatchRequestEntry>,
}

/// One message of a DeleteMessageBatch.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct DeleteMessageBatchRequestEntry {
    /// The entry's id in its batch.
    pub id: String,
    /// From the receive.
    pub receipt_handle: String,
}

/// ChangeMessageVisibility.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct ChangeMessageVisibilityRequest {
    /// The queue's URL; only its path matters.
    pub queue_url: Arc<str>,
    /// From the receive.
    pub receipt_handle: String,
    /// Seconds from now, 0 to 43,200; required.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub visibility_timeout: Option<i64>,
}

/// ChangeMessageVisibilityBatch.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct ChangeMessageVisibilityBatchRequest {
    /// The queue's URL; only its path matters.
    pub queue_url: Arc<str>,
    /// 1 to 10.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub entries: Vec<ChangeMessageVisibilityBatchRequestEntry>,
}

/// One message of a ChangeMessageVisibilityBatch.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct ChangeMessageVisibilityBatchRequestEntry {
    /// The entry's id in its batch.
    pub id: String,
    /// From the receive.
    pub receipt_handle: String,
    /// Seconds from now, 0 to 43,200; required.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub visibility_timeout: Option<i64>,
}

/// An entry of a batch that succeeded and says no more.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct BatchResultEntry {
    /// The entry's id in its batch.
    pub id: String,
}

/// An entry of a batch that failed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct BatchResultErrorEntry {
    /// The entry's id in its batch.
    pub id: String,
    /// Whether the caller is to blame.
    pub sender_fault: bool,
    /// The query protocol's error code.
    pub code: String,
    /// Why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
}

/// The answer to a batch: what succeeded, what failed, both in the order of the request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct BatchResult<T> {
    /// Entries that succeeded.
    #[serde(default = "Vec::new", skip_serializing_if = "Vec::is_empty")]
    pub successful: Vec<T>,
    /// Entries that failed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub failed: Vec<BatchResultErrorEntry>,
}
