//! DynamoDB's own words, unless they quote what was to be written.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::{AttributeValue, TransactWriteItem};

const WITHHELD: &str = "(DynamoDB's reason quotes an item, so it is not shown)";

/// The message, if nothing of the writes is in it.
pub(super) fn shown<'a>(message: &'a str, writes: &[TransactWriteItem]) -> &'a str {
    // Constraint messages begin with what broke the constraint, which may be cut short.
    if message.contains("Value '") || writes.iter().any(|write| quotes(message, write)) {
        return WITHHELD;
    }
    message
}

fn quotes(message: &str, write: &TransactWriteItem) -> bool {
    let put = write.put.as_ref();
    let update = write.update.as_ref();
    let delete = write.delete.as_ref();
    let check = write.condition_check.as_ref();
    let items = [
        put.map(|it| &it.item),
        update.map(|it| &it.key),
        delete.map(|it| &it.key),
        check.map(|it| &it.key),
        put.and_then(|it| it.expression_attribute_values.as_ref()),
        update.and_then(|it| it.expression_attribute_values.as_ref()),
        delete.and_then(|it| it.expression_attribute_values.as_ref()),
        check.and_then(|it| it.expression_attribute_values.as_ref()),
    ];
    let mut values = items.into_iter().flatten().flat_map(HashMap::values);
    values.any(|value| is_quoted(message, value))
}

fn is_quoted(message: &str, value: &AttributeValue) -> bool {
    match value {
        AttributeValue::S(text) | AttributeValue::N(text) => has_words(message, text),
        AttributeValue::Ss(texts) | AttributeValue::Ns(texts) => {
            texts.iter().any(|text| has_words(message, text))
        }
        AttributeValue::L(list) => list.iter().any(|value| is_quoted(message, value)),
        AttributeValue::M(map) => map
            .iter()
            .any(|(name, value)| has_words(message, name) || is_quoted(message, value)),
        // Binary values are shown as numbers or not at all.
        _ => false,
    }
}

/// Whether a text stands in the message, and not merely as a part of its words.
fn has_words(message: &str, text: &str) -> bool {
    let is_open = |end: Option<char>| !end.is_some_and(char::is_alphanumeric);
    !text.is_empty()
        && message.match_indices(text).any(|(at, _)| {
            is_open(message[..at].chars().next_back())
                && is_open(message[at + text.len()..].chars().next())
        })
}

#[cfg(test)]
mod tests {
    use aws_sdk_dynamodb::types::Put;

    use super::*;

    fn writing(value: AttributeValue) -> [TransactWriteItem; 1] {
        let put = Put::builder().table_name("t").item("id", value);
        [TransactWriteItem::builder()
            .put(put.build().unwrap())
            .build()]
    }

    fn text(text: &str) -> AttributeValue {
        AttributeValue::S(text.to_owned())
    }

    #[test]
    fn a_message_that_quotes_nothing_is_shown() {
        let message = "Transaction request cannot include multiple operations on one item";
        assert_eq!(shown(message, &writing(text("secret"))), message);
        assert_eq!(shown(message, &writing(text("multi"))), message);
        assert_eq!(shown(message, &writing(text(""))), message);
    }

    #[test]
    fn a_message_that_quotes_a_value_however_deep_is_not_shown() {
        let message = "The parameter cannot be converted to a numeric value: secret";
        let list = AttributeValue::L(vec![text("secret")]);
        let map = AttributeValue::M(HashMap::from([("secret".to_owned(), text("a"))]));
        for value in [text("secret"), list, map] {
            assert_eq!(shown(message, &writing(value)), WITHHELD);
        }
    }

    #[test]
    fn a_constraint_message_is_not_shown_even_if_it_is_cut_short() {
        let message = "1 validation error detected: Value '[secr' at 'transactItems' failed";
        assert_eq!(shown(message, &writing(text("secret"))), WITHHELD);
    }
}
