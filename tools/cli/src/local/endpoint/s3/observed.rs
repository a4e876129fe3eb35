//! Writes that somebody wants to be told of.

use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::header::{CONTENT_LENGTH, ETAG, TRANSFER_ENCODING};
use axum::http::{Method, StatusCode};
use axum::response::Response;

use super::super::aws;
use super::notifications::Object;
use super::write::{Kind, Write, path};
use super::{S3, bare};

/// The answer to a `CompleteMultipartUpload`, which is an address.
const MAX_ANSWER: usize = 1024 * 1024;

impl S3 {
    /// Forwards a write and, once it is done, tells of it.
    pub(super) async fn notify(&self, write: &Write, request: Request) -> Response {
        let bucket = &write.bucket;
        let (mut keys, request) = write.keys(request).await;
        if let Kind::Removed | Kind::ManyRemoved = write.kind {
            let mut existing = Vec::new();
            for key in keys {
                if self.object(bucket, &key).await.is_some() {
                    existing.push(key);
                }
            }
            keys = existing;
        }
        let response = self.forward(request).await;
        let Some(response) = done(response).await else {
            return aws::json_error(
                StatusCode::INTERNAL_SERVER_ERROR,
                "InternalError",
                "The answer could not be read.",
            );
        };
        if !response.status().is_success() {
            return response;
        }
        for key in keys {
            let object = self.object(bucket, &key).await;
            let event = match (write.kind, &object) {
                (Kind::Created(how), Some(_)) => format!("ObjectCreated:{how}"),
                (Kind::Removed | Kind::ManyRemoved, None) => "ObjectRemoved:Delete".to_owned(),
                // It failed behind a status that said otherwise, or somebody else was faster.
                _ => continue,
            };
            let told = self
                .notifications
                .tell(&event, bucket, &key, object.as_ref());
            told.await;
        }
        response
    }

    /// An object as it is now, if there is one.
    async fn object(&self, bucket: &str, key: &str) -> Option<Object> {
        let head = bare(Method::HEAD, path(bucket, key)?).ok()?;
        let response = self.forward(head).await;
        let header = |name| response.headers().get(name)?.to_str().ok();
        response.status().is_success().then_some(Object {
            size: header(CONTENT_LENGTH)?.parse().ok()?,
            e_tag: header(ETAG)?.trim_matches('"').to_owned(),
        })
    }
}

/// The response once all of it is there: s3s begins to answer some requests before they are done.
async fn done(response: Response) -> Option<Response> {
    let (mut parts, body) = response.into_parts();
    let body = to_bytes(body, MAX_ANSWER).await.ok()?;
    // No longer true, and not for us to say.
    parts.headers.remove(TRANSFER_ENCODING);
    Some(Response::from_parts(parts, Body::from(body)))
}
