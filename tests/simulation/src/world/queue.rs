//! What the world does with its queue.

use std::sync::Arc;

use lambda_queue_simulator::mapping::{MessageRef, ReceivedMessage};
use lambda_queue_simulator::sqs::TraceKind;
use lambda_queue_simulator::sqs::api::{
    DeleteMessageRequest, Message, ReceiveMessageRequest, SendMessageRequest,
};
use rustc_hash::FxHashSet;

use super::World;
use crate::fault::Fault;
use crate::order::number_in;
use crate::shared::lock;

/// How often Lambda does not get to delete a message, of ten thousand.
const DELETE_LOST: u64 = 200;

impl World {
    pub(super) fn send(&mut self, n: u32) {
        let mut ledger = self.shared.ledger();
        let planned = *ledger.planned(n);
        let fifo = self.shared.scenario.is_fifo();
        let request = SendMessageRequest {
            queue_url: Arc::clone(&self.shared.account.queue),
            message_body: planned.body().into(),
            message_group_id: fifo.then(|| planned.group.to_string().into()),
            message_deduplication_id: fifo.then(|| n.to_string().into()),
            ..SendMessageRequest::default()
        };
        let now = self.shared.now_ms();
        // The simulator refuses none of these: they are within every limit.
        if lock(&self.shared.sqs).send_message(&request, now).is_ok() {
            ledger.sent(n);
        }
    }

    pub(super) fn next_visible(&self, now: u64) -> Option<u64> {
        let mut sqs = lock(&self.shared.sqs);
        sqs.next_change_ms(&self.shared.account.queue, now)
            .ok()
            .flatten()
    }

    /// Answers polls as long as there are messages to receive.
    pub(super) fn serve_polls(&mut self) {
        let now = self.shared.now_ms();
        while let Some((poller, most, _)) = self.polls.front().copied()
            && self.next_visible(now).is_some_and(|it| it <= now)
        {
            let messages = self.receive(most, now);
            if messages.is_empty() {
                // What was there went to the dead-letter queue.
                continue;
            }
            self.polls.pop_front();
            let actions = self.mapping.received(poller, messages, now);
            self.act(actions);
        }
    }

    fn receive(&mut self, most: u32, now: u64) -> Vec<ReceivedMessage> {
        let names = ["ApproximateReceiveCount", "MessageGroupId", "SentTimestamp"];
        let request = ReceiveMessageRequest {
            queue_url: Arc::clone(&self.shared.account.queue),
            message_system_attribute_names: names.map(str::to_owned).into(),
            max_number_of_messages: Some(i64::from(most)),
            ..ReceiveMessageRequest::default()
        };
        let received = lock(&self.shared.sqs).receive_message(&request, now);
        let messages = received.map(|it| it.messages).unwrap_or_default();
        let messages = messages.into_iter().filter_map(|it| self.take_in(it));
        let messages = messages.collect();
        self.follow();
        messages
    }

    /// What the queue tells of its messages: which were received too often, and which twice.
    fn follow(&mut self) {
        let trace = lock(&self.shared.sqs).take_trace();
        let mut ledger = self.shared.ledger();
        for event in trace {
            let Some((n, held)) = self.ids.get_mut(&event.message_id) else {
                continue;
            };
            match event.kind {
                TraceKind::DeadLettered { .. } => ledger.dead_lettered(*n),
                TraceKind::Received { .. } if *held => ledger.strike(*n, Fault::Duplicate),
                TraceKind::Received { .. } => *held = true,
                TraceKind::Visible => *held = false,
                _ => {}
            }
        }
    }

    fn take_in(&mut self, message: Message) -> Option<ReceivedMessage> {
        let n = number_in(&message.body)?;
        let count = message.attributes.get("ApproximateReceiveCount");
        let count = count.and_then(|it| it.parse().ok()).unwrap_or_default();
        let mut ledger = self.shared.ledger();
        ledger.received(n, count);
        self.ids
            .entry(Arc::clone(&message.message_id))
            .or_insert((n, false));
        lock(&self.shared.receipts).insert(message.receipt_handle.clone(), n);
        Some(ReceivedMessage {
            message_id: message.message_id.to_string(),
            receipt_handle: message.receipt_handle,
            body: message.body.to_string(),
            attributes: message.attributes,
            ..ReceivedMessage::default()
        })
    }

    pub(super) fn delete(&mut self, entries: Vec<MessageRef>) {
        let now = self.shared.now_ms();
        self.shared.settle();
        for entry in entries {
            let n = lock(&self.shared.receipts)
                .get(&entry.receipt_handle)
                .copied();
            let Some(n) = n else { continue };
            let mut ledger = self.shared.ledger();
            ledger.deleted(n);
            let dice = self.shared.scenario.dice().of(8).of(n.into()).of(now);
            if self.shared.may(Fault::DeleteLost) && dice.happens(DELETE_LOST) {
                ledger.strike(n, Fault::DeleteLost);
                continue;
            }
            let request = DeleteMessageRequest {
                queue_url: Arc::clone(&self.shared.account.queue),
                receipt_handle: entry.receipt_handle,
            };
            // A handle that is over deletes nothing: the message comes back.
            drop(lock(&self.shared.sqs).delete_message(&request, now));
        }
    }

    /// How many messages are in the queue.
    pub(super) fn left(&mut self) -> usize {
        let now = self.shared.now_ms();
        let queues = lock(&self.shared.sqs).summaries(now);
        let queue = queues.iter().find(|it| it.url == self.shared.account.queue);
        queue.map_or(0, |it| it.visible + it.in_flight + it.delayed)
    }

    pub(super) fn numbers_in(&self, url: &str) -> FxHashSet<u32> {
        let snapshot = lock(&self.shared.sqs).snapshot(url, self.shared.now_ms());
        let messages = snapshot.map(|it| it.messages).unwrap_or_default();
        messages
            .iter()
            .filter_map(|it| number_in(&it.body))
            .collect()
    }
}
