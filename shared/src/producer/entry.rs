use aws_sdk_sqs::types::{MessageAttributeValue, SendMessageBatchRequestEntry as Entry};
use serde::Serialize;

use super::{Origin, Producer, SendError};
use crate::hops::HOPS;
use crate::queue::{MAX_BYTES, trace_header};

/// A message as it is sent.
#[derive(Clone, Debug)]
pub(super) struct Prepared {
    /// Its place among the caller's messages.
    pub(super) index: usize,
    pub(super) group: Option<String>,
    pub(super) bytes: usize,
    pub(super) entry: Entry,
}

impl Prepared {
    /// `stored` is the size of what lies elsewhere, where `body` only points there.
    pub(super) fn new<T: Serialize>(
        producer: &Producer<T>,
        index: usize,
        message: &T,
        body: String,
        stored: Option<usize>,
        origin: Origin<'_>,
    ) -> Result<Self, SendError> {
        let group = producer.group.as_ref().map(|of| of(message));
        let deduplication_id = producer.deduplication_id.as_ref().map(|of| of(message));
        let numbers = [
            (HOPS, (origin.hops > 0).then(|| origin.hops.to_string())),
            (SIZE, stored.map(|it| it.to_string())),
        ];
        let numbers = numbers.iter();
        let numbers: Vec<_> = numbers
            .filter_map(|(name, it)| Some((*name, it.as_deref()?)))
            .collect();
        let attributes = numbers.iter();
        let attributes = attributes.map(|(name, it)| name.len() + NUMBER.len() + it.len());
        let bytes = body.len() + attributes.sum::<usize>();
        if bytes > MAX_BYTES {
            return Err(SendError::TooLarge { bytes });
        }
        let delay = producer.delay.map(|it| it.as_secs());
        let mut entry = Entry::builder()
            .id(index.to_string())
            .message_body(body)
            .set_message_group_id(group.clone())
            .set_message_deduplication_id(deduplication_id)
            .set_delay_seconds(delay.map(|it| i32::try_from(it).unwrap_or(i32::MAX)));
        for (name, value) in numbers {
            if let Some(value) = number(value) {
                entry = entry.message_attributes(name, value);
            }
        }
        if let Some((name, value)) = origin.trace_header.and_then(trace_header) {
            entry = entry.message_system_attributes(name, value);
        }
        let entry = entry.build();
        Ok(Self {
            index,
            group,
            bytes,
            entry: entry.map_err(|error| SendError::NotJson(error.to_string()))?,
        })
    }
}

/// Amazon's attribute for the size of a content in S3, in bytes.
const SIZE: &str = "ExtendedPayloadSize";
const NUMBER: &str = "Number";

fn number(text: &str) -> Option<MessageAttributeValue> {
    let value = MessageAttributeValue::builder().data_type(NUMBER);
    value.string_value(text).build().ok()
}
