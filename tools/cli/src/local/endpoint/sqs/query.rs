//! SQS's query protocol, which SDKs spoke until November 2023: a form, translated to the JSON that
//! the operation takes, and an answer in XML.

use axum::body::to_bytes;
use axum::extract::Request;
use axum::http::{HeaderValue, StatusCode, Uri};
use axum::response::Response;
use lambda_queue_simulator::sqs::SqsError;
use serde_json::{Map, Value as Json};

use super::xml;
use crate::local::endpoint::aws;
use crate::local::ids::request_id;
use crate::local::queues::Queues;

/// A batch of 1 MiB, with every byte escaped as `%00`, and room for its attributes.
const MAX_FORM: usize = 8 * 1024 * 1024;
const XML: HeaderValue = HeaderValue::from_static("text/xml");

/// What a form has for each item, and the list in JSON.
const LISTS: [(&str, &str); 9] = [
    ("AWSAccountId", "AWSAccountIds"),
    ("ActionName", "Actions"),
    ("AttributeName", "AttributeNames"),
    ("MessageAttributeName", "MessageAttributeNames"),
    ("MessageSystemAttributeName", "MessageSystemAttributeNames"),
    ("TagKey", "TagKeys"),
    ("ChangeMessageVisibilityBatchRequestEntry", "Entries"),
    ("DeleteMessageBatchRequestEntry", "Entries"),
    ("SendMessageBatchRequestEntry", "Entries"),
];
/// What a form has for each entry, and the map in JSON.
const MAPS: [(&str, &str); 4] = [
    ("Attribute", "Attributes"),
    ("MessageAttribute", "MessageAttributes"),
    ("MessageSystemAttribute", "MessageSystemAttributes"),
    ("Tag", "Tags"),
];
const NUMBERS: [&str; 6] = [
    "DelaySeconds",
    "MaxNumberOfMessages",
    "MaxNumberOfMessagesPerSecond",
    "MaxResults",
    "VisibilityTimeout",
    "WaitTimeSeconds",
];

/// Runs the operation that the form names.
pub(in crate::local::endpoint) async fn call(queues: &Queues, request: Request) -> Response {
    let uri = request.uri().clone();
    let Ok(form) = to_bytes(request.into_body(), MAX_FORM).await else {
        let (code, message) = ("RequestEntityTooLarge", "The form is too large.");
        return refusal(StatusCode::PAYLOAD_TOO_LARGE, code, message);
    };
    let mut fields = nested(&form);
    fields.remove("Version");
    let Some(Json::String(operation)) = fields.remove("Action") else {
        let message = "The request must contain the parameter Action.";
        return refusal(StatusCode::BAD_REQUEST, "MissingAction", message);
    };
    let mut request = translated(fields);
    complete(&operation, &uri, &mut request);
    let body = Json::Object(request).to_string();
    match queues.call(&operation, body.as_bytes()).await {
        Ok(answer) => {
            let body = xml::answer(&operation, &answer, &request_id());
            aws::answer(StatusCode::OK, XML, body)
        }
        Err(error) => refused(&error),
    }
}

/// `A.1.B=c` as `{"A": {"1": {"B": "c"}}}`.
fn nested(form: &[u8]) -> Map<String, Json> {
    let mut fields = Map::new();
    for (path, value) in form_urlencoded::parse(form) {
        let mut parts = path.split('.').peekable();
        let mut level = &mut fields;
        while let Some(part) = parts.next() {
            let place = level.entry(part).or_insert(Json::Null);
            if parts.peek().is_none() {
                *place = value.as_ref().into();
                break;
            }
            if !place.is_object() {
                *place = Json::Object(Map::new());
            }
            let Json::Object(next) = place else { break };
            level = next;
        }
    }
    fields
}

fn translated(fields: Map<String, Json>) -> Map<String, Json> {
    let fields = fields.into_iter().map(|(name, value)| {
        let renamed = |names: &[(&str, &str)]| {
            let mut names = names.iter();
            // botocore has the latter where there is no item at all, and for the tags of `TagQueue`.
            let found = names.find(|(form, json)| *form == name || *json == name);
            found.map(|(_, json)| (*json).to_owned())
        };
        if let Some(list) = renamed(&LISTS) {
            return (list, items(value).map(of).collect());
        }
        if let Some(map) = renamed(&MAPS) {
            return (map, Json::Object(items(value).filter_map(entry).collect()));
        }
        let number = value.as_str().and_then(|it| it.parse::<i64>().ok());
        let number = number.filter(|_| NUMBERS.contains(&name.as_str()));
        (name, number.map_or_else(|| of(value), Json::from))
    });
    fields.collect()
}

fn of(value: Json) -> Json {
    match value {
        Json::Object(fields) => Json::Object(translated(fields)),
        other => other,
    }
}

/// What is under `1`, `2` and so on, in that order; an empty list is an empty text.
fn items(value: Json) -> impl Iterator<Item = Json> {
    let mut items: Vec<(u32, Json)> = match value {
        Json::Object(fields) => fields
            .into_iter()
            .filter_map(|(index, value)| Some((index.parse().ok()?, value)))
            .collect(),
        _ => Vec::new(),
    };
    items.sort_by_key(|(index, _)| *index);
    items.into_iter().map(|(_, value)| value)
}

/// `{"Name": "a", "Value": "b"}` as an entry of a map.
fn entry(mut item: Json) -> Option<(String, Json)> {
    let name = item.get("Name").or(item.get("Key"))?.as_str()?.to_owned();
    Some((name, of(item.get_mut("Value")?.take())))
}

/// What the form says elsewhere, or by another name.
fn complete(operation: &str, uri: &Uri, request: &mut Map<String, Json>) {
    if operation == "CreateQueue"
        && let Some(tags) = request.remove("Tags")
    {
        request.insert("tags".to_owned(), tags);
    }
    // Some clients, API Gateway among them, send a request to its queue. An address has a host, whichever.
    if uri.path() != "/" && !request.contains_key("QueueUrl") {
        let url = format!("http://localhost{}", uri.path());
        request.insert("QueueUrl".to_owned(), url.into());
    }
}

fn refused(error: &SqsError) -> Response {
    let status = StatusCode::from_u16(error.status()).unwrap_or(StatusCode::BAD_REQUEST);
    refusal(status, error.query_code(), &error.message)
}

fn refusal(status: StatusCode, code: &str, message: &str) -> Response {
    let body = xml::error(code, message, &request_id());
    aws::answer(status, XML, body)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_that_is_sent_to_a_queue_s_path_is_for_that_queue() {
        let uri = Uri::from_static("/000000000000/orders");
        let mut request = Map::new();
        complete("SendMessage", &uri, &mut request);
        assert_eq!(request["QueueUrl"], "http://localhost/000000000000/orders");
    }

    #[test]
    fn forms_become_the_json_of_their_operation() {
        let form = b"SendMessageBatchRequestEntry.2.Id=b&SendMessageBatchRequestEntry.1.Id=a\
            &SendMessageBatchRequestEntry.1.DelaySeconds=3\
            &SendMessageBatchRequestEntry.1.MessageAttribute.1.Name=kind\
            &SendMessageBatchRequestEntry.1.MessageAttribute.1.Value.DataType=String\
            &Attribute.1.Name=DelaySeconds&Attribute.1.Value=5&AttributeNames=";
        let expected = serde_json::json!({
            "Entries": [
                {
                    "Id": "a",
                    "DelaySeconds": 3,
                    "MessageAttributes": { "kind": { "DataType": "String" } },
                },
                { "Id": "b" },
            ],
            "Attributes": { "DelaySeconds": "5" },
            "AttributeNames": [],
        });
        assert_eq!(Json::Object(translated(nested(form))), expected);
    }
}
