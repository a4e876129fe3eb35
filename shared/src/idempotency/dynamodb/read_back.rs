//! Reading records consistently, where a refused write did not bring its record along.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use super::concurrent::{self, Call, Calls};
use super::failure::CallFailure;
use super::item::{self, Item};
use super::table::Table;
use super::wire::{self, Values};
use crate::idempotency::StoreError;
use crate::idempotency::backoff::Backoff;
use crate::idempotency::record::{Record, RecordId};

/// Keys DynamoDB takes in one `BatchGetItem`.
const KEYS_A_CALL: usize = 100;
const CALLS_AT_ONCE: usize = 8;

/// What was read: by record, none where there is no record.
pub(super) type Found = HashMap<RecordId, Result<Option<Record>, StoreError>>;

/// Reads one record.
///
/// # Errors
/// When the record cannot be read, or DynamoDB gives no answer.
pub(super) async fn one(table: &Table, id: &RecordId) -> Result<Option<Record>, StoreError> {
    let mut found = many(table, vec![id.clone()]).await;
    found.remove(id).unwrap_or(Ok(None))
}

/// Reads records; the ids must be distinct.
pub(super) async fn many(table: &Table, ids: Vec<RecordId>) -> Found {
    let call = |ids| -> Call<'_, _> { Box::pin(call(table, ids)) };
    let calls: Calls<'_, Found> = Box::new(ids.chunks(KEYS_A_CALL).map(call));
    let found = concurrent::run(calls, CALLS_AT_ONCE).await;
    found.into_iter().flatten().collect()
}

async fn call(table: &Table, ids: &[RecordId]) -> Found {
    let mut found: Found = ids.iter().map(|id| (id.clone(), Ok(None))).collect();
    let mut unread = ids.to_vec();
    let mut backoff = Backoff::default();
    while !unread.is_empty() {
        let asked = unread.len();
        match get(table, &unread).await {
            Ok((items, rest)) => {
                found.extend(items.iter().filter_map(entry));
                unread = rest;
            }
            Err(failure) => {
                let failed = unread.into_iter();
                found.extend(failed.map(|id| (id, Err(failure.clone().into()))));
                return found;
            }
        }
        // Large records come in several answers: only one without progress was throttled.
        if unread.len() == asked && !backoff.pause().await {
            break;
        }
    }
    let throttled = unread.into_iter();
    found.extend(throttled.map(|id| (id, Err(StoreError::new("read back: throttled")))));
    found
}

fn entry(item: &Item) -> Option<(RecordId, Result<Option<Record>, StoreError>)> {
    Some((item::id(item)?, item::read(item).map(Some)))
}

/// Shape of the API's `BatchGetItem`, which may name several tables.
#[derive(Serialize)]
struct BatchGetItem<'a> {
    #[serde(rename = "RequestItems")]
    tables: HashMap<&'a str, Keys<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Keys<'a> {
    keys: Vec<Values<'a, Item>>,
    consistent_read: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", default)]
#[derive(Default)]
struct BatchGetItemOutput {
    responses: HashMap<String, Items>,
    unprocessed_keys: HashMap<String, Unprocessed>,
}

#[derive(Deserialize)]
struct Items(#[serde(deserialize_with = "wire::items")] Vec<Item>);

#[derive(Deserialize)]
struct Unprocessed {
    #[serde(rename = "Keys")]
    keys: Items,
}

/// The items found and the records left unread.
async fn get(table: &Table, ids: &[RecordId]) -> Result<(Vec<Item>, Vec<RecordId>), CallFailure> {
    let keys: Vec<Item> = ids.iter().map(item::key).collect();
    let wanted = Keys {
        keys: keys.iter().map(Values).collect(),
        consistent_read: true,
    };
    let tables = HashMap::from([(&*table.name, wanted)]);
    let request = BatchGetItem { tables };
    let sent = table.wire.call("BatchGetItem", &request).await;
    let output: BatchGetItemOutput = sent.map_err(|error| CallFailure::new("read back", error))?;
    let items = output.responses.into_values().flat_map(|Items(it)| it);
    let unprocessed = output.unprocessed_keys.into_values();
    let unread = unprocessed.flat_map(|rest| rest.keys.0);
    Ok((
        items.collect(),
        unread.filter_map(|key| item::id(&key)).collect(),
    ))
}
