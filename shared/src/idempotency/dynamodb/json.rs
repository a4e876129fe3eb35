//! Stored outputs as JSON text.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use serde_json::{Map, Value};

use crate::idempotency::StoreError;

/// The stored output as JSON text.
///
/// We and most of the Powertools family store it as a string; Powertools for TypeScript stores
/// the value itself.
///
/// # Errors
/// When the attribute holds what JSON has no word for.
pub(super) fn text(stored: &AttributeValue) -> Result<String, StoreError> {
    match stored {
        AttributeValue::S(text) => Ok(text.clone()),
        other => match value(other) {
            Some(value) => Ok(value.to_string()),
            None => Err(StoreError::new("stored output is not JSON")),
        },
    }
}

fn value(stored: &AttributeValue) -> Option<Value> {
    match stored {
        AttributeValue::S(text) => Some(Value::String(text.clone())),
        AttributeValue::N(digits) => digits.parse().ok().map(Value::Number),
        AttributeValue::Bool(flag) => Some(Value::Bool(*flag)),
        AttributeValue::Null(_) => Some(Value::Null),
        AttributeValue::L(list) => list.iter().map(value).collect(),
        AttributeValue::M(map) => object(map),
        _ => None,
    }
}

fn object(map: &HashMap<String, AttributeValue>) -> Option<Value> {
    let fields = map
        .iter()
        .map(|(name, field)| Some((name.clone(), value(field)?)));
    fields.collect::<Option<Map<_, _>>>().map(Value::Object)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn n(digits: &str) -> AttributeValue {
        AttributeValue::N(digits.to_owned())
    }

    #[test]
    fn a_string_is_taken_as_the_json_text_it_is() {
        let stored = AttributeValue::S(r#"{"a":1}"#.to_owned());
        assert_eq!(text(&stored).unwrap(), r#"{"a":1}"#);
    }

    #[test]
    fn native_values_become_json() {
        let list = AttributeValue::L(vec![
            n("1.5"),
            AttributeValue::Bool(true),
            AttributeValue::Null(true),
            AttributeValue::S("x".to_owned()),
        ]);
        let map = AttributeValue::M(HashMap::from([("list".to_owned(), list)]));
        assert_eq!(text(&map).unwrap(), r#"{"list":[1.5,true,null,"x"]}"#);
    }

    #[test]
    fn what_json_has_no_word_for_is_an_error_however_deep() {
        let set = AttributeValue::Ns(vec!["1".to_owned()]);
        assert!(text(&set).is_err());
        assert!(text(&AttributeValue::L(vec![set.clone()])).is_err());
        assert!(text(&AttributeValue::M(HashMap::from([("s".to_owned(), set)]))).is_err());
    }
}
