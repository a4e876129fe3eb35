//! Answers of SQS's query protocol.

use serde_json::Value as Json;

/// The answer to `operation` that is `answer` in JSON.
pub(super) fn answer(operation: &str, answer: &Json, request_id: &str) -> String {
    let mut result = String::new();
    members(&mut result, operation, answer);
    format!(
        "<?xml version=\"1.0\"?><{operation}Response xmlns=\"http://queue.amazonaws.com/doc/2012-11-05/\"><{operation}Result>{result}</{operation}Result><ResponseMetadata><RequestId>{request_id}</RequestId></ResponseMetadata></{operation}Response>"
    )
}

/// A refusal.
pub(super) fn error(code: &str, message: &str, request_id: &str) -> String {
    let message = escaped(message);
    format!(
        "<?xml version=\"1.0\"?><ErrorResponse xmlns=\"http://queue.amazonaws.com/doc/2012-11-05/\"><Error><Type>Sender</Type><Code>{code}</Code><Message>{message}</Message><Detail/></Error><RequestId>{request_id}</RequestId></ErrorResponse>"
    )
}

/// Lists and maps are an element for each item, without one around them.
fn members(xml: &mut String, operation: &str, value: &Json) {
    for (name, value) in value.as_object().into_iter().flatten() {
        match (value, entry_name(name)) {
            (Json::Array(items), _) => {
                let name = item_name(operation, name);
                for item in items {
                    element(xml, operation, &name, item);
                }
            }
            (Json::Object(entries), Some((name, key))) => {
                for (entry, value) in entries {
                    tag(xml, name, |xml| {
                        element(xml, operation, key, &Json::from(entry.as_str()));
                        element(xml, operation, "Value", value);
                    });
                }
            }
            (value, _) => element(xml, operation, name, value),
        }
    }
}

fn element(xml: &mut String, operation: &str, name: &str, value: &Json) {
    tag(xml, name, |xml| match value {
        Json::Object(_) => members(xml, operation, value),
        Json::String(text) => xml.push_str(&escaped(text)),
        other => xml.push_str(&other.to_string()),
    });
}

fn tag(xml: &mut String, name: &str, content: impl FnOnce(&mut String)) {
    xml.push_str(&format!("<{name}>"));
    content(xml);
    xml.push_str(&format!("</{name}>"));
}

fn item_name(operation: &str, list: &str) -> String {
    match list {
        "Failed" => "BatchResultErrorEntry".to_owned(),
        "Successful" | "Results" => format!("{operation}ResultEntry"),
        _ => list.trim_end_matches('s').replace("queueUrl", "QueueUrl"),
    }
}

/// The name of a map's entries, and of their keys.
fn entry_name(map: &str) -> Option<(&'static str, &'static str)> {
    match map {
        "Attributes" => Some(("Attribute", "Name")),
        "MessageAttributes" => Some(("MessageAttribute", "Name")),
        "Tags" => Some(("Tag", "Key")),
        _ => None,
    }
}

fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            // XML takes it for a line's end, and gives a newline for it.
            '\r' => escaped.push_str("&#13;"),
            other => escaped.push(other),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_flat() {
        // In the order of the alphabet, which is kept whether or not objects keep theirs.
        let received = serde_json::json!({ "Messages": [{
            "Attributes": { "ApproximateReceiveCount": "1" },
            "Body": "a < b\r\n",
            "MessageAttributes": { "kind": { "DataType": "String", "StringValue": "x" } },
        }]});
        let xml = answer("ReceiveMessage", &received, "id");
        insta::assert_snapshot!(xml);
    }
}
