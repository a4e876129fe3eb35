//! S3 on a folder.

mod chunked;
mod notifications;
mod observed;
mod unsigned;
mod write;

use std::path::Path;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::Request;
use axum::http::header::{CONTENT_SECURITY_POLICY, HOST};
use axum::http::{HeaderValue, Method, StatusCode, Uri};
use axum::response::Response;
use s3s::S3Result;
use s3s::host::{S3Host, VirtualHost};
use s3s::service::{S3Service, S3ServiceBuilder};
use s3s_fs::FileSystem;
use tempfile::TempDir;
use tower::ServiceExt;

use super::aws;
use crate::error::Error;
use crate::local::queues::Queues;
use crate::template::{Bucket, Template};
use notifications::Notifications;
use write::Write;

pub(in crate::local) use write::bucket_and_key;

/// The buckets.
pub(super) struct S3 {
    service: S3Service,
    notifications: Notifications,
    /// Removed with everything in it when this is dropped, where nobody asked to keep it.
    _folder: Option<TempDir>,
}

impl S3 {
    /// Creates the template's buckets in `data`, or in a folder that is removed afterwards, and lets
    /// them tell `queues` of their objects.
    pub(super) async fn open(
        template: &Template,
        queues: &Arc<Queues>,
        data: Option<&Path>,
    ) -> Result<Self, Error> {
        let buckets = template.buckets()?;
        let notifications = Notifications::of(template, &buckets, queues)?;
        let (root, folder) = match data {
            Some(data) => (data.join("s3"), None),
            None => {
                let folder = tempfile::tempdir();
                let folder = folder.map_err(|it| super::cannot_store(&std::env::temp_dir(), it))?;
                (folder.path().to_owned(), Some(folder))
            }
        };
        std::fs::create_dir_all(&root).map_err(|it| super::cannot_store(&root, it))?;
        let files = FileSystem::new(&root);
        let files = files
            .map_err(|it| super::cannot_store(&root, std::io::Error::other(format!("{it:?}"))))?;
        let mut service = S3ServiceBuilder::new(files);
        service.set_host(Hosts);
        let s3 = Self {
            service: service.build(),
            notifications,
            _folder: folder,
        };
        for bucket in buckets {
            let is_new = s3.create(&bucket).await.map_err(|why| {
                let message = format!("the bucket {} cannot be created: {why}", bucket.name);
                template.error_at(bucket.lines.of("BucketName"), message)
            })?;
            if is_new {
                s3.notifications.try_out(&bucket.name).await;
            }
        }
        Ok(s3)
    }

    /// Signatures are not checked: any credentials will do, as everywhere in this endpoint.
    pub(super) async fn call(&self, request: Request) -> Response {
        let mut response = self.answer(request).await;
        // The console has the same origin: a page stored in a bucket is not to act as if it were it.
        let sandbox = HeaderValue::from_static("sandbox");
        response
            .headers_mut()
            .insert(CONTENT_SECURITY_POLICY, sandbox);
        response
    }

    async fn answer(&self, request: Request) -> Response {
        match unsigned::unsigned(request).await {
            Ok(request) => match Write::of(&request) {
                Some(write) if self.notifications.concern(&write.bucket) => {
                    self.notify(&write, request).await
                }
                _ => self.forward(request).await,
            },
            Err(refusal) => refusal,
        }
    }

    async fn forward(&self, request: Request) -> Response {
        match self.service.clone().oneshot(request).await {
            Ok(response) => response.map(Body::new),
            Err(error) => aws::json_error(
                StatusCode::INTERNAL_SERVER_ERROR,
                "InternalError",
                &format!("{error:?}"),
            ),
        }
    }

    /// Whether it is a new one; one that is there already was kept from an earlier run.
    async fn create(&self, bucket: &Bucket) -> Result<bool, String> {
        let uri = format!("/{}", bucket.name);
        let uri: Uri = uri.parse().map_err(|error| format!("{error}"))?;
        let request = bare(Method::PUT, uri).map_err(|error| error.to_string())?;
        let response = self.forward(request).await;
        if response.status().is_success() || response.status() == StatusCode::CONFLICT {
            return Ok(response.status().is_success());
        }
        let body = axum::body::to_bytes(response.into_body(), 10_000).await;
        let body = body.map_err(|error| error.to_string())?;
        let body = String::from_utf8_lossy(&body);
        let code = body
            .split_once("<Code>")
            .and_then(|(_, rest)| rest.split_once("</Code>"));
        Err(code.map_or_else(|| body.to_string(), |(code, _)| code.to_owned()))
    }
}

fn bare(method: Method, uri: Uri) -> Result<Request, axum::http::Error> {
    let request = Request::builder().method(method).uri(uri);
    request.header(HOST, "localhost").body(Body::empty())
}

/// `bucket.localhost` is a bucket, as some clients write it; any other name is the service itself.
struct Hosts;

impl S3Host for Hosts {
    fn parse_host_header<'a>(&'a self, host: &'a str) -> S3Result<VirtualHost<'a>> {
        let name = host.split_once(':').map_or(host, |(name, _)| name);
        Ok(match name.strip_suffix(".localhost") {
            Some(bucket) => VirtualHost::new("localhost").with_bucket(bucket),
            None => VirtualHost::new(host),
        })
    }
}
