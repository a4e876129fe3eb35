use aws_sdk_sqs::types::{
    MessageAttributeValue, MessageSystemAttributeNameForSends, MessageSystemAttributeValue,
    SendMessageBatchRequestEntry as Entry,
};
use serde::Serialize;

use super::{Origin, Producer, SendError};
use crate::hops::HOPS;
use crate::queue::MAX_BYTES;

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
    pub(super) fn new<T: Serialize>(
        producer: &Producer<T>,
        index: usize,
        message: &T,
        origin: Origin<'_>,
    ) -> Result<Self, SendError> {
        let unwritable = |error: String| SendError::NotJson(error);
        let body = serde_json::to_string(message).map_err(|it| unwritable(it.to_string()))?;
        let group = producer.group.as_ref().map(|of| of(message));
        let deduplication_id = producer.deduplication_id.as_ref().map(|of| of(message));
        let hops = (origin.hops > 0).then(|| origin.hops.to_string());
        let attribute = hops.as_ref().and_then(|it| number(it));
        let size_of_hops = |it: &String| HOPS.len() + NUMBER.len() + it.len();
        let bytes = body.len() + hops.as_ref().map_or(0, size_of_hops);
        if bytes > MAX_BYTES {
            return Err(SendError::TooLarge { bytes });
        }
        let mut entry = Entry::builder()
            .id(index.to_string())
            .message_body(body)
            .set_message_group_id(group.clone())
            .set_message_deduplication_id(deduplication_id)
            .set_delay_seconds(
                producer
                    .delay
                    .map(|it| i32::try_from(it.as_secs()).unwrap_or(i32::MAX)),
            );
        if let Some(value) = attribute {
            entry = entry.message_attributes(HOPS, value);
        }
        if let Some(value) = origin.trace_header.and_then(trace_header) {
            let name = MessageSystemAttributeNameForSends::AwsTraceHeader;
            entry = entry.message_system_attributes(name, value);
        }
        let entry = entry.build().map_err(|it| unwritable(it.to_string()))?;
        Ok(Self {
            index,
            group,
            bytes,
            entry,
        })
    }
}

const NUMBER: &str = "Number";

fn number(text: &str) -> Option<MessageAttributeValue> {
    let value = MessageAttributeValue::builder().data_type(NUMBER);
    value.string_value(text).build().ok()
}

fn trace_header(text: &str) -> Option<MessageSystemAttributeValue> {
    let value = MessageSystemAttributeValue::builder().data_type("String");
    value.string_value(text).build().ok()
}
