//! Answers in the shapes of AWS's protocols.

use axum::body::Body;
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::Response;
use serde_json::json;

use crate::local::ids::request_id;

pub(super) const REQUEST_ID: HeaderName = HeaderName::from_static("x-amzn-requestid");
pub(super) const JSON: HeaderValue = HeaderValue::from_static("application/x-amz-json-1.0");

/// An answer with a request id, which people quote and SDKs log.
pub(super) fn answer(
    status: StatusCode,
    content_type: HeaderValue,
    body: impl Into<Body>,
) -> Response {
    let mut response = Response::new(body.into());
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, content_type);
    if let Ok(id) = HeaderValue::from_str(&request_id()) {
        headers.insert(REQUEST_ID, id);
    }
    response
}

/// An error of the JSON protocols.
pub(super) fn json_error(status: StatusCode, code: &str, message: &str) -> Response {
    let body = json!({ "__type": code, "message": message });
    answer(status, JSON, body.to_string())
}
