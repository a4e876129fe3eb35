//! Fetching documents from the buckets the function is told of.

use std::collections::BTreeSet;

use aws_sdk_s3::Client;
use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_s3::operation::get_object::GetObjectError;
use aws_sdk_s3::primitives::ByteStreamError;
use lambda_queue::{Classify, HandlerError};

use crate::document::S3Object;

/// The buckets documents may come from.
#[derive(Clone, Debug)]
pub struct Buckets {
    client: Client,
    allowed: BTreeSet<String>,
    max_bytes: usize,
}

/// An object, fetched.
pub(crate) struct Fetched {
    pub(crate) content_type: Option<String>,
    pub(crate) content: Vec<u8>,
}

/// Why an object could not be fetched.
#[derive(Debug, thiserror::Error)]
pub(crate) enum FetchError {
    #[error("{object} is in no bucket of DOCUMENTS_BUCKET; add it there, and grant s3:GetObject")]
    NotAllowed { object: S3Object },
    #[error("{object} leads out of its bucket; S3 has no such keys")]
    Outside { object: S3Object },
    #[error("{object} has more than the {max} bytes that MAX_DOCUMENT_BYTES allows")]
    TooLarge { object: S3Object, max: usize },
    #[error("{object} cannot be fetched: {reason} (S3 says {code})")]
    Refused {
        object: S3Object,
        reason: &'static str,
        code: String,
    },
    #[error("{object} could not be fetched")]
    Request {
        object: S3Object,
        source: Box<SdkError<GetObjectError>>,
    },
    #[error("{object} broke off")]
    BrokenOff {
        object: S3Object,
        source: ByteStreamError,
    },
}

impl Buckets {
    /// Buckets by their names; objects larger than `max_bytes` are refused.
    pub fn new(
        client: Client,
        allowed: impl IntoIterator<Item = String>,
        max_bytes: usize,
    ) -> Self {
        Self {
            client,
            allowed: allowed.into_iter().collect(),
            max_bytes,
        }
    }

    /// The most bytes a document may have, packed or unpacked.
    pub(crate) fn max_bytes(&self) -> usize {
        self.max_bytes
    }

    /// Fetches an object. What no retry helps against is a permanent error.
    pub(crate) async fn fetch(&self, object: &S3Object) -> Result<Fetched, HandlerError> {
        let fetched = self.get(object).await;
        match fetched {
            Err(FetchError::Request { .. } | FetchError::BrokenOff { .. }) => fetched.retryable(),
            _ => fetched.permanent(),
        }
    }

    /// Whether the object may be one of the function's documents.
    ///
    /// # Errors
    /// Its bucket is not among those of the function, or there can be no such key.
    pub(crate) fn check(&self, object: &S3Object) -> Result<(), FetchError> {
        let named = object.clone();
        if !self.allowed.contains(&object.bucket) {
            return Err(FetchError::NotAllowed { object: named });
        }
        if leads_out(&object.key) {
            return Err(FetchError::Outside { object: named });
        }
        Ok(())
    }

    async fn get(&self, object: &S3Object) -> Result<Fetched, FetchError> {
        self.check(object)?;
        let request = self
            .client
            .get_object()
            .bucket(&object.bucket)
            .key(&object.key)
            .set_version_id(object.version.clone());
        let mut answer = request
            .send()
            .await
            .map_err(|error| failed(object, error))?;
        let too_large = || FetchError::TooLarge {
            object: object.clone(),
            max: self.max_bytes,
        };
        let announced = usize::try_from(answer.content_length.unwrap_or_default());
        let announced = announced.unwrap_or_default();
        if announced > self.max_bytes {
            return Err(too_large());
        }
        let mut content = Vec::with_capacity(announced);
        while let Some(part) = answer.body.next().await {
            let part = part.map_err(|source| FetchError::BrokenOff {
                object: object.clone(),
                source,
            })?;
            if content.len() + part.len() > self.max_bytes {
                return Err(too_large());
            }
            content.extend_from_slice(&part);
        }
        Ok(Fetched {
            content_type: answer.content_type,
            content,
        })
    }
}

/// Whether more segments of a key lead up than down, which S3 takes for no key. On its way there,
/// somebody may take it for a path into another bucket.
///
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html>
fn leads_out(key: &str) -> bool {
    let mut depth = 0_usize;
    for segment in key.split('/') {
        depth = match segment {
            "" | "." => depth,
            ".." if depth == 0 => return true,
            ".." => depth - 1,
            _ => depth + 1,
        };
    }
    false
}

fn failed(object: &S3Object, error: SdkError<GetObjectError>) -> FetchError {
    let object = object.clone();
    let code = error.code().unwrap_or_default();
    match reason(code) {
        Some(reason) => FetchError::Refused {
            object,
            reason,
            code: code.to_owned(),
        },
        None => FetchError::Request {
            object,
            source: Box::new(error),
        },
    }
}

/// Why, if another try would not help. Throttling, faults and expired credentials are not among
/// these.
fn reason(code: &str) -> Option<&'static str> {
    Some(match code {
        "NoSuchKey" => "there is no such object, or no longer",
        "NoSuchVersion" => "that version does not exist, or was deleted",
        "MethodNotAllowed" => "that version is a delete marker",
        "NoSuchBucket" => "there is no such bucket",
        "AccessDenied" => "the function may not read it, or it does not exist",
        "InvalidObjectState" => "it is archived; restore it first",
        "InvalidArgument" | "KeyTooLongError" | "InvalidURI" => "its name or version is not valid",
        _ => return None,
    })
}
