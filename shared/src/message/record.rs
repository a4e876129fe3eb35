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
        let attributes = message.attributes.iter();
        Self {
            attributes: attributes.map(|(name, it)| (&**name, &**it)).collect(),
            message_id: message.message_id,
            receipt_handle: message.receipt_handle,
            body: message.body,
            queue_arn: message.event_source_arn,
            message_attributes: message.message_attributes,
        }
    }
}

fn null_as_empty<'de, D: Deserializer<'de>, T: Default + Deserialize<'de>>(
    from: D,
) -> Result<T, D::Error> {
    Ok(Option::deserialize(from)?.unwrap_or_default())
}

/// System attributes. There are a handful for each of up to ten thousand messages, so that they are kept close together.
#[derive(Debug, Default)]
pub(super) struct Attributes {
    /// All values, one after another.
    values: String,
    /// Where in them each ends, by its name's place in [`NAMES`].
    ends: Vec<(u8, u32)>,
    /// Those that SQS did not have when this was written.
    others: Vec<(String, String)>,
}

/// The names that SQS uses.
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

impl Attributes {
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        let mut start = 0;
        for &(known, end) in &self.ends {
            let end = end as usize;
            if NAMES[usize::from(known)] == name {
                return self.values.get(start..end);
            }
            start = end;
        }
        let other = self.others.iter().find(|(other, _)| other == name);
        other.map(|(_, value)| &**value)
    }

    fn insert(&mut self, name: &str, value: &str) {
        let known = NAMES.iter().position(|known| *known == name);
        let known = known.and_then(|it| u8::try_from(it).ok());
        let end = u32::try_from(self.values.len() + value.len()).ok();
        match known.zip(end) {
            Some(entry) => {
                self.values.push_str(value);
                self.ends.push(entry);
            }
            None => self.others.push((name.to_owned(), value.to_owned())),
        }
    }
}

impl<'a> FromIterator<(&'a str, &'a str)> for Attributes {
    fn from_iter<I: IntoIterator<Item = (&'a str, &'a str)>>(attributes: I) -> Self {
        let mut collected = Self::default();
        for (name, value) in attributes {
            collected.insert(name, value);
        }
        collected
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
        let mut attributes = Attributes {
            values: String::with_capacity(96),
            ends: Vec::with_capacity(6),
            others: Vec::new(),
        };
        while let Some((Text(name), Text(value))) = map.next_entry()? {
            attributes.insert(&name, &value);
        }
        Ok(attributes)
    }
}

/// A text that is copied only where it has escapes.
#[derive(Deserialize)]
struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

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
