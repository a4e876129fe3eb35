//! Messages as the page is told of them.

use std::collections::BTreeMap;
use std::sync::Arc;

use lambda_queue_simulator::sqs::api::MessageAttributeValue;
use lambda_queue_simulator::sqs::{MessageSnapshot, MessageState};
use serde::Serialize;

/// Bytes of a body in a list; the message's own page shows all of it.
const EXCERPT: usize = 2_000;

/// A message in a queue.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Message {
    id: Arc<str>,
    body: String,
    body_bytes: usize,
    attributes: BTreeMap<Arc<str>, MessageAttributeValue>,
    group: Option<Arc<str>>,
    deduplication_id: Option<Arc<str>>,
    /// The name of the queue it was dead-lettered in.
    dead_lettered_in: Option<String>,
    sent_ms: u64,
    first_received_ms: Option<u64>,
    receive_count: u32,
    /// `visible`, `delayed` or `inFlight`.
    state: &'static str,
    until_ms: Option<u64>,
    /// Why it failed last.
    reason: Option<Arc<str>>,
}

impl Message {
    /// With the whole body.
    pub(super) fn whole(it: &MessageSnapshot, reason: Option<Arc<str>>) -> Self {
        let (state, until_ms) = match it.state {
            MessageState::Delayed { until_ms } => ("delayed", Some(until_ms)),
            MessageState::InFlight { until_ms } => ("inFlight", Some(until_ms)),
            _ => ("visible", None),
        };
        let source = it.dead_letter_source_arn.as_deref();
        let source = source.and_then(|arn| arn.rsplit(':').next());
        Self {
            id: Arc::clone(&it.message_id),
            body: it.body.to_string(),
            body_bytes: it.body.len(),
            attributes: it.message_attributes.clone(),
            group: it.group.clone(),
            deduplication_id: it.deduplication_id.clone(),
            dead_lettered_in: source.map(str::to_owned),
            sent_ms: it.sent_ms,
            first_received_ms: it.first_received_ms,
            receive_count: it.receive_count,
            state,
            until_ms,
            reason,
        }
    }

    /// With the beginning of the body.
    pub(super) fn excerpt(it: &MessageSnapshot, reason: Option<Arc<str>>) -> Self {
        let mut message = Self::whole(it, reason);
        let end = message.body.floor_char_boundary(EXCERPT);
        message.body.truncate(end);
        message
    }
}
