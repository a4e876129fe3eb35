//! A result as an item, and back.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue::{self, Bool, M, N, S};
use serde_json::Value;

use super::{CallResult, ResultsError};
use crate::{Status, StoredOutput};

type Item = HashMap<String, AttributeValue>;

pub(super) const STATUS: &str = "status";

pub(super) fn from(result: &CallResult) -> Item {
    let text = |text: &str| S(text.to_owned());
    let mut attributes = vec![
        ("conversation_id", text(&result.conversation_id)),
        ("tool_call_id", text(&result.tool_call_id)),
        ("tool_name", text(&result.tool_name)),
        ("dialect", text(&result.dialect)),
        (STATUS, text(result.status.as_str())),
        ("is_error", Bool(result.is_error)),
        ("result", S(result.result.to_string())),
    ];
    if let Some(turn) = &result.turn {
        attributes.push(("turn", S(turn.to_string())));
    }
    if let Some(output) = &result.output {
        let output = [
            ("bucket", text(&output.bucket)),
            ("key", text(&output.key)),
            ("bytes", N(output.bytes.to_string())),
        ];
        attributes.push(("output", M(named(output))));
    }
    named(attributes)
}

pub(super) fn read(item: &Item) -> Result<CallResult, ResultsError> {
    let json = text(item, "result")?;
    let turn = item.get("turn").and_then(|it| it.as_s().ok());
    let turn = turn.map(|it| serde_json::from_str(it));
    let output = item.get("output").and_then(|it| it.as_m().ok());
    Ok(CallResult {
        conversation_id: text(item, "conversation_id")?,
        tool_call_id: text(item, "tool_call_id")?,
        tool_name: text(item, "tool_name")?,
        dialect: text(item, "dialect")?,
        status: serde_json::from_value::<Status>(text(item, STATUS)?.into())
            .map_err(|_| ResultsError::Malformed(STATUS))?,
        is_error: matches!(item.get("is_error"), Some(Bool(true))),
        result: serde_json::from_str::<Value>(&json)
            .map_err(|_| ResultsError::Malformed("result"))?,
        turn: turn
            .transpose()
            .map_err(|_| ResultsError::Malformed("turn"))?,
        output: output.map(stored).transpose()?,
    })
}

fn stored(item: &Item) -> Result<StoredOutput, ResultsError> {
    let bytes = item.get("bytes").and_then(|it| it.as_n().ok());
    Ok(StoredOutput {
        bucket: text(item, "bucket")?,
        key: text(item, "key")?,
        bytes: bytes
            .and_then(|it| it.parse().ok())
            .ok_or(ResultsError::Malformed("bytes"))?,
    })
}

fn text(item: &Item, name: &'static str) -> Result<String, ResultsError> {
    let value = item.get(name).and_then(|it| it.as_s().ok());
    value.cloned().ok_or(ResultsError::Malformed(name))
}

fn named<'a>(attributes: impl IntoIterator<Item = (&'a str, AttributeValue)>) -> Item {
    let own = |(name, value): (&str, _)| (name.to_owned(), value);
    attributes.into_iter().map(own).collect()
}
