//! PartiQL statements, sent in batches; each is judged by its own answer.

use aws_sdk_dynamodb::types::{AttributeValue, BatchStatementErrorCodeEnum as Code};
use serde::{Deserialize, Serialize, Serializer};
use serde_json::value::RawValue;

use super::concurrent::{self, Call, Calls};
use super::failure::CallFailure;
use super::item::Item;
use super::partiql::{Form, Texts};
use super::request::Request;
use super::table::Table;
use super::wire::{self, Values};
use crate::idempotency::StoreError;
use crate::idempotency::backoff::Backoff;

/// Statements DynamoDB takes in one `BatchExecuteStatement`.
const STATEMENTS_A_CALL: usize = 25;
/// Output in one call: DynamoDB takes requests of 16 MB, and JSON inside of JSON may double.
const BYTES_A_CALL: usize = 4 * 1024 * 1024;
/// As many as a batch of 1,000 messages needs, which then takes a round trip. Each has a connection to itself.
const CALLS_AT_ONCE: usize = 40;

/// A statement and what its question marks stand for.
pub(super) struct Statement {
    pub(super) form: Form,
    pub(super) parameters: Vec<AttributeValue>,
}

/// Shape of the API's `BatchStatementRequest`. A refusal hands back the item.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct BatchStatementRequest {
    statement: Box<RawValue>,
    #[serde(serialize_with = "parameters")]
    parameters: Vec<AttributeValue>,
    return_values_on_condition_check_failure: &'static str,
}

fn parameters<S: Serializer>(values: &Vec<AttributeValue>, to: S) -> Result<S::Ok, S::Error> {
    Values(values).serialize(to)
}

/// The statements of requests as they are sent.
fn written<R: Request>(
    table: &str,
    requests: &[&R],
) -> Result<Vec<BatchStatementRequest>, CallFailure> {
    let mut texts = Texts::new(table);
    let written = requests.iter().map(|request| {
        let Statement { form, parameters } = request.statement();
        let statement = texts.of(form);
        let statement = statement.map_err(|error| CallFailure::unsent("statement", error))?;
        Ok(BatchStatementRequest {
            statement,
            parameters,
            return_values_on_condition_check_failure: "ALL_OLD",
        })
    });
    written.collect()
}

/// What became of a statement.
pub(super) enum Answer {
    /// It was carried out.
    Applied,
    /// Its condition failed on this item, if the item came along.
    Refused(Option<Item>),
    /// IAM did not let it be tried.
    Denied,
    /// It may have been carried out or not.
    Unknown(StoreError),
}

impl Answer {
    fn failed(failure: &CallFailure) -> Self {
        if failure.is_denied() {
            return Self::Denied;
        }
        Self::Unknown(failure.clone().into())
    }
}

/// Sends the statements of requests, no two of which may name the same item; the answers keep
/// their order.
pub(super) async fn send<R: Request>(table: &Table, requests: &[&R]) -> Vec<Answer> {
    let call = |requests| -> Call<'_, _> { Box::pin(call(table, requests)) };
    let calls: Calls<'_, Vec<Answer>> = Box::new(portions(requests).into_iter().map(call));
    let answers = concurrent::run(calls, CALLS_AT_ONCE).await;
    answers.into_iter().flatten().collect()
}

/// Cuts requests into portions that fit a call.
fn portions<'a, R: Request>(requests: &'a [&'a R]) -> Vec<&'a [&'a R]> {
    let mut portions = Vec::new();
    let (mut start, mut bytes) = (0, 0);
    for (at, request) in requests.iter().enumerate() {
        bytes += request.bytes();
        if at - start == STATEMENTS_A_CALL || bytes > BYTES_A_CALL {
            portions.push(&requests[start..at]);
            (start, bytes) = (at, request.bytes());
        }
    }
    portions.push(&requests[start..]);
    portions.retain(|portion| !portion.is_empty());
    portions
}

/// One call, and again for the statements that were throttled or not answered: a repeated
/// statement carries the same token, so one that was applied after all recognises itself.
async fn call<R: Request>(table: &Table, requests: &[&R]) -> Vec<Answer> {
    let statements = match written(&table.name, requests) {
        Ok(statements) => statements,
        Err(failure) => return requests.iter().map(|_| Answer::failed(&failure)).collect(),
    };
    let unanswered = || Answer::Unknown(StoreError::new("statement: no answer"));
    let mut answers: Vec<Answer> = statements.iter().map(|_| unanswered()).collect();
    let mut open: Vec<usize> = (0..statements.len()).collect();
    let mut backoff = Backoff::default();
    loop {
        let sent = open.iter().map(|at| &statements[*at]).collect();
        match execute(table, sent).await {
            Ok(responses) => {
                let mut responses = responses.into_iter();
                open.retain(|at| {
                    let (answer, again) = responses.next().map_or((unanswered(), true), judge);
                    answers[*at] = answer;
                    again
                });
            }
            Err(failure) => {
                for at in open {
                    answers[at] = Answer::failed(&failure);
                }
                return answers;
            }
        }
        if open.is_empty() || !backoff.pause().await {
            return answers;
        }
    }
}

/// Shape of the API's `BatchExecuteStatement`.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct BatchExecuteStatement<'a> {
    statements: Vec<&'a BatchStatementRequest>,
}

#[derive(Deserialize)]
struct BatchExecuteStatementOutput {
    #[serde(rename = "Responses", default)]
    responses: Vec<Response>,
}

#[derive(Deserialize)]
struct Response {
    #[serde(rename = "Error")]
    error: Option<StatementError>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct StatementError {
    #[serde(default)]
    code: String,
    #[serde(default, deserialize_with = "wire::item")]
    item: Option<Item>,
}

async fn execute(
    table: &Table,
    statements: Vec<&BatchStatementRequest>,
) -> Result<Vec<Response>, CallFailure> {
    let request = BatchExecuteStatement { statements };
    let sent = table.wire.call("BatchExecuteStatement", &request).await;
    match sent {
        Ok(BatchExecuteStatementOutput { responses }) => Ok(responses),
        Err(error) => Err(CallFailure::new("statements", error)),
    }
}

/// The answer, and whether the statement is to be sent again.
fn judge(response: Response) -> (Answer, bool) {
    let Some(error) = response.error else {
        return (Answer::Applied, false);
    };
    let code = Code::from(error.code.as_str());
    let unknown = || Answer::Unknown(StoreError::new(format!("statement: {code}")));
    match &code {
        Code::ConditionalCheckFailed | Code::DuplicateItem => (Answer::Refused(error.item), false),
        Code::AccessDenied => (Answer::Denied, false),
        Code::ThrottlingError
        | Code::ProvisionedThroughputExceeded
        | Code::RequestLimitExceeded
        | Code::TransactionConflict
        | Code::InternalServerError => (unknown(), true),
        _ => (unknown(), false),
    }
}
