use std::fmt::Debug;

use aws_sdk_s3::Client;
use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};
use futures_util::future::BoxFuture;

use super::Pointer;
use crate::HandlerError;
use crate::queue::reason;

/// Where contents lie. Called through a table of functions that only [`ClaimCheck::new`](super::ClaimCheck::new) names,
/// so that a function without a claim check does not carry S3's client, of a megabyte.
pub(super) trait Objects: Debug + Send + Sync {
    /// An object, if it is not larger.
    fn get<'a>(
        &'a self,
        pointer: &'a Pointer,
        max_bytes: usize,
    ) -> BoxFuture<'a, Result<Vec<u8>, HandlerError>>;

    fn put<'a>(
        &'a self,
        pointer: &'a Pointer,
        content: String,
    ) -> BoxFuture<'a, Result<(), String>>;

    fn delete<'a>(&'a self, pointer: &'a Pointer) -> BoxFuture<'a, Result<(), String>>;
}

impl Objects for Client {
    fn get<'a>(
        &'a self,
        pointer: &'a Pointer,
        max_bytes: usize,
    ) -> BoxFuture<'a, Result<Vec<u8>, HandlerError>> {
        let request = self.get_object().bucket(&pointer.bucket).key(&pointer.key);
        Box::pin(async move {
            let object = request.send().await.map_err(|error| failed(&error))?;
            let announced = object
                .content_length()
                .and_then(|it| usize::try_from(it).ok());
            let mut bytes = Vec::with_capacity(announced.unwrap_or(0).min(max_bytes));
            if announced.is_some_and(|it| it > max_bytes) {
                return Err(too_large(max_bytes));
            }
            let mut body = object.body;
            while let Some(part) = body.next().await {
                // The connection broke: another try may do better.
                let part = part.map_err(HandlerError::retryable)?;
                if bytes.len() + part.len() > max_bytes {
                    return Err(too_large(max_bytes));
                }
                bytes.extend_from_slice(&part);
            }
            Ok(bytes)
        })
    }

    fn put<'a>(
        &'a self,
        pointer: &'a Pointer,
        content: String,
    ) -> BoxFuture<'a, Result<(), String>> {
        let request = self.put_object().bucket(&pointer.bucket).key(&pointer.key);
        let request = request.body(content.into_bytes().into());
        Box::pin(async move {
            let sent = request.send().await;
            sent.map(drop).map_err(|error| reason(&error))
        })
    }

    fn delete<'a>(&'a self, pointer: &'a Pointer) -> BoxFuture<'a, Result<(), String>> {
        let request = self.delete_object().bucket(&pointer.bucket);
        let request = request.key(&pointer.key);
        Box::pin(async move {
            let sent = request.send().await;
            sent.map(drop).map_err(|error| reason(&error))
        })
    }
}

/// What is not there will not be there later; the rest may pass, missing permissions included:
/// a deployment mends them.
fn failed<E: ProvideErrorMetadata>(error: &SdkError<E>) -> HandlerError {
    let reason = format!(
        "the message's content cannot be fetched from S3: {}",
        reason(error)
    );
    match error.code() {
        Some("NoSuchKey" | "NoSuchBucket" | "NotFound") => {
            HandlerError::permanent(reason).named("NoContent")
        }
        _ => HandlerError::retryable(reason).named("NoContent"),
    }
}

fn too_large(max_bytes: usize) -> HandlerError {
    HandlerError::permanent(format!(
        "the message's content has more than {max_bytes} bytes"
    ))
    .named("ContentTooLarge")
}
