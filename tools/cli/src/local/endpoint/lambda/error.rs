//! What Lambda's API refuses, in its words.

use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use lambda_queue_simulator::mapping::CreateError;
use serde_json::json;

use super::document;

const ERROR_TYPE: HeaderName = HeaderName::from_static("x-amzn-errortype");

/// A refusal, by its name in Lambda's API.
#[derive(Debug)]
pub(super) struct LambdaError {
    code: &'static str,
    message: String,
}

impl LambdaError {
    pub(super) fn not_found(message: String) -> Self {
        let code = "ResourceNotFoundException";
        Self { code, message }
    }

    pub(super) fn invalid_value(message: String) -> Self {
        let code = "InvalidParameterValueException";
        Self { code, message }
    }

    pub(super) fn invalid_content(message: String) -> Self {
        let code = "InvalidRequestContentException";
        Self { code, message }
    }

    pub(super) fn too_large(bytes: usize, kind: &str, limit: usize) -> Self {
        let code = "RequestTooLargeException";
        let message = format!(
            "{bytes} byte payload is too large for the {kind} invocation type (limit {limit} bytes)"
        );
        Self { code, message }
    }

    pub(super) fn throttled() -> Self {
        let code = "TooManyRequestsException";
        let message = "Rate Exceeded.".to_owned();
        Self { code, message }
    }

    pub(super) fn conflict(message: String) -> Self {
        let code = "ResourceConflictException";
        Self { code, message }
    }

    /// A value that Lambda's model does not allow at `field`.
    pub(super) fn constraint(value: &str, field: &str, constraint: &str) -> Self {
        let code = "ValidationException";
        let message = format!(
            "1 validation error detected: Value '{value}' at '{field}' failed to satisfy constraint: {constraint}"
        );
        Self { code, message }
    }

    pub(super) fn failed(message: String) -> Self {
        let code = "ServiceException";
        Self { code, message }
    }

    fn status(&self) -> StatusCode {
        match self.code {
            "ResourceNotFoundException" => StatusCode::NOT_FOUND,
            "ResourceConflictException" => StatusCode::CONFLICT,
            "RequestTooLargeException" => StatusCode::PAYLOAD_TOO_LARGE,
            "TooManyRequestsException" => StatusCode::TOO_MANY_REQUESTS,
            "ServiceException" => StatusCode::INTERNAL_SERVER_ERROR,
            _ => StatusCode::BAD_REQUEST,
        }
    }
}

impl From<CreateError> for LambdaError {
    fn from(error: CreateError) -> Self {
        let code = error.code();
        let message = error.to_string();
        Self { code, message }
    }
}

impl IntoResponse for LambdaError {
    fn into_response(self) -> Response {
        // SDKs read the message under either name; Lambda writes it with a capital.
        let body = match self.code {
            "ValidationException" => json!({ "message": self.message }),
            "TooManyRequestsException" => json!({
                "Type": "User",
                "Reason": "ReservedFunctionConcurrentInvocationLimitExceeded",
                "message": self.message,
            }),
            _ => json!({ "Type": "User", "Message": self.message }),
        };
        let mut response = document(self.status(), &body);
        let code = HeaderValue::from_static(self.code);
        response.headers_mut().insert(ERROR_TYPE, code);
        response
    }
}
