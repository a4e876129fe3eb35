//! SQS's JSON protocol; `query` is the older one.

pub(super) mod query;
mod xml;

use axum::body::to_bytes;
use axum::extract::Request;
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::Response;
use lambda_queue_simulator::sqs::SqsError;

use super::aws;
use crate::local::queues::Queues;

/// A batch of 1 MiB, with every byte escaped as `\u0000`, and room for its attributes.
const MAX_BODY: usize = 16 * 1024 * 1024;
/// Where SDKs find the error's code from before JSON, which callers still match on.
const QUERY_ERROR: HeaderName = HeaderName::from_static("x-amzn-query-error");

/// Runs the operation that `X-Amz-Target` names.
pub(super) async fn call(queues: &Queues, operation: &str, request: Request) -> Response {
    let Ok(body) = to_bytes(request.into_body(), MAX_BODY).await else {
        let code = "com.amazon.coral.service#RequestEntityTooLargeException";
        let message = "The request is larger than any that Amazon SQS accepts.";
        return aws::json_error(StatusCode::PAYLOAD_TOO_LARGE, code, message);
    };
    match queues.call(operation, &body).await {
        Ok(answer) => aws::answer(StatusCode::OK, aws::JSON, answer.to_string()),
        Err(error) => refusal(&error),
    }
}

fn refusal(error: &SqsError) -> Response {
    let status = StatusCode::from_u16(error.status()).unwrap_or(StatusCode::BAD_REQUEST);
    let mut response = aws::answer(status, aws::JSON, error.body().to_string());
    if let Ok(code) = HeaderValue::from_str(&error.query_header()) {
        response.headers_mut().insert(QUERY_ERROR, code);
    }
    response
}
