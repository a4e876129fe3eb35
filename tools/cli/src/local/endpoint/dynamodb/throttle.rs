//! DynamoDB without room for a request, if chaos says so.

mod batch;

use axum::body::to_bytes;
use axum::extract::Request;
use axum::http::header::CONTENT_LENGTH;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;

use super::DynamoDb;
use crate::local::chaos::Dice;
use crate::local::endpoint::aws;
use batch::{Kind, Split};

/// What reads and writes items, the only requests that capacity is counted for.
const ITEMS: [&str; 13] = [
    "BatchExecuteStatement",
    "BatchGetItem",
    "BatchWriteItem",
    "DeleteItem",
    "ExecuteStatement",
    "ExecuteTransaction",
    "GetItem",
    "PutItem",
    "Query",
    "Scan",
    "TransactGetItems",
    "TransactWriteItems",
    "UpdateItem",
];
/// What provisioned tables answer, and what on-demand tables do.
const REFUSALS: [(&str, &str); 2] = [
    (
        "com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException",
        "The level of configured provisioned throughput for the table was exceeded. Consider increasing your provisioning level with the UpdateTable API.",
    ),
    (
        "com.amazon.coral.availability#ThrottlingException",
        "Throughput exceeds the current capacity of your table or index. DynamoDB is automatically scaling your table or index so exceptions will be temporary.",
    ),
];
/// More than a request or an answer may be.
const MAX_BODY: usize = 32 * 1024 * 1024;

/// Answers `request`, unless it hits `dice`: then it has not reached the database, or of a batch
/// only a part.
pub(in crate::local::endpoint) async fn throttled(
    database: &DynamoDb,
    dice: &Dice,
    request: Request,
) -> Response {
    let operation = operation(request.headers());
    let throw = operation.and_then(|it| Some((Kind::of(it), dice.throw()?)));
    let Some((kind, how)) = throw else {
        return database.call(request).await;
    };
    dice.hit();
    match kind {
        Some(kind) => in_part(database, kind, how, request).await,
        None => refusal(how),
    }
}

fn operation(headers: &HeaderMap) -> Option<&str> {
    let target = headers.get("x-amz-target")?.to_str().ok()?;
    let (_, operation) = target.split_once('.')?;
    ITEMS.contains(&operation).then_some(operation)
}

fn refusal(how: f64) -> Response {
    let (code, message) = REFUSALS[usize::from(how < 0.5)];
    aws::json_error(StatusCode::BAD_REQUEST, code, message)
}

/// Lets some of a batch through; the answer lists the rest as unprocessed.
async fn in_part(database: &DynamoDb, kind: Kind, how: f64, request: Request) -> Response {
    let (mut head, body) = request.into_parts();
    let body = to_bytes(body, MAX_BODY).await.unwrap_or_default();
    let Some(Split { part, rest }) = kind.split(&body, how) else {
        return refusal(how);
    };
    head.headers.insert(CONTENT_LENGTH, part.len().into());
    let answer = database.call(Request::from_parts(head, part.into())).await;
    let (mut head, body) = answer.into_parts();
    let body = to_bytes(body, MAX_BODY).await.unwrap_or_default();
    let body = match head.status.is_success() {
        true => kind.add(&body, rest),
        false => body.into(),
    };
    head.headers.insert(CONTENT_LENGTH, body.len().into());
    // It is about what the database has said.
    head.headers.remove("x-amz-crc32");
    Response::from_parts(head, body.into())
}
