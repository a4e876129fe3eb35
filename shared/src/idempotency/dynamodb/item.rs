//! Records as DynamoDB items.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;

use super::json;
use crate::idempotency::StoreError;
use crate::idempotency::record::{Owner, Record, RecordId, Status};

pub(super) const ID: &str = "id";
pub(super) const STATUS: &str = "status";
pub(super) const OWNER: &str = "owner";
pub(super) const LEASE: &str = "in_progress_expiration";
pub(super) const EXPIRATION: &str = "expiration";
pub(super) const VALIDATION: &str = "validation";
pub(super) const DATA: &str = "data";
pub(super) const ATTEMPTS: &str = "attempts";
pub(super) const LAST_ERROR: &str = "last_error";

pub(super) type Item = HashMap<String, AttributeValue>;

/// An attribute and what to set it to; none removes it.
pub(super) type Write = (&'static str, Option<AttributeValue>);

pub(super) fn string(text: impl Into<String>) -> AttributeValue {
    AttributeValue::S(text.into())
}

pub(super) fn number(value: u64) -> AttributeValue {
    AttributeValue::N(value.to_string())
}

pub(super) fn key(id: &RecordId) -> Item {
    HashMap::from([(ID.to_owned(), string(id.as_str()))])
}

/// Everything a record says, but for its key and the count of attempts, which is added to.
pub(super) fn writes(record: Record) -> [Write; 7] {
    [
        (STATUS, Some(string(record.status.as_str()))),
        (OWNER, record.owner.map(|it| string(it.as_str()))),
        (LEASE, record.lease_until_ms.map(number)),
        (EXPIRATION, Some(number(record.expires_at_s))),
        (VALIDATION, record.validation.map(string)),
        (DATA, record.data.map(string)),
        (LAST_ERROR, record.last_error.map(string)),
    ]
}

/// Reads a record, whoever wrote it: Powertools knows no owner and no attempts, older versions
/// of it no lease, and validation is there only when it was asked for.
///
/// # Errors
/// When what decides about a claim is missing or of another type: such a record is nobody's to
/// take over.
pub(super) fn read(item: &Item) -> Result<Record, StoreError> {
    let status = text(item, STATUS)?.unwrap_or_default();
    Ok(Record {
        status: Status::parse(&status).ok_or_else(|| unreadable(item, STATUS))?,
        owner: text(item, OWNER)?.map(Owner::new),
        lease_until_ms: integer(item, LEASE)?,
        expires_at_s: integer(item, EXPIRATION)?.ok_or_else(|| unreadable(item, EXPIRATION))?,
        validation: text(item, VALIDATION)?,
        data: item.get(DATA).map(json::text).transpose()?,
        attempts: attempts(item)?,
        // Shown to people; of a claim in progress only we decide by it, and wrote it ourselves.
        last_error: text(item, LAST_ERROR).unwrap_or_default(),
    })
}

/// How often the key was claimed; no attempt was counted by those who don't count.
pub(super) fn attempts(item: &Item) -> Result<u32, StoreError> {
    let count = integer(item, ATTEMPTS)?.unwrap_or_default();
    Ok(u32::try_from(count).unwrap_or(u32::MAX))
}

pub(super) fn id(item: &Item) -> Option<RecordId> {
    let id = item.get(ID)?.as_s().ok()?;
    Some(RecordId::new(id.as_str()))
}

/// An empty text says as little as none.
fn text(item: &Item, name: &'static str) -> Result<Option<String>, StoreError> {
    match item.get(name) {
        None => Ok(None),
        Some(AttributeValue::S(text)) => Ok(Some(text.clone()).filter(|it| !it.is_empty())),
        Some(_) => Err(unreadable(item, name)),
    }
}

fn integer(item: &Item, name: &'static str) -> Result<Option<u64>, StoreError> {
    match item.get(name) {
        None => Ok(None),
        Some(AttributeValue::N(digits)) => match digits.parse() {
            Ok(value) => Ok(Some(value)),
            Err(_) => Err(unreadable(item, name)),
        },
        Some(_) => Err(unreadable(item, name)),
    }
}

fn unreadable(item: &Item, name: &'static str) -> StoreError {
    let id = id(item).unwrap_or_else(|| RecordId::new("?"));
    StoreError::new(format!("unreadable `{name}` in record {}", id.as_str()))
}
