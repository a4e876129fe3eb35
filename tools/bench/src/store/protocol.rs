//! DynamoDB's JSON protocol around the table.

use std::borrow::Cow;

use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::Fault;
use super::attribute::{Attribute, Item};
use super::condition::Terms;
use super::table::Table;

/// What the operations on one item have in common.
#[derive(Deserialize)]
struct Single<'a> {
    #[serde(default, rename = "Key")]
    key: Item,
    #[serde(default, rename = "Item")]
    item: Item,
    #[serde(borrow, default, rename = "ConditionExpression")]
    condition: Option<Cow<'a, str>>,
    #[serde(borrow, default, rename = "UpdateExpression")]
    update: Option<Cow<'a, str>>,
    #[serde(borrow, default, rename = "ReturnValues")]
    returning: Option<Cow<'a, str>>,
    #[serde(borrow, default, rename = "ReturnValuesOnConditionCheckFailure")]
    refused: Option<Cow<'a, str>>,
    #[serde(flatten)]
    terms: Terms,
}

#[derive(Deserialize)]
struct Statements<'a> {
    #[serde(borrow, rename = "Statements")]
    statements: Vec<OneStatement<'a>>,
}

#[derive(Deserialize)]
struct OneStatement<'a> {
    #[serde(borrow, rename = "Statement")]
    text: Cow<'a, str>,
    #[serde(default, rename = "Parameters")]
    parameters: Vec<Attribute>,
    #[serde(borrow, default, rename = "ReturnValuesOnConditionCheckFailure")]
    refused: Option<Cow<'a, str>>,
}

#[derive(Deserialize)]
struct BatchGet {
    #[serde(rename = "RequestItems")]
    tables: FxHashMap<String, Keys>,
}

#[derive(Deserialize)]
struct Keys {
    #[serde(rename = "Keys")]
    keys: Vec<Item>,
}

#[derive(Serialize)]
struct StatementAnswer {
    #[serde(rename = "Error", skip_serializing_if = "Option::is_none")]
    error: Option<StatementError>,
}

#[derive(Serialize)]
struct StatementError {
    #[serde(rename = "Code")]
    code: &'static str,
    #[serde(rename = "Message")]
    message: String,
    #[serde(rename = "Item", skip_serializing_if = "Option::is_none")]
    item: Option<Item>,
}

/// Statements and keys that DynamoDB takes in a call.
const STATEMENTS_A_CALL: usize = 25;
const KEYS_A_CALL: usize = 100;

/// Whether an operation is one on many items, with a latency of its own.
pub(super) fn is_batched(operation: &str) -> bool {
    operation.starts_with("Batch")
}

/// Carries out a request: the status and the body of its answer.
pub(super) fn answer(table: &mut Table, operation: &str, body: &[u8]) -> (u16, Vec<u8>) {
    match carry_out(table, operation, body) {
        Ok(body) => (200, body),
        Err(fault) => (400, fault.body()),
    }
}

fn carry_out(table: &mut Table, operation: &str, body: &[u8]) -> Result<Vec<u8>, Fault> {
    match operation {
        "BatchExecuteStatement" => execute(table, serde_json::from_slice(body)?),
        "BatchGetItem" => batch_get(table, &serde_json::from_slice(body)?),
        _ => single(table, operation, serde_json::from_slice(body)?),
    }
}

fn single(table: &mut Table, operation: &str, request: Single<'_>) -> Result<Vec<u8>, Fault> {
    let (condition, terms) = (request.condition.as_deref(), &request.terms);
    let all_old = request.refused.as_deref() == Some("ALL_OLD");
    let bare = |fault: Fault| fault.with_item(all_old);
    let answer = match operation {
        "GetItem" => match table.get(&request.key)? {
            Some(item) => json!({ "Item": item }),
            None => json!({}),
        },
        "PutItem" => {
            table.put(request.item, condition, terms).map_err(bare)?;
            json!({})
        }
        "DeleteItem" => {
            table.delete(&request.key, condition, terms).map_err(bare)?;
            json!({})
        }
        "UpdateItem" => {
            let update = request.update.as_deref().unwrap_or_default();
            let new = table.update(request.key, update, condition, terms);
            let new = new.map_err(bare)?;
            match request.returning.as_deref() {
                None | Some("NONE") => json!({}),
                Some(_) => json!({ "Attributes": new }),
            }
        }
        _ => return Err(Fault::validation(format!("no operation {operation}"))),
    };
    Ok(serde_json::to_vec(&answer)?)
}

fn execute(table: &mut Table, request: Statements<'_>) -> Result<Vec<u8>, Fault> {
    if request.statements.len() > STATEMENTS_A_CALL {
        return Err(Fault::validation("too many statements".to_owned()));
    }
    let mut answers = Vec::with_capacity(request.statements.len());
    for statement in request.statements {
        let all_old = statement.refused.as_deref() == Some("ALL_OLD");
        let done = table.execute(&statement.text, statement.parameters);
        let error = done.err().map(|fault| match fault.with_item(all_old) {
            Fault::DuplicateItem => ("DuplicateItem", "Duplicate primary key exists".into(), None),
            Fault::ConditionalCheckFailed(item) => (
                "ConditionalCheckFailed",
                "The conditional request failed".into(),
                item,
            ),
            Fault::Validation(why) => ("ValidationError", why, None),
        });
        let error = error.map(|(code, message, item)| StatementError {
            code,
            message,
            item,
        });
        answers.push(StatementAnswer { error });
    }
    Ok(serde_json::to_vec(&FxHashMap::from_iter([(
        "Responses",
        answers,
    )]))?)
}

fn batch_get(table: &Table, request: &BatchGet) -> Result<Vec<u8>, Fault> {
    let mut found = FxHashMap::default();
    for (name, keys) in &request.tables {
        if keys.keys.len() > KEYS_A_CALL {
            return Err(Fault::validation("too many keys".to_owned()));
        }
        let items = keys.keys.iter().map(|key| table.get(key));
        let items: Result<Vec<_>, _> = items.filter_map(Result::transpose).collect();
        found.insert(name, items?);
    }
    Ok(serde_json::to_vec(
        &json!({ "Responses": found, "UnprocessedKeys": {} }),
    )?)
}
