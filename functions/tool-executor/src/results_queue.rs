//! The queue of results: for whoever goes on with a conversation.

use aws_sdk_sqs::Client;
use lambda_queue::{MessageContext, Producer, SendError};
use sha2::{Digest, Sha256};

use crate::CallResult;
use crate::call::fingerprint;

/// The most characters of a message group id.
const MAX_GROUP: usize = 128;

/// Sends results to a FIFO queue, those of a conversation in order.
#[derive(Clone)]
pub struct ResultsQueue(Producer<CallResult>);

impl ResultsQueue {
    /// The FIFO queue with this URL.
    pub fn new(client: Client, url: impl Into<String>) -> Self {
        let producer = Producer::new(client, url)
            .group(|result: &CallResult| group(&result.conversation_id))
            // Call ids differ within a conversation only, and a queue may deduplicate over all of
            // its groups.
            .deduplication_id(|result: &CallResult| {
                fingerprint(&result.conversation_id, &result.tool_call_id)
            });
        Self(producer)
    }

    /// Sends a result, on behalf of the message that carried its call.
    ///
    /// # Errors
    /// It is not in the queue, or nobody knows.
    pub(crate) async fn send(
        &self,
        result: &CallResult,
        context: &MessageContext,
    ) -> Result<(), SendError> {
        self.0.following(context).send(result).await.map(drop)
    }
}

/// The conversation's id, if SQS takes it; otherwise its hash.
fn group(conversation_id: &str) -> String {
    let is_taken = |it: char| it.is_ascii_alphanumeric() || it.is_ascii_punctuation();
    if conversation_id.len() <= MAX_GROUP && conversation_id.chars().all(is_taken) {
        conversation_id.to_owned()
    } else {
        hex::encode(Sha256::digest(conversation_id))
    }
}
