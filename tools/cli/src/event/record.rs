//! A message as Lambda writes it into an event, read for being sent again.

use std::collections::BTreeMap;
use std::sync::Arc;

use lambda_queue_simulator::sqs::api::{Blob, MessageAttributeValue};
use serde::Deserialize;

/// What of a message its producer decides.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Record {
    pub(crate) body: Arc<str>,
    pub(crate) attributes: Attributes,
    message_attributes: BTreeMap<Arc<str>, Attribute>,
    /// The queue it came from.
    #[serde(rename = "eventSourceARN")]
    pub(crate) queue_arn: Option<String>,
}

/// Those of SQS's own.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(crate) struct Attributes {
    pub(crate) message_group_id: Option<Arc<str>>,
    pub(crate) message_deduplication_id: Option<Arc<str>>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Attribute {
    data_type: Arc<str>,
    string_value: Option<Arc<str>>,
    binary_value: Option<Blob>,
}

impl Record {
    /// The producer's attributes, in SQS's spelling.
    pub(crate) fn message_attributes(&self) -> BTreeMap<Arc<str>, MessageAttributeValue> {
        let attributes = self.message_attributes.iter();
        let attributes = attributes.map(|(name, it)| {
            let value = MessageAttributeValue {
                data_type: Arc::clone(&it.data_type),
                string_value: it.string_value.clone(),
                binary_value: it.binary_value.clone(),
                ..MessageAttributeValue::default()
            };
            (Arc::clone(name), value)
        });
        attributes.collect()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn attributes_of_both_kinds_are_sent_as_they_were() {
        let record = json!({"messageAttributes": {
            "text": {"dataType": "String", "stringValue": "a", "binaryListValues": []},
            "bytes": {"dataType": "Binary", "binaryValue": "AQI="},
        }});
        let record: Record = serde_json::from_value(record).unwrap();
        let sent = serde_json::to_value(record.message_attributes()).unwrap();
        assert_eq!(
            sent,
            json!({
                "text": {"DataType": "String", "StringValue": "a"},
                "bytes": {"DataType": "Binary", "BinaryValue": "AQI="},
            })
        );
    }
}
