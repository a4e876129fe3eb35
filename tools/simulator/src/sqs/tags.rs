//! TagQueue, UntagQueue, ListQueueTags.

use super::account::Sqs;
use super::api::{ListQueueTagsResult, QueueRequest, TagQueueRequest, UntagQueueRequest};
use super::errors::{ErrorKind, SqsError};

/// Developer Guide, "Amazon SQS quotas": 50 tags a queue.
const MAX_TAGS: usize = 50;

impl Sqs {
    /// # Errors
    /// `QueueDoesNotExist`, `InvalidParameterValue` for keys, values or more than 50 tags.
    pub fn tag_queue(&mut self, request: &TagQueueRequest) -> Result<(), SqsError> {
        let queue = self.queue(&request.queue_url)?;
        if request.tags.is_empty() {
            return Err(SqsError::missing("Tags"));
        }
        let refuse = |message: &str| Err(SqsError::new(ErrorKind::InvalidParameterValue, message));
        if request
            .tags
            .keys()
            .any(|key| key.is_empty() || key.chars().count() > 128)
        {
            return refuse("Tag keys must be between 1 and 128 characters in length.");
        }
        if request
            .tags
            .values()
            .any(|value| value.chars().count() > 256)
        {
            return refuse("Tag values must be between 0 and 256 characters in length.");
        }
        let mut tags = queue.tags.clone();
        tags.extend(request.tags.clone());
        if tags.len() > MAX_TAGS {
            return refuse("Too many tags added for queue.");
        }
        queue.tags = tags;
        Ok(())
    }

    /// # Errors
    /// `QueueDoesNotExist`.
    pub fn untag_queue(&mut self, request: &UntagQueueRequest) -> Result<(), SqsError> {
        let queue = self.queue(&request.queue_url)?;
        queue.tags.retain(|key, _| !request.tag_keys.contains(key));
        Ok(())
    }

    /// # Errors
    /// `QueueDoesNotExist`.
    pub fn list_queue_tags(
        &mut self,
        request: &QueueRequest,
    ) -> Result<ListQueueTagsResult, SqsError> {
        let queue = self.queue(&request.queue_url)?;
        Ok(ListQueueTagsResult {
            tags: queue.tags.clone(),
        })
    }
}
