//! What S3 says of an object ("Event message structure" of the Amazon S3 User Guide).

use percent_encoding::percent_decode_str;
use serde::{Deserialize, Serialize};

use crate::document::S3Object;
use crate::sequencer::Sequencer;

/// The longest key S3 has, in bytes.
const MAX_KEY_BYTES: usize = 1024;

/// Something that happened to an object.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Event {
    /// What happened.
    pub change: Change,
    /// To which object.
    pub object: S3Object,
    /// When, in the order of the object's events.
    pub sequencer: Option<Sequencer>,
}

/// What happened to an object.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub enum Change {
    /// It has new content.
    Created,
    /// It is gone: deleted, or hidden by a delete marker.
    Removed,
    /// Something that does not concern its current content.
    Other(String),
}

/// A record that S3 would not send.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum InvalidRecord {
    /// It is of another service.
    #[error("a record is not of S3: its eventSource is not `aws:s3`")]
    Source,
    /// The key is not URL-encoded UTF-8.
    #[error("a record's object key is not URL-encoded UTF-8")]
    Key,
    /// S3 has no such keys.
    #[error("a record's object key has {0} bytes, it must have 1 to {MAX_KEY_BYTES}")]
    KeyLength(usize),
}

/// One of a notification's `Records`.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Record {
    event_source: String,
    event_name: String,
    s3: Described,
}

#[derive(Deserialize)]
struct Described {
    bucket: Bucket,
    object: Object,
}

#[derive(Deserialize)]
struct Bucket {
    name: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Object {
    key: String,
    version_id: Option<String>,
    sequencer: Option<Sequencer>,
}

impl Event {
    /// The document that the object is, whatever its version.
    pub fn document_id(&self) -> String {
        format!("s3://{}/{}", self.object.bucket, self.object.key)
    }
}

impl TryFrom<Record> for Event {
    type Error = InvalidRecord;

    fn try_from(record: Record) -> Result<Self, InvalidRecord> {
        if record.event_source != "aws:s3" {
            return Err(InvalidRecord::Source);
        }
        let Described { bucket, object } = record.s3;
        let change = Change::of(&record.event_name, object.version_id.is_some());
        Ok(Self {
            change,
            object: S3Object {
                bucket: bucket.name,
                key: decoded(&object.key)?,
                version: object.version_id.filter(|version| !version.is_empty()),
            },
            sequencer: object.sequencer,
        })
    }
}

impl Change {
    fn of(event: &str, versioned: bool) -> Self {
        match event.split_once(':') {
            Some(("ObjectCreated", _)) => Self::Created,
            Some(("ObjectRemoved", "DeleteMarkerCreated")) => Self::Removed,
            // Of one version among others: which of them is current then, S3 does not say.
            Some(("ObjectRemoved", "Delete")) if !versioned => Self::Removed,
            _ => Self::Other(event.chars().take(64).collect()),
        }
    }
}

/// Keys are encoded as in a form: `+` is a space.
fn decoded(key: &str) -> Result<String, InvalidRecord> {
    let key = key.replace('+', " ");
    let key = percent_decode_str(&key).decode_utf8();
    let key = key.map_err(|_| InvalidRecord::Key)?.into_owned();
    match key.len() {
        1..=MAX_KEY_BYTES => Ok(key),
        bytes => Err(InvalidRecord::KeyLength(bytes)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn event(name: &str, key: &str, version: Option<&str>) -> Result<Event, InvalidRecord> {
        let record = json!({
            "eventSource": "aws:s3",
            "eventName": name,
            "s3": {"bucket": {"name": "b"}, "object": {"key": key, "versionId": version}},
        });
        serde_json::from_value::<Record>(record).unwrap().try_into()
    }

    #[test]
    fn keys_are_decoded_as_s3_encodes_them() {
        let key = |key| event("ObjectCreated:Put", key, None).map(|it| it.object.key);
        assert_eq!(key("a+b%2Bc%C3%A9").as_deref(), Ok("a b+cé"));
        assert_eq!(
            key("..%2F..%2Fetc/passwd").as_deref(),
            Ok("../../etc/passwd")
        );
        assert_eq!(key("%FF"), Err(InvalidRecord::Key));
        assert_eq!(key(""), Err(InvalidRecord::KeyLength(0)));
        assert_eq!(key(&"a".repeat(1025)), Err(InvalidRecord::KeyLength(1025)));
    }

    #[test]
    fn an_object_is_removed_when_its_current_content_is() {
        let change = |name, version| event(name, "k", version).unwrap().change;
        assert_eq!(change("ObjectCreated:Copy", Some("1")), Change::Created);
        assert_eq!(change("ObjectRemoved:Delete", None), Change::Removed);
        assert_eq!(
            change("ObjectRemoved:DeleteMarkerCreated", Some("1")),
            Change::Removed
        );
        assert!(matches!(
            change("ObjectRemoved:Delete", Some("1")),
            Change::Other(_)
        ));
        assert!(matches!(
            change("ObjectTagging:Put", None),
            Change::Other(_)
        ));
    }
}
