//! What a delivery costs in queue and mapping together: a message sent, received by a poll, handed
//! to a function that succeeds at once, and deleted.
//!
//! `cargo bench --package lambda-queue-simulator --bench together`; the items per second are
//! deliveries.

#![allow(clippy::unwrap_used, reason = "a benchmark")]

use std::collections::VecDeque;
use std::sync::Arc;

use divan::Bencher;
use divan::counter::ItemsCount;
use lambda_queue_simulator::mapping::{
    Action, EventSourceMapping, FunctionFacts, InvocationResult, MappingConfig, MessageRef,
    QueueFacts, ReceivedMessage,
};
use lambda_queue_simulator::sqs::{Sqs, api};

const MESSAGES: u64 = 10_000;
const GROUPS: u64 = 100;

fn main() {
    divan::main();
}

#[divan::bench(args = ["orders", "orders.fifo"])]
fn deliver(bencher: Bencher<'_, '_>, queue: &str) {
    bencher
        .counter(ItemsCount::new(MESSAGES))
        .with_inputs(|| World::new(queue))
        .bench_local_values(|mut world| {
            world.send_all();
            world.deliver_all();
            world
        });
}

struct World {
    sqs: Sqs,
    queue_url: Arc<str>,
    is_fifo: bool,
    mapping: EventSourceMapping,
    now: u64,
}

impl World {
    fn new(queue: &str) -> Self {
        let is_fifo = queue.ends_with(".fifo");
        let mut sqs = Sqs::new("us-east-1", "123456789012", "http://127.0.0.1:4566", 1);
        let mut create = api::CreateQueueRequest {
            queue_name: queue.into(),
            ..Default::default()
        };
        if is_fifo {
            create.attributes.insert("FifoQueue".into(), "true".into());
        }
        let facts = QueueFacts {
            arn: format!("arn:aws:sqs:us-east-1:123456789012:{queue}"),
            visibility_timeout_seconds: 30,
        };
        let function = FunctionFacts {
            timeout_seconds: 30,
            reserved_concurrency: None,
        };
        let config = MappingConfig::default();
        Self {
            queue_url: sqs.create_queue(&create, 0).unwrap().queue_url,
            sqs,
            is_fifo,
            mapping: EventSourceMapping::create(config, facts, function, 1).unwrap(),
            now: 0,
        }
    }

    fn send_all(&mut self) {
        let body: Arc<str> = r#"{"order": 42, "total": 1299}"#.into();
        for number in 0..MESSAGES {
            let of_fifo = |text: u64| self.is_fifo.then(|| text.to_string().into());
            let send = api::SendMessageRequest {
                queue_url: Arc::clone(&self.queue_url),
                message_body: Arc::clone(&body),
                message_group_id: of_fifo(number % GROUPS),
                message_deduplication_id: of_fifo(number),
                ..Default::default()
            };
            self.sqs.send_message(&send, self.now).unwrap();
        }
    }

    fn deliver_all(&mut self) {
        let mut actions = VecDeque::from(self.mapping.wake(self.now));
        while self.mapping.counters().deleted < MESSAGES {
            match actions.pop_front() {
                Some(Action::Receive {
                    poller,
                    max_messages,
                    ..
                }) => {
                    let messages = self.receive(max_messages);
                    actions.extend(self.mapping.received(poller, messages, self.now));
                }
                Some(Action::Invoke { id, .. }) => {
                    let success = InvocationResult::Response(b"null".to_vec());
                    actions.extend(self.mapping.invocation_finished(id, success, self.now));
                }
                Some(Action::Delete { entries, .. }) => self.delete(&entries),
                Some(_) => {}
                None => {
                    self.now = self.mapping.next_wakeup(self.now).unwrap();
                    actions = self.mapping.wake(self.now).into();
                }
            }
        }
        // What was deleted last is still to be carried out.
        for action in actions {
            if let Action::Delete { entries, .. } = action {
                self.delete(&entries);
            }
        }
        assert!(self.receive(10).is_empty());
    }

    fn receive(&mut self, max_messages: u32) -> Vec<ReceivedMessage> {
        let receive = api::ReceiveMessageRequest {
            queue_url: Arc::clone(&self.queue_url),
            max_number_of_messages: Some(max_messages.into()),
            message_system_attribute_names: vec!["All".to_owned()],
            ..Default::default()
        };
        let received = self.sqs.receive_message(&receive, self.now).unwrap();
        let messages = received.messages.into_iter();
        let record = |it: api::Message| ReceivedMessage {
            message_id: it.message_id.as_ref().to_owned(),
            receipt_handle: it.receipt_handle,
            body: it.body.as_ref().to_owned(),
            attributes: it.attributes,
            md5_of_body: it.md5_of_body.as_ref().to_owned(),
            ..ReceivedMessage::default()
        };
        messages.map(record).collect()
    }

    fn delete(&mut self, entries: &[MessageRef]) {
        let entries = entries.iter().enumerate();
        let delete = api::DeleteMessageBatchRequest {
            queue_url: Arc::clone(&self.queue_url),
            entries: entries
                .map(|(index, it)| api::DeleteMessageBatchRequestEntry {
                    id: index.to_string(),
                    receipt_handle: it.receipt_handle.clone(),
                })
                .collect(),
        };
        let deleted = self.sqs.delete_message_batch(&delete, self.now).unwrap();
        assert!(deleted.failed.is_empty());
    }
}
