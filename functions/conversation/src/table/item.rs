//! What entries and turns look like as items.

use std::collections::{BTreeSet, HashMap};
use std::str::FromStr;

use aws_sdk_dynamodb::types::AttributeValue;

use super::TableError;

/// The table's partition key.
pub const CONVERSATION_ID: &str = "conversation_id";
/// The table's sort key.
pub const SORT: &str = "sort";

pub(super) const HEAD: &str = "head";
pub(super) const ENTRY_PREFIX: &str = "entry#";
pub(super) const ENTRIES: &str = "entries";
pub(super) const POSITION: &str = "position";
pub(super) const TOOL_CALL_ID: &str = "tool_call_id";
pub(super) const TURN_ID: &str = "turn_id";
pub(super) const RESULT: &str = "result";
pub(super) const OUTPUT: &str = "output";
pub(super) const OUTSTANDING: &str = "outstanding";
pub(super) const COMPLETE_AT: &str = "complete_at";
pub(super) const ANNOUNCED: &str = "announced";

pub(super) type Item = HashMap<String, AttributeValue>;

/// A result in its place.
#[derive(Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its place in the transcript, from 1.
    pub position: u64,
    /// The call it answers.
    pub tool_call_id: String,
    /// The turn it came with.
    pub turn_id: Option<String>,
    /// The result, as JSON, as it came.
    pub result: String,
    /// Where all of the tool's output is, as JSON, if `result` has only its beginning.
    pub output: Option<String>,
}

/// What is known of a turn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TurnState {
    /// Calls whose results have not come.
    pub outstanding: BTreeSet<String>,
    /// Length of the transcript when the last of them was appended.
    pub complete_at: Option<u64>,
    /// A message has said that it is ready.
    pub announced: bool,
}

impl Entry {
    pub(super) fn from_item(item: &Item) -> Result<Self, TableError> {
        let optional = |name| item.get(name).map(|_| string(item, name)).transpose();
        Ok(Self {
            position: number(item, POSITION)?,
            tool_call_id: string(item, TOOL_CALL_ID)?,
            turn_id: optional(TURN_ID)?,
            result: string(item, RESULT)?,
            output: optional(OUTPUT)?,
        })
    }
}

impl TurnState {
    pub(super) fn from_item(item: &Item) -> Result<Self, TableError> {
        // DynamoDB has no empty sets: a turn that waits for nothing has none.
        let outstanding = match item.get(OUTSTANDING) {
            None => BTreeSet::new(),
            Some(AttributeValue::Ss(calls)) => calls.iter().cloned().collect(),
            Some(_) => return Err(TableError::Malformed(OUTSTANDING)),
        };
        let complete_at = item.get(COMPLETE_AT).map(|_| number(item, COMPLETE_AT));
        Ok(Self {
            outstanding,
            complete_at: complete_at.transpose()?,
            announced: item.contains_key(ANNOUNCED),
        })
    }
}

pub(super) fn key(conversation_id: &str, sort: &str) -> Item {
    HashMap::from([
        (CONVERSATION_ID.to_owned(), text(conversation_id)),
        (SORT.to_owned(), text(sort)),
    ])
}

/// Digits enough for any conversation, so that the order of keys is that of positions.
pub(super) fn entry_sort(position: u64) -> String {
    format!("{ENTRY_PREFIX}{position:012}")
}

pub(super) fn call_sort(tool_call_id: &str) -> String {
    format!("call#{tool_call_id}")
}

pub(super) fn turn_sort(turn_id: &str) -> String {
    format!("turn#{turn_id}")
}

pub(super) fn text(value: &str) -> AttributeValue {
    AttributeValue::S(value.to_owned())
}

pub(super) fn digits(value: u64) -> AttributeValue {
    AttributeValue::N(value.to_string())
}

fn string(item: &Item, name: &'static str) -> Result<String, TableError> {
    let value = item.get(name).and_then(|value| value.as_s().ok());
    value.cloned().ok_or(TableError::Malformed(name))
}

pub(super) fn number(item: &Item, name: &'static str) -> Result<u64, TableError> {
    let value = item.get(name).and_then(|value| value.as_n().ok());
    let value = value.and_then(|digits| u64::from_str(digits).ok());
    value.ok_or(TableError::Malformed(name))
}
