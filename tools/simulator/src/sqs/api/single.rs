use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// Moves one message out of a dead-letter queue. Not in AWS's API.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct RedriveMessageRequest {
    /// The dead-letter queue's URL; only its path matters.
    pub queue_url: Arc<str>,
    /// The message.
    pub message_id: Arc<str>,
    /// Where to; default where it failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub destination_arn: Option<String>,
}

/// A message was moved.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct RedriveMessageResult {
    /// The id it has there.
    pub message_id: Arc<str>,
}

/// Deletes one message without a receipt handle. Not in AWS's API.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct DeleteMessageByIdRequest {
    /// The queue's URL; only its path matters.
    pub queue_url: Arc<str>,
    /// The message.
    pub message_id: Arc<str>,
}
