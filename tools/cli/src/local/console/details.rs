//! One queue with its messages, and one message with its timeline.

use axum::extract::{Path, State as Given};
use axum::http::Uri;
use axum::response::Response;
use lambda_queue_simulator::sqs::{MessageSnapshot, Sqs};
use serde_json::{Value as Json, json};

use super::Seen;
use super::answers::{Refusal, shown};
use super::messages::Message;
use crate::local::clock::epoch_ms;

/// Messages of a queue that are listed, unless the page asks for another number.
const LISTED: usize = 200;
/// Most that it may ask for.
const MOST: usize = 1_000;

pub(super) async fn queue(
    Given(seen): Given<Seen>,
    Path(name): Path<String>,
    uri: Uri,
) -> Result<Response, Refusal> {
    let mut fields = uri.query().unwrap_or_default().split('&');
    let limit = fields.find_map(|it| it.strip_prefix("limit=")?.parse().ok());
    let limit = limit.unwrap_or(LISTED).min(MOST);
    let queues = seen.queues();
    let (snapshot, attributes) = queues.with(|sqs, now_ms| {
        let snapshot = sqs.snapshot(&name, now_ms)?;
        Ok::<_, Refusal>((snapshot, attributes(sqs, &name, now_ms)?))
    })?;
    let count = snapshot.messages.len();
    let listed = snapshot.messages.iter().take(limit);
    let ids = listed.clone().map(|it| &*it.message_id);
    let reasons = queues.activity().reasons(ids);
    let messages = listed
        .zip(reasons)
        .map(|(it, why)| Message::excerpt(it, why));
    Ok(shown(&json!({
        "nowMs": epoch_ms(),
        "name": snapshot.name,
        "url": snapshot.url,
        "arn": snapshot.arn,
        "fifo": snapshot.fifo,
        "attributes": attributes,
        "count": count,
        "messages": messages.collect::<Vec<_>>(),
    })))
}

fn attributes(sqs: &mut Sqs, queue: &str, now_ms: u64) -> Result<Json, Refusal> {
    let request = json!({ "QueueUrl": queue, "AttributeNames": ["All"] }).to_string();
    let answer = sqs.handle("GetQueueAttributes", request.as_bytes(), now_ms)?;
    Ok(answer["Attributes"].clone())
}

pub(super) async fn message(
    Given(seen): Given<Seen>,
    Path(id): Path<String>,
) -> Result<Response, Refusal> {
    let queues = seen.queues();
    let chain = queues.activity().chain(&id).unwrap_or_default();
    // Its last entry tells where it is; a message nothing is known of can be anywhere.
    let last = chain.last();
    let last = last.and_then(|(id, entries)| Some((&**id, &*entries.last()?.queue)));
    let found = queues.with(|sqs, now_ms| match last {
        Some((id, queue)) => find(sqs, queue, id, now_ms),
        None => {
            let all = sqs.summaries(now_ms).into_iter();
            all.map(|it| it.name)
                .find_map(|queue| find(sqs, &queue, &id, now_ms))
        }
    });
    if chain.is_empty() && found.is_none() {
        let error = format!("no queue has a message {id}, and nothing is remembered of one");
        return Err(Refusal::not_found(error));
    }
    let message = found.map(|(queue, it)| {
        let reason = queues.activity().reasons([&*it.message_id].into_iter());
        let reason = reason.into_iter().next().flatten();
        json!({ "queue": queue, "message": Message::whole(&it, reason) })
    });
    let chain = chain
        .into_iter()
        .map(|(id, entries)| json!({ "id": id, "entries": entries }));
    Ok(shown(&json!({
        "nowMs": epoch_ms(),
        "now": message,
        "chain": chain.collect::<Vec<_>>(),
    })))
}

/// A message and the name of its queue.
fn find(sqs: &mut Sqs, queue: &str, id: &str, now_ms: u64) -> Option<(String, MessageSnapshot)> {
    let messages = sqs.snapshot(queue, now_ms).ok()?.messages.into_iter();
    let mut messages = messages.filter(|it| &*it.message_id == id);
    Some((queue.to_owned(), messages.next()?))
}
