//! A document as a producer announces it, and what makes it valid.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

/// The longest document id, in bytes; half of what DynamoDB allows in a partition key.
pub(crate) const MAX_DOCUMENT_ID_BYTES: usize = 1024;
/// The largest metadata, in bytes of JSON; far from the 400 KB an item may have.
pub(crate) const MAX_METADATA_BYTES: usize = 64 * 1024;

/// A document to ingest.
// No `Debug` here: document text must not reach a log by way of a `{:?}`.
#[derive(Clone, Deserialize)]
pub struct Document {
    /// The id under which the document replaces its earlier self.
    pub document_id: String,
    /// Set by a producer that wants content to be ingested again although it has been before.
    pub revision: Option<String>,
    /// Where the content is.
    pub source: Source,
    /// Whatever the producer wants kept beside the document.
    #[serde(default)]
    pub metadata: Map<String, Value>,
}

/// Where a document's content comes from.
#[derive(Clone, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// In the message itself.
    Inline(Inline),
    /// An object of a bucket the function is told of.
    S3(S3Object),
}

/// Content that travels in the message.
#[derive(Clone, Deserialize)]
pub struct Inline {
    /// A MIME type such as `text/markdown`; parameters are ignored.
    pub content_type: String,
    /// The content.
    pub text: String,
}

/// Names an object of S3.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct S3Object {
    /// The bucket's name.
    pub bucket: String,
    /// The object's key, as it is: not URL-encoded.
    pub key: String,
    /// The version's id in a bucket with versioning; without it, the current version is taken.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
}

impl fmt::Display for S3Object {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "s3://{}/{}", self.bucket, self.key)?;
        match &self.version {
            Some(version) => write!(f, "?versionId={version}"),
            None => Ok(()),
        }
    }
}

/// What makes two deliveries the same piece of work.
///
/// The content hash alone would make the second A of A → B → A a replay of the first for as long as
/// idempotency records are kept, and B would stay. A producer that reverts says so with a new
/// `revision`. So does one that names an object without its version, and has written it anew.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DocumentKey {
    document_id: String,
    content_hash: String,
    // Left out, not null: a key with an empty part is refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    revision: Option<String>,
}

/// A document that can never be ingested as it is.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum InvalidDocument {
    /// The id is missing or longer than DynamoDB could take.
    #[error("document_id has {0} bytes, it must have 1 to {MAX_DOCUMENT_ID_BYTES}")]
    DocumentId(usize),
    /// The metadata would not fit beside the rest of the manifest.
    #[error("metadata has {0} bytes of JSON, at most {MAX_METADATA_BYTES} are kept")]
    Metadata(usize),
}

impl Document {
    /// The message's idempotency key.
    pub fn idempotency_key(&self) -> DocumentKey {
        let content_hash = match &self.source {
            Source::Inline(inline) => inline.content_hash(&self.metadata),
            // The content is not here yet; its name stands for it.
            Source::S3(object) => hash([
                object.to_string().as_bytes(),
                canonical(&self.metadata).as_bytes(),
            ]),
        };
        DocumentKey {
            document_id: self.document_id.clone(),
            content_hash,
            revision: self.revision.clone(),
        }
    }

    /// Checks what the tables could not hold.
    ///
    /// # Errors
    /// Names the field that is out of bounds, and the bounds.
    pub fn validate(&self) -> Result<(), InvalidDocument> {
        let id = self.document_id.len();
        if id == 0 || id > MAX_DOCUMENT_ID_BYTES {
            return Err(InvalidDocument::DocumentId(id));
        }
        let metadata = canonical(&self.metadata).len();
        if metadata > MAX_METADATA_BYTES {
            return Err(InvalidDocument::Metadata(metadata));
        }
        Ok(())
    }
}

impl Inline {
    fn content_hash(&self, metadata: &Map<String, Value>) -> String {
        content_hash(&self.content_type, self.text.as_bytes(), metadata)
    }
}

/// SHA-256 over content type, content and metadata, in hex.
pub(crate) fn content_hash(
    content_type: &str,
    content: &[u8],
    metadata: &Map<String, Value>,
) -> String {
    hash([
        content_type.as_bytes(),
        content,
        canonical(metadata).as_bytes(),
    ])
}

fn hash<const N: usize>(parts: [&[u8]; N]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        // The length keeps ("ab", "c") and ("a", "bc") apart.
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    hex::encode(hash.finalize())
}

/// Metadata as JSON with sorted keys. The order is set here: without that, it would depend on
/// whether any package of the build turns on `preserve_order` of `serde_json`.
pub(crate) fn canonical(metadata: &Map<String, Value>) -> String {
    let mut value = Value::Object(metadata.clone());
    value.sort_all_objects();
    value.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn document(body: Value) -> Document {
        serde_json::from_value(body).unwrap()
    }

    fn inline(content_type: &str, text: &str) -> Value {
        json!({"document_id": "d", "source": {"inline": {"content_type": content_type, "text": text}}})
    }

    #[test]
    fn the_key_changes_with_content_metadata_and_revision_only() {
        let key = |body| document(body).idempotency_key();
        let base = key(inline("text/plain", "hello"));
        assert_eq!(base, key(inline("text/plain", "hello")));
        assert_ne!(base, key(inline("text/plain", "hello!")));
        assert_ne!(base, key(inline("text/markdown", "hello")));
        let mut with_metadata = inline("text/plain", "hello");
        with_metadata["metadata"] = json!({"language": "en"});
        assert_ne!(base, key(with_metadata));
        let mut with_revision = inline("text/plain", "hello");
        with_revision["revision"] = json!("2");
        assert_ne!(base, key(with_revision));
    }

    #[test]
    fn the_order_of_metadata_does_not_matter() {
        let parse = |metadata: &str| {
            let body = format!(
                r#"{{"document_id": "d", "metadata": {metadata},
                    "source": {{"inline": {{"content_type": "text/plain", "text": "x"}}}}}}"#
            );
            serde_json::from_str::<Document>(&body)
                .unwrap()
                .idempotency_key()
        };
        let first = parse(r#"{"a": {"x": 1, "y": 2}, "b": 3}"#);
        assert_eq!(first, parse(r#"{"b": 3, "a": {"y": 2, "x": 1}}"#));
    }

    #[test]
    fn moving_a_byte_between_fields_changes_the_hash() {
        let hash = |content_type, text| document(inline(content_type, text)).idempotency_key();
        assert_ne!(hash("text/plainx", "y"), hash("text/plain", "xy"));
    }

    #[test]
    fn an_object_is_another_document_under_another_version() {
        let key = |version: Value| {
            let object = json!({"bucket": "b", "key": "k", "version": version});
            document(json!({"document_id": "d", "source": {"s3": object}})).idempotency_key()
        };
        assert_eq!(key(json!("1")), key(json!("1")));
        assert_ne!(key(json!("1")), key(json!("2")));
        assert_ne!(key(json!("1")), key(json!(null)));
    }

    #[test]
    fn ids_that_dynamodb_would_refuse_are_refused_first() {
        let mut body = inline("text/plain", "x");
        for (id, bytes) in [(String::new(), 0), ("é".repeat(513), 1026)] {
            body["document_id"] = json!(id);
            assert_eq!(
                document(body.clone()).validate(),
                Err(InvalidDocument::DocumentId(bytes))
            );
        }
        body["document_id"] = json!("../../etc/passwd#chunk#1");
        assert_eq!(document(body).validate(), Ok(()));
    }

    #[test]
    fn metadata_larger_than_a_manifest_should_be_is_refused() {
        let mut body = inline("text/plain", "x");
        body["metadata"] = json!({"notes": "x".repeat(MAX_METADATA_BYTES)});
        assert!(matches!(
            document(body).validate(),
            Err(InvalidDocument::Metadata(_))
        ));
    }
}
