//! S3 on a folder.

mod chunked;
mod unsigned;

use std::path::Path;

use axum::body::Body;
use axum::extract::Request;
use axum::http::{Method, StatusCode};
use axum::response::Response;
use s3s::S3Result;
use s3s::host::{S3Host, VirtualHost};
use s3s::service::{S3Service, S3ServiceBuilder};
use s3s_fs::FileSystem;
use tempfile::TempDir;
use tower::ServiceExt;

use super::aws;
use crate::error::Error;
use crate::template::{Bucket, Template};

/// The buckets.
pub(super) struct S3 {
    service: S3Service,
    /// Removed with everything in it when this is dropped, where nobody asked to keep it.
    _folder: Option<TempDir>,
}

impl S3 {
    /// Creates the template's buckets in `data`, or in a folder that is removed afterwards.
    pub(super) async fn open(template: &Template, data: Option<&Path>) -> Result<Self, Error> {
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
            _folder: folder,
        };
        for bucket in template.buckets()? {
            s3.create(&bucket).await.map_err(|why| {
                let message = format!("the bucket {} cannot be created: {why}", bucket.name);
                template.error_at(bucket.lines.of("BucketName"), message)
            })?;
        }
        Ok(s3)
    }

    /// Signatures are not checked: any credentials will do, as everywhere in this endpoint.
    pub(super) async fn call(&self, request: Request) -> Response {
        match unsigned::unsigned(request).await {
            Ok(request) => self.forward(request).await,
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

    async fn create(&self, bucket: &Bucket) -> Result<(), String> {
        let request = Request::builder()
            .method(Method::PUT)
            .uri(format!("/{}", bucket.name))
            .header("host", "localhost")
            .body(Body::empty());
        let request = request.map_err(|error| error.to_string())?;
        let response = self.forward(request).await;
        // A bucket that is there already was kept from an earlier run.
        if response.status().is_success() || response.status() == StatusCode::CONFLICT {
            return Ok(());
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
