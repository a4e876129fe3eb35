//! What requests hear that nothing here answers: which operation it was, in their own protocol.

use axum::body::to_bytes;
use axum::extract::Request;
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::Response;

use super::aws;
use super::target::Unserved;

const CODE: &str = "UnknownOperationException";
pub(super) const NOT_SERVED: &str = "is not served locally";
const SERVED: &str = "DynamoDB, SQS, S3 and some of Lambda and CloudWatch are";
/// More of a form than this is not read to find out what it asks for.
const MAX_FORM: usize = 1024 * 1024;

pub(super) async fn unserved(what: Unserved, request: Request) -> Response {
    match what {
        Unserved::Json { target } => {
            let message = unserved_message(&target);
            let code = format!("com.amazon.coral.service#{CODE}");
            aws::json_error(StatusCode::BAD_REQUEST, &code, &message)
        }
        Unserved::Query { service } => {
            let form = to_bytes(request.into_body(), MAX_FORM).await;
            let form = form.unwrap_or_default();
            query(&service, action(&String::from_utf8_lossy(&form)))
        }
        Unserved::Rest { service } => {
            let (method, path) = (request.method(), request.uri().path());
            let message = unserved_message(&format!("{service}: {method} {path}"));
            let mut response = aws::json_error(StatusCode::NOT_FOUND, CODE, &message);
            // Clients of REST protocols look for the error's name here.
            let name = HeaderName::from_static("x-amzn-errortype");
            response
                .headers_mut()
                .insert(name, HeaderValue::from_static(CODE));
            response
        }
    }
}

pub(super) fn unserved_message(what: &str) -> String {
    format!("{what} {NOT_SERVED}; {SERVED}.")
}

fn query(service: &str, action: &str) -> Response {
    let message = unserved_message(&format!("{service} {action}"));
    let body = format!(
        "<ErrorResponse><Error><Type>Sender</Type><Code>{CODE}</Code><Message>{message}</Message></Error></ErrorResponse>"
    );
    let xml = HeaderValue::from_static("text/xml");
    aws::answer(StatusCode::BAD_REQUEST, xml, body)
}

/// The operation that a form asks for, if it is a name.
fn action(form: &str) -> &str {
    let mut fields = form.split('&');
    let action = fields.find_map(|field| field.strip_prefix("Action="));
    let is_name = |it: &&str| it.bytes().all(|byte| byte.is_ascii_alphanumeric());
    action
        .filter(is_name)
        .unwrap_or("a request without an action")
}
