//! Reading records consistently, where a refused write did not bring its record along.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::KeysAndAttributes;

use super::concurrent::{self, Call, Calls};
use super::failure::CallFailure;
use super::item::{self, Item};
use super::table::Table;
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

/// The items found and the records left unread.
async fn get(table: &Table, ids: &[RecordId]) -> Result<(Vec<Item>, Vec<RecordId>), CallFailure> {
    let keys = ids.iter().map(item::key).collect();
    let request = KeysAndAttributes::builder()
        .consistent_read(true)
        .set_keys(Some(keys))
        .build()
        .map_err(|error| CallFailure::unsent("read back", error))?;
    let output = table
        .client
        .batch_get_item()
        .request_items(&table.name, request)
        .send()
        .await
        .map_err(|error| CallFailure::new("read back", error))?;
    let items = output.responses.unwrap_or_default().into_values();
    let unprocessed = output.unprocessed_keys.unwrap_or_default().into_values();
    let unread = unprocessed.flat_map(|rest| rest.keys);
    Ok((
        items.flatten().collect(),
        unread.filter_map(|key| item::id(&key)).collect(),
    ))
}
