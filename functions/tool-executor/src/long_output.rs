//! Output that is longer than a result may be.

use aws_sdk_s3::Client;
use aws_sdk_s3::error::DisplayErrorContext;
use aws_sdk_s3::primitives::ByteStream;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::call::fingerprint;

/// Where the whole of a long output goes.
#[derive(Debug, Clone)]
pub enum LongOutput {
    /// Nowhere: it is cut.
    Cut,
    /// To a bucket.
    Bucket(Client, String),
}

/// An output in a bucket.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
pub struct StoredOutput {
    /// The bucket's name.
    pub bucket: String,
    /// The object's key.
    pub key: String,
    /// The object's size.
    pub bytes: usize,
}

/// S3 does not take an output.
#[derive(Debug, thiserror::Error)]
#[error("the output cannot be stored in the bucket {bucket}: {reason}")]
pub struct NotStored {
    bucket: String,
    reason: String,
}

impl LongOutput {
    /// Shortens an output to its limit, and says so in it.
    ///
    /// # Errors
    /// S3 does not answer.
    pub async fn shorten(
        &self,
        content: &mut String,
        limit: usize,
        conversation_id: &str,
        call_id: &str,
    ) -> Result<Option<StoredOutput>, NotStored> {
        let bytes = content.len();
        if bytes <= limit {
            return Ok(None);
        }
        let kept = content.floor_char_boundary(limit);
        let Self::Bucket(client, bucket) = self else {
            content.truncate(kept);
            content.push_str(&format!("\n[cut off: the first {kept} of {bytes} bytes]"));
            return Ok(None);
        };
        let key = key(&fingerprint(conversation_id, call_id), content);
        let whole = content.clone().into_bytes();
        let put = client.put_object().bucket(bucket).key(&key);
        put.content_type("text/plain; charset=utf-8")
            .body(ByteStream::from(whole))
            .send()
            .await
            .map_err(|error| NotStored {
                bucket: bucket.clone(),
                reason: DisplayErrorContext(error).to_string(),
            })?;
        content.truncate(kept);
        content.push_str(&format!(
            "\n[the first {kept} of {bytes} bytes; all of it is in s3://{bucket}/{key}]"
        ));
        Ok(Some(StoredOutput {
            bucket: bucket.clone(),
            key,
            bytes,
        }))
    }
}

/// By the content, too: a rerun that says something else leaves the object alone that a result
/// points to.
fn key(call: &str, content: &str) -> String {
    let content = hex::encode(Sha256::digest(content));
    format!("tool-results/{call}/{content}.txt")
}
