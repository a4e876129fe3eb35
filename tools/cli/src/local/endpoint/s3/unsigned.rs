//! Takes the signature off a request, and the wrapping off its body that belongs to it.

use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::header::{AUTHORIZATION, CONTENT_ENCODING, CONTENT_LENGTH};
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri};
use axum::response::Response;

use super::aws;
use super::chunked::decode;

/// A wrapped body is unwrapped in memory; an unwrapped one of any size streams to its file.
const MAX_WRAPPED: usize = 1 << 30;
const CONTENT_SHA256: &str = "x-amz-content-sha256";
/// What a signed URL says about its signature, in both versions of signing.
const SIGNING: [&str; 10] = [
    "X-Amz-Algorithm",
    "X-Amz-Credential",
    "X-Amz-Date",
    "X-Amz-Expires",
    "X-Amz-SignedHeaders",
    "X-Amz-Signature",
    "X-Amz-Security-Token",
    "AWSAccessKeyId",
    "Signature",
    "Expires",
];

/// Of those, what only a signed URL has.
const SIGNATURES: [&str; 2] = ["X-Amz-Signature", "Signature"];

/// The same request as anybody would send it.
pub(super) async fn unsigned(request: Request) -> Result<Request, Response> {
    let (mut parts, mut body) = request.into_parts();
    parts.headers.remove(AUTHORIZATION);
    if let Some(uri) = without_signature(&parts.uri) {
        parts.uri = uri;
    }
    let streaming = parts.headers.get(CONTENT_SHA256);
    if streaming.is_some_and(|it| it.as_bytes().starts_with(b"STREAMING-")) {
        let bad =
            |message: &str| aws::json_error(StatusCode::BAD_REQUEST, "InvalidRequest", message);
        let wrapped = to_bytes(body, MAX_WRAPPED).await;
        let wrapped = wrapped.map_err(|error| bad(&error.to_string()))?;
        let decoded = decode(&wrapped).ok_or_else(|| bad("The body is not aws-chunked."))?;
        unwrap_headers(&mut parts.headers, decoded.content.len());
        parts.headers.extend(decoded.trailers);
        body = Body::from(decoded.content);
    }
    Ok(Request::from_parts(parts, body))
}

/// The URL less its signature; `None` where it has none.
fn without_signature(uri: &Uri) -> Option<Uri> {
    let query = uri.query()?;
    let about = |field: &&str, names: &[&str]| {
        let name = field.split_once('=').map_or(*field, |(name, _)| name);
        names.contains(&name)
    };
    if !query.split('&').any(|field| about(&field, &SIGNATURES)) {
        return None;
    }
    let kept = query.split('&').filter(|field| !about(field, &SIGNING));
    let kept: Vec<&str> = kept.collect();
    format!("{}?{}", uri.path(), kept.join("&")).parse().ok()
}

fn unwrap_headers(headers: &mut HeaderMap, length: usize) {
    for name in [
        CONTENT_SHA256,
        "x-amz-trailer",
        "x-amz-decoded-content-length",
    ] {
        headers.remove(name);
    }
    headers.insert(CONTENT_LENGTH, length.into());
    let encoding = headers.remove(CONTENT_ENCODING);
    let encoding = encoding.as_ref().and_then(|it| it.to_str().ok());
    let others = encoding.unwrap_or_default().split(',').map(str::trim);
    let others = others.filter(|it| !it.is_empty() && *it != "aws-chunked");
    let others: Vec<&str> = others.collect();
    if let Ok(value) = HeaderValue::from_str(&others.join(", "))
        && !others.is_empty()
    {
        headers.insert(CONTENT_ENCODING, value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_signed_url_asks_for_stays() {
        let url = "/b/k?versionId=7&X-Amz-Algorithm=a&X-Amz-Signature=b&partNumber=2";
        let url = without_signature(&url.parse().unwrap()).unwrap();
        assert_eq!(url, "/b/k?versionId=7&partNumber=2");
        assert_eq!(without_signature(&"/b?list-type=2".parse().unwrap()), None);
    }

    #[test]
    fn only_the_wrapping_leaves_the_content_encoding() {
        let encoding = |given: &'static str| {
            let given = HeaderValue::from_static(given);
            let mut headers = HeaderMap::from_iter([(CONTENT_ENCODING, given)]);
            unwrap_headers(&mut headers, 3);
            assert_eq!(headers[CONTENT_LENGTH], "3");
            headers.remove(CONTENT_ENCODING)
        };
        assert_eq!(encoding("aws-chunked"), None);
        assert_eq!(encoding("aws-chunked,gzip").unwrap(), "gzip");
    }
}
