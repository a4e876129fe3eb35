//! The shapes of answers, and the headers that all of them have.

use axum::body::to_bytes;
use axum::extract::Request;
use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use lambda_queue_simulator::sqs::SqsError;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::json;

/// The largest message with every byte escaped, and room for the rest of the form.
const MAX_BODY: usize = 8 * 1024 * 1024;

/// Nothing but the page's own files, and no markup made from text.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; \
    connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; \
    require-trusted-types-for 'script'; trusted-types 'none'";

const ALWAYS: [(HeaderName, HeaderValue); 5] = [
    (CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY)),
    // Another version of the command may serve the same address in a minute.
    (CACHE_CONTROL, HeaderValue::from_static("no-store")),
    (
        HeaderName::from_static("x-content-type-options"),
        HeaderValue::from_static("nosniff"),
    ),
    (
        HeaderName::from_static("referrer-policy"),
        HeaderValue::from_static("no-referrer"),
    ),
    (
        HeaderName::from_static("cross-origin-resource-policy"),
        HeaderValue::from_static("same-origin"),
    ),
];

/// Why a request is refused, in words for the one at the page.
#[derive(Debug)]
pub(super) struct Refusal {
    status: StatusCode,
    error: String,
}

impl Refusal {
    pub(super) fn new(status: StatusCode, error: impl Into<String>) -> Self {
        let error = error.into();
        Self { status, error }
    }

    pub(super) fn not_found(error: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, error)
    }
}

impl From<SqsError> for Refusal {
    fn from(error: SqsError) -> Self {
        let status = StatusCode::from_u16(error.status()).unwrap_or(StatusCode::BAD_REQUEST);
        Self::new(status, error.message)
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let mut answer = shown(&json!({ "error": self.error }));
        *answer.status_mut() = self.status;
        answer
    }
}

/// `value` as JSON.
pub(super) fn shown(value: &impl Serialize) -> Response {
    match serde_json::to_string(value) {
        Ok(text) => json_text(text),
        Err(error) => {
            let status = StatusCode::INTERNAL_SERVER_ERROR;
            (status, error.to_string()).into_response()
        }
    }
}

/// An answer of JSON that is written already.
pub(super) fn json_text(text: String) -> Response {
    let json = HeaderValue::from_static("application/json");
    ([(CONTENT_TYPE, json)], text).into_response()
}

/// What a POST asks for.
///
/// # Errors
/// It does not say that it is JSON, comes from the page of another address, or is not understood.
pub(super) async fn asked<T: DeserializeOwned>(request: Request) -> Result<T, Refusal> {
    admit(request.headers())?;
    let body = to_bytes(request.into_body(), MAX_BODY).await;
    let too_large = |_| Refusal::new(StatusCode::PAYLOAD_TOO_LARGE, "this is too large");
    serde_json::from_slice(&body.map_err(too_large)?).map_err(|error| {
        // Not its message, which quotes the input.
        let error = format!("not understood at line {} of the request", error.line());
        Refusal::new(StatusCode::BAD_REQUEST, error)
    })
}

fn admit(headers: &HeaderMap) -> Result<(), Refusal> {
    let text = |name: &str| headers.get(name).and_then(|it| it.to_str().ok());
    let kind = text(CONTENT_TYPE.as_str()).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    if !kind.eq_ignore_ascii_case("application/json") {
        let status = StatusCode::UNSUPPORTED_MEDIA_TYPE;
        return Err(Refusal::new(status, "send it as application/json"));
    }
    // Another port of this machine is not this page either; programs do not send the header.
    match text("sec-fetch-site") {
        None | Some("same-origin" | "none") => Ok(()),
        Some(_) => {
            let error = "only the console's own page may ask for this";
            Err(Refusal::new(StatusCode::FORBIDDEN, error))
        }
    }
}

pub(super) async fn nothing_here() -> Refusal {
    Refusal::not_found("nothing is here")
}

/// `answer` with the headers that keep a hostile message from doing anything in the page.
pub(super) fn guarded(mut answer: Response) -> Response {
    answer.headers_mut().extend(ALWAYS);
    answer
}
