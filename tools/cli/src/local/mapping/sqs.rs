//! A mapping's requests to SQS.

use std::sync::Arc;
use std::time::Duration;

use lambda_queue_simulator::mapping::{MessageAttribute, MessageRef, ReceivedMessage};
use lambda_queue_simulator::sqs::SqsError;
use lambda_queue_simulator::sqs::api::{
    DeleteMessageBatchRequest, DeleteMessageBatchRequestEntry, Message, MessageAttributeValue,
    ReceiveMessageRequest,
};
use serde_json::Value as Json;
use tokio::time::sleep;

use crate::local::queues::Queues;
use crate::local::voice::Voice;

/// A refused receive would be refused again at once.
const AFTER_A_REFUSAL: Duration = Duration::from_secs(1);

/// Polls for messages with all their attributes; nothing also if SQS refuses, after a while.
pub(super) async fn receive(
    queues: Arc<Queues>,
    queue_url: Arc<str>,
    max_messages: u32,
    wait_ms: u64,
    voice: Voice,
) -> Vec<ReceivedMessage> {
    let all = || vec!["All".to_owned()];
    let request = ReceiveMessageRequest {
        queue_url,
        max_number_of_messages: Some(max_messages.into()),
        wait_time_seconds: i64::try_from(wait_ms.div_ceil(1_000)).ok(),
        message_system_attribute_names: all(),
        message_attribute_names: all(),
        ..ReceiveMessageRequest::default()
    };
    match queues.receive(&request).await {
        Ok(received) => received.messages.into_iter().map(record).collect(),
        Err(error) => {
            voice.warn(&format_args!("cannot receive: {error}"));
            sleep(AFTER_A_REFUSAL).await;
            Vec::new()
        }
    }
}

/// Deletes messages; what cannot be deleted comes back, as with Lambda.
pub(super) fn delete(
    queues: &Queues,
    queue_url: &Arc<str>,
    entries: &[MessageRef],
) -> Result<(), SqsError> {
    let entries = entries.iter().enumerate();
    let request = DeleteMessageBatchRequest {
        queue_url: Arc::clone(queue_url),
        entries: entries
            .map(|(index, it)| DeleteMessageBatchRequestEntry {
                id: index.to_string(),
                receipt_handle: it.receipt_handle.clone(),
            })
            .collect(),
    };
    let answer = queues.run(&request);
    answer.map(drop)
}

fn record(message: Message) -> ReceivedMessage {
    let message_attributes = message.message_attributes.into_iter();
    ReceivedMessage {
        message_id: message.message_id.as_ref().to_owned(),
        receipt_handle: message.receipt_handle,
        body: message.body.as_ref().to_owned(),
        attributes: message.attributes,
        message_attributes: message_attributes
            .map(|(name, value)| (name.as_ref().to_owned(), attribute(&value)))
            .collect(),
        md5_of_body: message.md5_of_body.as_ref().to_owned(),
        md5_of_message_attributes: message
            .md5_of_message_attributes
            .map(|it| it.as_ref().to_owned()),
    }
}

fn attribute(value: &MessageAttributeValue) -> MessageAttribute {
    let data_type = value.data_type.as_ref();
    // As SQS's JSON writes it, which is Base64.
    let binary = serde_json::to_value(&value.binary_value).unwrap_or_default();
    match (&value.string_value, binary) {
        (_, Json::String(base64)) => MessageAttribute::binary(data_type, base64),
        (text, _) => MessageAttribute::string(data_type, text.as_deref().unwrap_or_default()),
    }
}
