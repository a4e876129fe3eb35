//! A message as Lambda's JSON has it, read once and no further than it is needed.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;

use aws_lambda_events::event::sqs::{SqsMessage, SqsMessageAttribute};
use serde::de::{Deserializer, MapAccess, Visitor};
use serde::{Deserialize, de};

/// Lambda's word for a message. Checksums, and what is the same for all, are passed over.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Record {
    pub(super) message_id: Option<String>,
    pub(super) receipt_handle: Option<String>,
    pub(super) body: Option<String>,
    #[serde(rename = "eventSourceARN")]
    pub(super) queue_arn: Option<String>,
    pub(super) attributes: Attributes,
    #[serde(deserialize_with = "null_as_empty")]
    pub(super) message_attributes: HashMap<String, SqsMessageAttribute>,
}

impl From<SqsMessage> for Record {
    fn from(message: SqsMessage) -> Self {
        let attributes = message.attributes.into_iter();
        Self {
            message_id: message.message_id,
            receipt_handle: message.receipt_handle,
            body: message.body,
            queue_arn: message.event_source_arn,
            attributes: Attributes(attributes.map(|(name, it)| (known(&name), it)).collect()),
            message_attributes: message.message_attributes,
        }
    }
}

fn null_as_empty<'de, D: Deserializer<'de>, T: Default + Deserialize<'de>>(
    from: D,
) -> Result<T, D::Error> {
    Ok(Option::deserialize(from)?.unwrap_or_default())
}

/// System attributes: a handful, found sooner by going through them than by hashing.
#[derive(Debug, Default)]
pub(super) struct Attributes(Vec<(Cow<'static, str>, String)>);

impl Attributes {
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        let found = self.0.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| &**value)
    }
}

/// The names that SQS uses, which then need no memory of their own.
const NAMES: [&str; 10] = [
    "ApproximateReceiveCount",
    "SentTimestamp",
    "SenderId",
    "ApproximateFirstReceiveTimestamp",
    "MessageGroupId",
    "SequenceNumber",
    "MessageDeduplicationId",
    "AWSTraceHeader",
    "DeadLetterQueueSourceArn",
    "SqsManagedSseEnabled",
];

fn known(name: &str) -> Cow<'static, str> {
    match NAMES.iter().find(|known| **known == name) {
        Some(known) => Cow::Borrowed(known),
        None => Cow::Owned(name.to_owned()),
    }
}

impl<'de> Deserialize<'de> for Attributes {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(AttributesVisitor)
    }
}

struct AttributesVisitor;

impl<'de> Visitor<'de> for AttributesVisitor {
    type Value = Attributes;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the attributes of a message")
    }

    fn visit_unit<E: de::Error>(self) -> Result<Attributes, E> {
        Ok(Attributes::default())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Attributes, A::Error> {
        let mut attributes = Vec::with_capacity(8);
        while let Some(Name(name)) = map.next_key()? {
            attributes.push((name, map.next_value()?));
        }
        Ok(Attributes(attributes))
    }
}

struct Name(Cow<'static, str>);

impl<'de> Deserialize<'de> for Name {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct NameVisitor;
        impl Visitor<'_> for NameVisitor {
            type Value = Name;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a name")
            }

            fn visit_str<E: de::Error>(self, name: &str) -> Result<Name, E> {
                Ok(Name(known(name)))
            }
        }
        from.deserialize_str(NameVisitor)
    }
}

#[cfg(test)]
mod tests {
    use aws_lambda_events::event::sqs::SqsMessage;

    use super::*;

    const JSON: &str = r#"{
        "messageId": "m-1", "receiptHandle": "r", "body": "{\"a\": \"\\u00e4\"}",
        "attributes": {"ApproximateReceiveCount": "3", "SentTimestamp": "1545082649183", "New": "x"},
        "messageAttributes": {"hops": {"stringValue": "2", "stringListValues": [],
            "binaryListValues": [], "dataType": "Number"}},
        "md5OfBody": "e4e68fb7bd0e697a0ae8f1bb342846b3", "eventSource": "aws:sqs",
        "eventSourceARN": "arn:aws:sqs:us-east-2:123456789012:orders", "awsRegion": "us-east-2"
    }"#;

    #[test]
    fn a_record_is_read_as_the_crate_of_events_reads_it() {
        let ours: Record = serde_json::from_str(JSON).unwrap();
        let theirs: SqsMessage = serde_json::from_str(JSON).unwrap();
        for (name, value) in &theirs.attributes {
            assert_eq!(ours.attributes.get(name), Some(&**value));
        }
        assert_eq!(ours.message_id, theirs.message_id);
        assert_eq!(ours.receipt_handle, theirs.receipt_handle);
        assert_eq!(ours.body, theirs.body);
        assert_eq!(ours.queue_arn, theirs.event_source_arn);
        assert_eq!(ours.message_attributes, theirs.message_attributes);
    }

    #[test]
    fn nulls_and_nothing_are_empty() {
        for json in [
            r#"{"attributes": null, "messageAttributes": null, "body": null}"#,
            "{}",
        ] {
            let record: Record = serde_json::from_str(json).unwrap();
            assert_eq!(record.attributes.get("SentTimestamp"), None);
            assert!(record.message_attributes.is_empty());
            assert_eq!(record.body, None);
        }
    }
}
