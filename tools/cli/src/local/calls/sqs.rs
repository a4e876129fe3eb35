//! What a request to SQS calls.

use serde_json::Value as Json;

use super::Call;
use crate::template::{ACCOUNT, REGION};

/// By the JSON protocol.
pub(super) fn calls(operation: &str, body: &[u8]) -> Vec<Call> {
    let body: Json = serde_json::from_slice(body).unwrap_or_default();
    vec![call(operation, body["QueueUrl"].as_str())]
}

/// By the older one.
pub(super) fn query_calls(body: &[u8]) -> Vec<Call> {
    let value = |wanted: &str| {
        let mut pairs = form_urlencoded::parse(body);
        pairs.find(|(name, _)| name == wanted).map(|(_, it)| it)
    };
    let (operation, url) = (value("Action").unwrap_or_default(), value("QueueUrl"));
    vec![call(&operation, url.as_deref())]
}

/// A batch needs the permission of what is in it.
fn call(operation: &str, queue_url: Option<&str>) -> Call {
    let action = operation.strip_suffix("Batch").unwrap_or(operation);
    let name = queue_url.and_then(|url| url.rsplit('/').next());
    let resource = match name {
        Some(name) => format!("arn:aws:sqs:{REGION}:{ACCOUNT}:{name}"),
        None => "*".to_owned(),
    };
    Call::new(format!("sqs:{action}"), resource)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_batch_is_its_entries_action_on_the_queue_of_the_url() {
        let send = Call::new("sqs:SendMessage", "arn:aws:sqs:us-east-1:000000000000:q");
        let json = br#"{"QueueUrl": "http://127.0.0.1:1/000000000000/q", "Entries": []}"#;
        assert_eq!(calls("SendMessageBatch", json), [send.clone()]);
        let form = b"QueueUrl=http%3A%2F%2F127.0.0.1%2F000000000000%2Fq&Action=SendMessage";
        assert_eq!(query_calls(form), [send]);
        assert_eq!(
            calls("ListQueues", b"{}"),
            [Call::new("sqs:ListQueues", "*")]
        );
    }
}
