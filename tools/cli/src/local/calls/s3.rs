//! What a request to S3 calls: method and address say it.

use axum::extract::Request;
use axum::http::Method;

use super::Call;
use crate::local::endpoint::bucket_and_key;

pub(super) fn calls(request: &Request) -> Vec<Call> {
    let Some((bucket, key)) = bucket_and_key(request) else {
        return Vec::new();
    };
    let resource = match (bucket.as_str(), key.as_str()) {
        ("", _) => "*".to_owned(),
        (bucket, "") => format!("arn:aws:s3:::{bucket}"),
        (bucket, key) => format!("arn:aws:s3:::{bucket}/{key}"),
    };
    let query = request.uri().query().unwrap_or_default();
    let mut called = vec![Call::new(
        action(request.method(), query, !key.is_empty()),
        resource,
    )];
    let source = request.headers().get("x-amz-copy-source");
    if let Some(source) = source.and_then(|it| it.to_str().ok()) {
        let source = source.split_once("?versionId=").map_or(source, |it| it.0);
        let source = source.trim_start_matches('/');
        called.push(Call::new("s3:GetObject", format!("arn:aws:s3:::{source}")));
    }
    called
}

/// The action; what is not about objects and their lists is told by its method and what it asks for.
fn action(method: &Method, query: &str, has_key: bool) -> String {
    let names = query
        .split('&')
        .map(|it| it.split('=').next().unwrap_or(it));
    let has = |wanted: &str| names.clone().any(|it| it == wanted);
    const KNOWN: [&str; 15] = [
        "",
        "continuation-token",
        "delimiter",
        "encoding-type",
        "fetch-owner",
        "list-type",
        "marker",
        "max-keys",
        "partNumber",
        "prefix",
        "start-after",
        "uploadId",
        "uploads",
        "versionId",
        "x-id",
    ];
    if let Some(other) = names.clone().find(|it| !KNOWN.contains(it)) {
        return format!("s3:{method}?{other}");
    }
    let name = match (method.as_str(), has_key) {
        ("GET" | "HEAD", true) if has("uploadId") => "ListMultipartUploadParts",
        ("GET" | "HEAD", true) if has("versionId") => "GetObjectVersion",
        ("GET" | "HEAD", true) => "GetObject",
        ("DELETE", true) if has("uploadId") => "AbortMultipartUpload",
        ("DELETE", true) if has("versionId") => "DeleteObjectVersion",
        ("DELETE", true) => "DeleteObject",
        // Parts need what the whole needs.
        ("PUT" | "POST", true) => "PutObject",
        ("GET", false) if has("uploads") => "ListBucketMultipartUploads",
        ("GET" | "HEAD", false) => "ListBucket",
        ("PUT", false) => "CreateBucket",
        ("DELETE", false) => "DeleteBucket",
        _ => return format!("s3:{method}"),
    };
    format!("s3:{name}")
}

#[cfg(test)]
mod tests {
    use axum::body::Body;

    use super::*;

    fn called(method: &str, address: &str) -> Vec<Call> {
        let request = Request::builder().method(method).uri(address);
        calls(
            &request
                .header("host", "localhost:1")
                .body(Body::empty())
                .unwrap(),
        )
    }

    #[test]
    fn actions_are_told_by_method_and_address() {
        let cases = [
            ("GET", "/b/a%20b?x-id=GetObject", "s3:GetObject", "b/a b"),
            ("HEAD", "/b/k", "s3:GetObject", "b/k"),
            ("GET", "/b/k?versionId=1", "s3:GetObjectVersion", "b/k"),
            ("PUT", "/b/k?partNumber=1&uploadId=1", "s3:PutObject", "b/k"),
            ("POST", "/b/k?uploads", "s3:PutObject", "b/k"),
            ("GET", "/b?list-type=2&prefix=p", "s3:ListBucket", "b"),
            ("GET", "/b/k?tagging", "s3:GET?tagging", "b/k"),
        ];
        for (method, address, action, resource) in cases {
            let expected = Call::new(action, format!("arn:aws:s3:::{resource}"));
            assert_eq!(called(method, address), [expected], "{method} {address}");
        }
    }

    #[test]
    fn a_copy_reads_as_well() {
        let copy = Request::put("/b/k").header("host", "localhost");
        let copy = copy.header("x-amz-copy-source", "/a/j?versionId=1");
        let expected = [
            Call::new("s3:PutObject", "arn:aws:s3:::b/k"),
            Call::new("s3:GetObject", "arn:aws:s3:::a/j"),
        ];
        assert_eq!(calls(&copy.body(Body::empty()).unwrap()), expected);
    }
}
