//! What the page's buttons do.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::{Path, Request, State as Given};
use axum::http::StatusCode;
use axum::response::Response;
use lambda_queue_simulator::sqs::api::{
    DeleteMessageByIdRequest, MessageAttributeValue, RedriveMessageRequest, SendMessageRequest,
    StartMessageMoveTaskRequest,
};
use serde::Deserialize;
use serde_json::json;

use super::Seen;
use super::answers::{Refusal, asked, shown};
use crate::local::mapping::Change;
use crate::local::queues::Queues;

/// A message from the form; what is empty there is not sent.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
struct Send {
    body: Arc<str>,
    group: Option<Arc<str>>,
    deduplication_id: Option<Arc<str>>,
    delay_seconds: Option<i64>,
    attributes: BTreeMap<Arc<str>, Arc<str>>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct OneMessage {
    message_id: Arc<str>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct OneOrAll {
    message_id: Option<Arc<str>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Nothing {}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Switch {
    enabled: bool,
}

pub(super) async fn send(
    Given(seen): Given<Seen>,
    Path(queue): Path<String>,
    request: Request,
) -> Result<Response, Refusal> {
    let form: Send = asked(request).await?;
    let attributes = form.attributes.into_iter();
    let request = SendMessageRequest {
        queue_url: queue.into(),
        message_body: form.body,
        delay_seconds: form.delay_seconds,
        message_group_id: form.group,
        message_deduplication_id: form.deduplication_id,
        message_attributes: attributes
            .map(|(name, value)| (name, MessageAttributeValue::string(value)))
            .collect(),
        ..SendMessageRequest::default()
    };
    let sent = seen.queues().run(&request)?;
    Ok(shown(&json!({ "messageId": sent.message_id })))
}

/// One message gets its new id at once; all of them are moved by a task, whose progress is part
/// of the state.
pub(super) async fn redrive(
    Given(seen): Given<Seen>,
    Path(queue): Path<String>,
    request: Request,
) -> Result<Response, Refusal> {
    let wanted: OneOrAll = asked(request).await?;
    let queues = seen.queues();
    let (source_arn, destination_arn) = way_back(queues, &queue)?;
    let Some(message_id) = wanted.message_id else {
        let request = StartMessageMoveTaskRequest {
            source_arn,
            destination_arn,
            max_number_of_messages_per_second: None,
        };
        let request = serde_json::to_vec(&request).unwrap_or_default();
        return Ok(shown(&queues.call("StartMessageMoveTask", &request).await?));
    };
    let moved = queues.run(&RedriveMessageRequest {
        queue_url: queue.into(),
        message_id,
        destination_arn,
    })?;
    Ok(shown(&json!({ "messageId": moved.message_id })))
}

/// The ARNs of a dead-letter queue and of the one queue that it serves; where it serves several,
/// each message goes to where it failed. Messages that a function dead-letters by itself do not
/// know where that was.
fn way_back(queues: &Queues, queue: &str) -> Result<(String, Option<String>), Refusal> {
    let all = queues.summaries();
    let Some(this) = all.iter().find(|it| &*it.name == queue) else {
        return Err(Refusal::not_found(format!("there is no queue {queue}")));
    };
    let mut sources = all
        .iter()
        .filter(|it| it.dead_letter_arn.as_deref() == Some(&*this.arn));
    let only = match (sources.next(), sources.next()) {
        (Some(only), None) => Some(only.arn.to_string()),
        _ => None,
    };
    Ok((this.arn.to_string(), only))
}

pub(super) async fn delete(
    Given(seen): Given<Seen>,
    Path(queue): Path<String>,
    request: Request,
) -> Result<Response, Refusal> {
    let wanted: OneMessage = asked(request).await?;
    seen.queues().run(&DeleteMessageByIdRequest {
        queue_url: queue.into(),
        message_id: wanted.message_id,
    })?;
    Ok(shown(&json!({})))
}

pub(super) async fn purge(
    Given(seen): Given<Seen>,
    Path(queue): Path<String>,
    request: Request,
) -> Result<Response, Refusal> {
    let Nothing {} = asked(request).await?;
    let body = json!({ "QueueUrl": queue }).to_string();
    seen.queues().call("PurgeQueue", body.as_bytes()).await?;
    Ok(shown(&json!({})))
}

pub(super) async fn switch(
    Given(seen): Given<Seen>,
    Path(uuid): Path<String>,
    request: Request,
) -> Result<Response, Refusal> {
    let Switch { enabled } = asked(request).await?;
    let mappings = &seen.watched.running.mappings;
    match mappings.change(&uuid, Change::Enabled(enabled)).await {
        Some(Ok(state)) => Ok(shown(&json!({ "enabled": state.enabled }))),
        Some(Err(error)) => Err(Refusal::new(StatusCode::BAD_REQUEST, error.to_string())),
        None => Err(Refusal::not_found("there is no such event source mapping")),
    }
}
