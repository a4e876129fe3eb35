//! What a function's response says of its batch, with `ReportBatchItemFailures`.
//!
//! Source: Lambda Developer Guide, "Handling errors for an SQS event source in Lambda", "Success and
//! failure conditions".

use std::collections::BTreeSet;

use serde::Serialize;
use serde_json::Value;

/// What Lambda makes of a function's response.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Every message of the batch is deleted.
    Succeeded,
    /// The messages with these ids come back; all others of the batch are deleted. Never empty.
    Partial(BTreeSet<String>),
    /// The response is not one Lambda accepts: the whole batch comes back.
    Invalid(InvalidResponse),
}

/// Why a response fails its whole batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidResponse {
    /// The response is not JSON.
    #[error("the response is not valid JSON")]
    NotJson,
    /// The response is JSON, but neither an object nor empty, or `batchItemFailures` is not a list.
    #[error("the response is not an object with a list `batchItemFailures`")]
    Shape,
    /// An item is not an object, or lacks the key `itemIdentifier`.
    #[error("an item of `batchItemFailures` has no `itemIdentifier`")]
    MissingIdentifier,
    /// An `itemIdentifier` is `""`, null, or not a string.
    #[error("an `itemIdentifier` is empty, null or not a string")]
    EmptyIdentifier,
    /// An `itemIdentifier` is not the id of a message of this batch.
    #[error("an `itemIdentifier` is not in the batch")]
    UnknownIdentifier,
}

/// Reads a function's `response` to the batch of the messages `batch_ids`.
pub fn judge<'a>(response: &[u8], batch_ids: impl IntoIterator<Item = &'a str>) -> Verdict {
    match failures(response) {
        Err(invalid) => Verdict::Invalid(invalid),
        Ok(items) if items.is_empty() => Verdict::Succeeded,
        Ok(items) => match identifiers(&items, &batch_ids.into_iter().collect()) {
            Ok(ids) => Verdict::Partial(ids),
            Err(invalid) => Verdict::Invalid(invalid),
        },
    }
}

/// The list of failed items. All that Lambda reads as "nothing failed" is an empty list here.
fn failures(response: &[u8]) -> Result<Vec<Value>, InvalidResponse> {
    if response.trim_ascii().is_empty() {
        return Ok(Vec::new());
    }
    match serde_json::from_slice(response).map_err(|_| InvalidResponse::NotJson)? {
        Value::Null => Ok(Vec::new()),
        Value::Object(mut fields) => match fields.remove("batchItemFailures") {
            // A misspelt key reads as an empty response: everything is deleted.
            None | Some(Value::Null) => Ok(Vec::new()),
            Some(Value::Array(items)) => Ok(items),
            Some(_) => Err(InvalidResponse::Shape),
        },
        other if is_empty(&other) => Ok(Vec::new()),
        _ => Err(InvalidResponse::Shape),
    }
}

/// Whether a response that is no object counts as empty.
///
/// AWS lists an "empty EventResponse" as success without saying what is one; `""` and `[]` are taken
/// for it. Other scalars and lists are documented nowhere and taken for invalid.
fn is_empty(response: &Value) -> bool {
    match response {
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        _ => false,
    }
}

fn identifiers(
    items: &[Value],
    batch: &BTreeSet<&str>,
) -> Result<BTreeSet<String>, InvalidResponse> {
    items.iter().map(|item| identifier(item, batch)).collect()
}

fn identifier(item: &Value, batch: &BTreeSet<&str>) -> Result<String, InvalidResponse> {
    match item.get("itemIdentifier") {
        None => Err(InvalidResponse::MissingIdentifier),
        Some(Value::String(id)) if batch.contains(id.as_str()) => Ok(id.clone()),
        Some(Value::String(id)) if !id.is_empty() => Err(InvalidResponse::UnknownIdentifier),
        Some(_) => Err(InvalidResponse::EmptyIdentifier),
    }
}

#[cfg(test)]
mod tests {
    use super::InvalidResponse::*;
    use super::*;

    fn judged(response: &str) -> Verdict {
        judge(response.as_bytes(), ["a", "b", "c"])
    }

    fn partial(ids: &[&str]) -> Verdict {
        Verdict::Partial(ids.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn an_empty_list_succeeds() {
        assert_eq!(judged(r#"{"batchItemFailures":[]}"#), Verdict::Succeeded);
    }

    #[test]
    fn a_null_list_succeeds() {
        assert_eq!(judged(r#"{"batchItemFailures":null}"#), Verdict::Succeeded);
    }

    #[test]
    fn an_empty_object_succeeds() {
        assert_eq!(judged("{}"), Verdict::Succeeded);
    }

    #[test]
    fn null_succeeds() {
        assert_eq!(judged("null"), Verdict::Succeeded);
    }

    #[test]
    fn an_empty_response_succeeds() {
        for empty in ["", " \n", "\"\"", "[]"] {
            assert_eq!(judged(empty), Verdict::Succeeded, "{empty:?}");
        }
    }

    #[test]
    fn a_misspelt_top_level_key_deletes_everything() {
        let misspelt = r#"{"batchItemFailure":[{"itemIdentifier":"a"}]}"#;
        assert_eq!(judged(misspelt), Verdict::Succeeded);
    }

    #[test]
    fn invalid_json_fails_the_batch() {
        assert_eq!(judged("{"), Verdict::Invalid(NotJson));
        assert_eq!(judge(&[0xff], ["a"]), Verdict::Invalid(NotJson));
    }

    #[test]
    fn an_empty_identifier_fails_the_batch() {
        let response = r#"{"batchItemFailures":[{"itemIdentifier":"a"},{"itemIdentifier":""}]}"#;
        assert_eq!(judged(response), Verdict::Invalid(EmptyIdentifier));
    }

    #[test]
    fn a_null_identifier_fails_the_batch() {
        let response = r#"{"batchItemFailures":[{"itemIdentifier":null}]}"#;
        assert_eq!(judged(response), Verdict::Invalid(EmptyIdentifier));
    }

    #[test]
    fn an_identifier_that_is_not_in_the_batch_fails_the_batch() {
        let response = r#"{"batchItemFailures":[{"itemIdentifier":"a"},{"itemIdentifier":"z"}]}"#;
        assert_eq!(judged(response), Verdict::Invalid(UnknownIdentifier));
    }

    #[test]
    fn a_wrong_key_inside_an_item_fails_the_batch() {
        let response = r#"{"batchItemFailures":[{"itemidentifier":"a"}]}"#;
        assert_eq!(judged(response), Verdict::Invalid(MissingIdentifier));
    }

    #[test]
    fn an_item_that_is_no_object_fails_the_batch() {
        let response = r#"{"batchItemFailures":["a"]}"#;
        assert_eq!(judged(response), Verdict::Invalid(MissingIdentifier));
    }

    #[test]
    fn a_response_of_another_shape_fails_the_batch() {
        for other in ["5", "\"ok\"", "[1]", r#"{"batchItemFailures":"a"}"#] {
            assert_eq!(judged(other), Verdict::Invalid(Shape), "{other}");
        }
    }

    #[test]
    fn listed_ids_come_back_and_others_do_not() {
        let response = r#"{"batchItemFailures":[{"itemIdentifier":"c"},{"itemIdentifier":"a"}]}"#;
        assert_eq!(judged(response), partial(&["a", "c"]));
    }

    #[test]
    fn ids_listed_twice_count_once() {
        let response = r#"{"batchItemFailures":[{"itemIdentifier":"b"},{"itemIdentifier":"b"}]}"#;
        assert_eq!(judged(response), partial(&["b"]));
    }
}
