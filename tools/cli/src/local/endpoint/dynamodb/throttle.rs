//! DynamoDB without room for a request, if chaos says so.

use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;

use crate::local::chaos::Dice;
use crate::local::endpoint::aws;

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

/// The refusal of a request that hits `dice`; it has not reached the database.
pub(in crate::local::endpoint) fn throttle(dice: &Dice, headers: &HeaderMap) -> Option<Response> {
    let target = headers.get("x-amz-target")?.to_str().ok()?;
    let (_, operation) = target.split_once('.')?;
    if !ITEMS.contains(&operation) {
        return None;
    }
    let how = dice.throw()?;
    dice.hit();
    let (code, message) = REFUSALS[usize::from(how < 0.5)];
    Some(aws::json_error(StatusCode::BAD_REQUEST, code, message))
}
