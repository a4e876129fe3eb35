//! The mapping as a whole, from the outside: inputs in, actions out.

mod batching;
mod fifo;
mod properties;
mod results;
mod scaling;
mod settings;
mod with_a_queue;

use super::*;

const ARN: &str = "arn:aws:sqs:eu-west-1:123456789012:documents";

fn queue(fifo: bool) -> QueueFacts {
    QueueFacts {
        arn: format!("{ARN}{}", if fifo { ".fifo" } else { "" }),
        visibility_timeout_seconds: 60,
    }
}

fn function() -> FunctionFacts {
    FunctionFacts {
        timeout_seconds: 10,
        reserved_concurrency: None,
    }
}

fn mapping(fifo: bool, change: impl FnOnce(&mut MappingConfig)) -> EventSourceMapping {
    let mut config = MappingConfig {
        function_response_types: vec!["ReportBatchItemFailures".into()],
        ..MappingConfig::default()
    };
    change(&mut config);
    EventSourceMapping::create(config, queue(fifo), function(), 1).unwrap()
}

fn standard(change: impl FnOnce(&mut MappingConfig)) -> EventSourceMapping {
    mapping(false, change)
}

fn fifo(change: impl FnOnce(&mut MappingConfig)) -> EventSourceMapping {
    mapping(true, change)
}

fn message(id: &str) -> ReceivedMessage {
    ReceivedMessage {
        message_id: id.into(),
        receipt_handle: format!("handle-{id}"),
        body: format!("body of {id}"),
        ..ReceivedMessage::default()
    }
}

/// The message `a1` is the first of group `a`, and so on.
fn grouped(id: &str) -> ReceivedMessage {
    let mut message = message(id);
    let group = id.chars().take(1).collect();
    message.attributes.insert("MessageGroupId".into(), group);
    message
}

fn messages(count: usize) -> Vec<ReceivedMessage> {
    (0..count).map(|n| message(&format!("m{n}"))).collect()
}

/// The polls asked for, with the number of messages each may bring.
fn polls(actions: &[Action]) -> Vec<(PollerId, u32)> {
    let poll = |action: &Action| match action {
        Action::Receive {
            poller,
            max_messages,
            ..
        } => Some((*poller, *max_messages)),
        _ => None,
    };
    actions.iter().filter_map(poll).collect()
}

/// The invocations asked for, with the ids of their messages.
fn invocations(actions: &[Action]) -> Vec<(InvocationId, Vec<String>)> {
    let invocation = |action: &Action| match action {
        Action::Invoke { id, event, .. } => Some((*id, ids_of(event))),
        _ => None,
    };
    actions.iter().filter_map(invocation).collect()
}

/// The ids of the messages of each invocation asked for.
fn batches(actions: &[Action]) -> Vec<Vec<String>> {
    let batches = invocations(actions).into_iter();
    batches.map(|(_, ids)| ids).collect()
}

fn ids_of(event: &str) -> Vec<String> {
    let event: serde_json::Value = serde_json::from_str(event).unwrap();
    let records = event["Records"].as_array().unwrap();
    records
        .iter()
        .map(|record| record["messageId"].as_str().unwrap().to_owned())
        .collect()
}

fn deleted(actions: &[Action], wanted: DeleteReason) -> Vec<&str> {
    let entries = actions.iter().filter_map(|action| match action {
        Action::Delete { entries, reason } if *reason == wanted => Some(entries),
        _ => None,
    });
    entries.flatten().map(|it| it.message_id.as_str()).collect()
}

fn returned(actions: &[Action], wanted: ReturnReason) -> Vec<&str> {
    let entries = actions.iter().filter_map(|action| match action {
        Action::Return { entries, reason } if *reason == wanted => Some(entries),
        _ => None,
    });
    entries.flatten().map(|it| it.message_id.as_str()).collect()
}

fn success() -> InvocationResult {
    InvocationResult::Response(b"null".to_vec())
}

fn failing(ids: &[&str]) -> InvocationResult {
    let items: Vec<_> = ids
        .iter()
        .map(|id| serde_json::json!({ "itemIdentifier": id }))
        .collect();
    let response = serde_json::json!({ "batchItemFailures": items });
    InvocationResult::Response(response.to_string().into_bytes())
}
