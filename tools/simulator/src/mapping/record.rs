//! A message as it was received, and as Lambda writes it into an event.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::Serialize;

use super::config::QueueFacts;

/// A message from `ReceiveMessage`, asked for with all attributes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ReceivedMessage {
    /// `MessageId`.
    pub message_id: String,
    /// `ReceiptHandle` of this receive.
    pub receipt_handle: String,
    /// `Body`.
    pub body: String,
    /// `Attributes`: the system attributes, such as `MessageGroupId`; all values are strings.
    pub attributes: BTreeMap<Cow<'static, str>, String>,
    /// `MessageAttributes`, by name.
    pub message_attributes: BTreeMap<String, MessageAttribute>,
    /// `MD5OfBody`.
    pub md5_of_body: String,
    /// `MD5OfMessageAttributes`, where there are any.
    pub md5_of_message_attributes: Option<String>,
}

/// A message attribute, in the shape of Lambda's event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct MessageAttribute {
    /// The value of a `String` or `Number`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub string_value: Option<String>,
    /// The value of a `Binary`, in Base64.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub binary_value: Option<String>,
    /// Always empty: SQS reserves it.
    pub string_list_values: [String; 0],
    /// Always empty: SQS reserves it.
    pub binary_list_values: [String; 0],
    /// `String`, `Number` or `Binary`, with a custom label after a dot if there is one.
    pub data_type: String,
}

/// One of an event's `Records` (Lambda Developer Guide, "Using Lambda with Amazon SQS").
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Record<'a> {
    message_id: &'a str,
    receipt_handle: &'a str,
    body: &'a str,
    attributes: &'a BTreeMap<Cow<'static, str>, String>,
    message_attributes: &'a BTreeMap<String, MessageAttribute>,
    #[serde(skip_serializing_if = "Option::is_none")]
    md5_of_message_attributes: Option<&'a str>,
    md5_of_body: &'a str,
    event_source: &'static str,
    #[serde(rename = "eventSourceARN")]
    event_source_arn: &'a str,
    aws_region: &'a str,
}

impl MessageAttribute {
    /// A `String` or `Number` attribute, or one with a custom type of these.
    pub fn string(data_type: impl Into<String>, value: impl Into<String>) -> Self {
        Self::new(data_type.into(), Some(value.into()), None)
    }

    /// A `Binary` attribute; `base64` is its value as SQS's JSON protocol writes it.
    pub fn binary(data_type: impl Into<String>, base64: impl Into<String>) -> Self {
        Self::new(data_type.into(), None, Some(base64.into()))
    }

    fn new(data_type: String, string_value: Option<String>, binary_value: Option<String>) -> Self {
        Self {
            string_value,
            binary_value,
            string_list_values: [],
            binary_list_values: [],
            data_type,
        }
    }
}

impl<'a> Record<'a> {
    pub(super) fn new(message: &'a ReceivedMessage, queue: &'a QueueFacts) -> Self {
        Self {
            message_id: &message.message_id,
            receipt_handle: &message.receipt_handle,
            body: &message.body,
            attributes: &message.attributes,
            message_attributes: &message.message_attributes,
            md5_of_message_attributes: message.md5_of_message_attributes.as_deref(),
            md5_of_body: &message.md5_of_body,
            event_source: "aws:sqs",
            event_source_arn: &queue.arn,
            aws_region: queue.region(),
        }
    }

    /// The record as JSON; nothing if it cannot be written, which no string or map of strings causes.
    pub(super) fn to_json(&self) -> Option<String> {
        // Room for what surrounds the body, so that the buffer seldom grows.
        let mut json = Vec::with_capacity(self.body.len() + 768);
        serde_json::to_writer(&mut json, self).ok()?;
        String::from_utf8(json).ok()
    }
}
