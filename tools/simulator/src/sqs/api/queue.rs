use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// CreateQueue.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct CreateQueueRequest {
    /// 1 to 80 of `[A-Za-z0-9_-]`, with `.fifo` at the end for FIFO.
    pub queue_name: String,
    /// As in SetQueueAttributes, and `FifoQueue`.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub attributes: BTreeMap<String, String>,
    /// Tags of the new queue.
    #[serde(
        rename = "tags",
        alias = "Tags",
        skip_serializing_if = "BTreeMap::is_empty"
    )]
    pub tags: BTreeMap<String, String>,
}

/// Where a queue is: the answer to CreateQueue and GetQueueUrl.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct QueueUrlResult {
    /// The queue's URL.
    pub queue_url: Arc<str>,
}

/// GetQueueUrl.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct GetQueueUrlRequest {
    /// The queue's name.
    pub queue_name: String,
    /// Another account has no queues here.
    #[serde(
        rename = "QueueOwnerAWSAccountId",
        skip_serializing_if = "Option::is_none"
    )]
    pub queue_owner_aws_account_id: Option<String>,
}

/// ListQueues.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct ListQueuesRequest {
    /// Only names that begin so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub queue_name_prefix: Option<String>,
    /// 1 to 1,000; without it at most 1,000 and no token.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_results: Option<i64>,
    /// From the page before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_token: Option<String>,
}

/// A page of queues, by name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct ListQueuesResult {
    /// URLs.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub queue_urls: Vec<Arc<str>>,
    /// For the next page, if there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_token: Option<String>,
}

/// An operation that takes a queue and nothing else: DeleteQueue, PurgeQueue, ListQueueTags.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct QueueRequest {
    /// The queue's URL; only its path matters.
    pub queue_url: Arc<str>,
}

/// GetQueueAttributes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct GetQueueAttributesRequest {
    /// The queue's URL; only its path matters.
    pub queue_url: Arc<str>,
    /// Names, or `All`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub attribute_names: Vec<String>,
}

/// The attributes asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct GetQueueAttributesResult {
    /// Values are strings, whatever they mean.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub attributes: BTreeMap<String, String>,
}

/// SetQueueAttributes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct SetQueueAttributesRequest {
    /// The queue's URL; only its path matters.
    pub queue_url: Arc<str>,
    /// What changes.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub attributes: BTreeMap<String, String>,
}

/// TagQueue.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct TagQueueRequest {
    /// The queue's URL; only its path matters.
    pub queue_url: Arc<str>,
    /// Tags to add or replace.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub tags: BTreeMap<String, String>,
}

/// UntagQueue.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct UntagQueueRequest {
    /// The queue's URL; only its path matters.
    pub queue_url: Arc<str>,
    /// Keys to remove.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tag_keys: Vec<String>,
}

/// A queue's tags.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct ListQueueTagsResult {
    /// Tags.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub tags: BTreeMap<String, String>,
}

/// AddPermission.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct AddPermissionRequest {
    /// The queue's URL; only its path matters.
    pub queue_url: Arc<str>,
    /// The statement's id.
    pub label: String,
    /// Accounts.
    #[serde(rename = "AWSAccountIds", skip_serializing_if = "Vec::is_empty")]
    pub aws_account_ids: Vec<String>,
    /// Actions, without `SQS:`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub actions: Vec<String>,
}

/// RemovePermission.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct RemovePermissionRequest {
    /// The queue's URL; only its path matters.
    pub queue_url: Arc<str>,
    /// The statement's id.
    pub label: String,
}

/// ListDeadLetterSourceQueues.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct ListDeadLetterSourceQueuesRequest {
    /// The queue's URL; only its path matters.
    pub queue_url: Arc<str>,
    /// 1 to 1,000.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_results: Option<i64>,
    /// From the page before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_token: Option<String>,
}

/// Queues whose redrive policy names this one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct ListDeadLetterSourceQueuesResult {
    /// URLs.
    #[serde(rename = "queueUrls", skip_serializing_if = "Vec::is_empty")]
    pub queue_urls: Vec<Arc<str>>,
    /// For the next page, if there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_token: Option<String>,
}
