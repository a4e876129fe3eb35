//! Requests that change objects, told by their method and address.

use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::header::HOST;
use axum::http::{Method, Uri};
use percent_encoding::percent_decode_str;
use s3s::dto::Delete;
use s3s::xml::{Deserialize, Deserializer};

/// A thousand keys of the longest kind, escaped.
const MAX_KEYS: usize = 8 * 1024 * 1024;

/// A request that changes objects, if it succeeds.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Write {
    pub(super) kind: Kind,
    pub(super) bucket: String,
    /// Empty where the body names the objects.
    key: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// By `Put`, `Copy` or `CompleteMultipartUpload`.
    Created(&'static str),
    Removed,
    /// Those that the body names.
    ManyRemoved,
}

impl Write {
    pub(super) fn of(request: &Request) -> Option<Self> {
        let (bucket, key) = bucket_and_key(request)?;
        let kind = kind(request, !key.is_empty())?;
        Some(Self { kind, bucket, key })
    }

    /// The keys of the objects, and the request as it was.
    pub(super) async fn keys(&self, request: Request) -> (Vec<String>, Request) {
        if self.kind != Kind::ManyRemoved {
            return (vec![self.key.clone()], request);
        }
        let (parts, body) = request.into_parts();
        let body = to_bytes(body, MAX_KEYS).await.unwrap_or_default();
        // What cannot be read is refused by whom it is for.
        let keys = match Delete::deserialize(&mut Deserializer::new(&body)) {
            Ok(delete) => delete.objects.into_iter().map(|it| it.key).collect(),
            Err(_) => Vec::new(),
        };
        (keys, Request::from_parts(parts, Body::from(body)))
    }
}

fn kind(request: &Request, has_key: bool) -> Option<Kind> {
    let query = request.uri().query().unwrap_or_default();
    let mut names = query
        .split('&')
        .map(|it| it.split_once('=').map_or(it, |(name, _)| name));
    let asks = |name: &str| names.clone().any(|it| it == name);
    let is_part = asks("uploadId");
    // Tags, access rules and the like are no objects; SDKs add the operation's name.
    let is_whole = names.all(|it| it.is_empty() || it == "x-id" || it == "versionId");
    match (request.method(), has_key) {
        (&Method::PUT, true) if is_whole => {
            let copies = request.headers().contains_key("x-amz-copy-source");
            Some(Kind::Created(if copies { "Copy" } else { "Put" }))
        }
        (&Method::POST, true) if is_part => Some(Kind::Created("CompleteMultipartUpload")),
        (&Method::DELETE, true) if is_whole => Some(Kind::Removed),
        (&Method::POST, false) => query
            .split('&')
            .any(|it| it == "delete" || it == "delete=")
            .then_some(Kind::ManyRemoved),
        _ => None,
    }
}

/// From `/bucket/key`, or from `/key` at `bucket.localhost`.
pub(in crate::local) fn bucket_and_key(request: &Request) -> Option<(String, String)> {
    let host = request.headers().get(HOST)?.to_str().ok()?;
    let host = host.split_once(':').map_or(host, |(name, _)| name);
    let path = request.uri().path();
    let path = path.strip_prefix('/').unwrap_or(path);
    let (bucket, key) = match host.strip_suffix(".localhost") {
        Some(bucket) => (bucket, path),
        None => path.split_once('/').unwrap_or((path, "")),
    };
    let decoded = |it| percent_decode_str(it).decode_utf8_lossy().into_owned();
    Some((bucket.to_owned(), decoded(key)))
}

/// Where an object is, at the service's own name.
pub(super) fn path(bucket: &str, key: &str) -> Option<Uri> {
    let key = super::notifications::encoded(key).replace('+', "%20");
    format!("/{bucket}/{key}").parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write(method: Method, host: &str, uri: &str) -> Option<Write> {
        let request = Request::builder().method(method).uri(uri);
        Write::of(&request.header(HOST, host).body(Body::empty()).unwrap())
    }

    fn found(kind: Kind, key: &str) -> Option<Write> {
        let (bucket, key) = ("b".to_owned(), key.to_owned());
        Some(Write { kind, bucket, key })
    }

    #[test]
    fn changes_of_objects_are_told_from_other_requests() {
        let at = |method, uri| write(method, "localhost:1", uri);
        let put = found(Kind::Created("Put"), "a b/c+d");
        assert_eq!(at(Method::PUT, "/b/a%20b/c+d?x-id=PutObject"), put);
        let complete = found(Kind::Created("CompleteMultipartUpload"), "k");
        assert_eq!(at(Method::POST, "/b/k?uploadId=1"), complete);
        assert_eq!(at(Method::DELETE, "/b/k"), found(Kind::Removed, "k"));
        assert_eq!(at(Method::POST, "/b?delete"), found(Kind::ManyRemoved, ""));
        let others = [
            at(Method::PUT, "/b"),
            at(Method::PUT, "/b/k?partNumber=1&uploadId=1"),
            at(Method::PUT, "/b/k?tagging"),
            at(Method::POST, "/b/k?uploads"),
            at(Method::DELETE, "/b/k?uploadId=1"),
            at(Method::GET, "/b/k"),
        ];
        assert_eq!(others, [const { None }; 6]);
    }

    #[test]
    fn a_bucket_may_be_in_the_host() {
        let put = found(Kind::Created("Put"), "k/l");
        assert_eq!(write(Method::PUT, "b.localhost:1", "/k/l"), put);
    }
}
