//! What SQS's client received, as the messages that Lambda would make of it.

use aws_lambda_events::encodings::Base64Data;
use aws_lambda_events::event::sqs::{SqsMessage, SqsMessageAttribute};
use aws_sdk_sqs::types::{Message as Received, MessageAttributeValue};

use crate::Message;

/// The message, from the queue with this ARN.
pub(super) fn message(received: Received, queue_arn: &str) -> Message {
    let mut record = SqsMessage::default();
    record.message_id = received.message_id;
    record.receipt_handle = received.receipt_handle;
    record.body = received.body;
    let attributes = received.attributes.unwrap_or_default().into_iter();
    record.attributes = attributes
        .map(|(name, value)| (name.as_str().to_owned(), value))
        .collect();
    let attributes = received.message_attributes.unwrap_or_default().into_iter();
    record.message_attributes = attributes
        .map(|(name, value)| (name, attribute(value)))
        .collect();
    record.event_source_arn = Some(queue_arn.to_owned());
    Message::from(record)
}

fn attribute(value: MessageAttributeValue) -> SqsMessageAttribute {
    let mut attribute = SqsMessageAttribute::default();
    attribute.data_type = Some(value.data_type);
    attribute.string_value = value.string_value;
    attribute.binary_value = value.binary_value.map(|it| {
        let mut data = Base64Data::default();
        data.0 = it.into_inner();
        data
    });
    attribute
}

/// What is run one after another: a message, or what came of one group of a FIFO queue.
pub(super) struct Unit {
    pub(super) key: String,
    pub(super) messages: Vec<Message>,
}

/// Units in the order received.
pub(super) fn units(messages: Vec<Message>) -> Vec<Unit> {
    let mut units: Vec<Unit> = Vec::new();
    for message in messages {
        let group = message.group_id().filter(|_| message.is_fifo());
        let key = group.or(message.id()).unwrap_or_default().to_owned();
        // At most ten of them.
        match units.iter_mut().find(|it| it.key == key) {
            Some(unit) => unit.messages.push(message),
            None => units.push(Unit {
                key,
                messages: vec![message],
            }),
        }
    }
    units
}
