//! Queues in a folder, and what clients do to them.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use lambda_queue_simulator::sqs::Delivery;
use lambda_queue_simulator::sqs::api::{
    DeleteMessageByIdRequest, Message, ReceiveMessageRequest, RedriveMessageRequest,
};
use serde_json::{Value as Json, json};
use tempfile::TempDir;

use super::super::super::empty;
use super::super::super::operation::{Advance, Api, Deliver};
use super::super::super::receive::{Look, Receive};
use super::super::*;

pub(super) const URL: &str = "http://127.0.0.1:1";
pub(super) const START_MS: u64 = 1_700_000_000_000;

/// Queues in a folder of their own, at a time of their own.
pub(super) struct Kept {
    pub(super) data: TempDir,
    pub(super) sqs: Sqs,
    pub(super) store: Store,
    pub(super) now_ms: u64,
    /// How long the journal was after each operation, and what the queues were like.
    pub(super) answered: Vec<(u64, Json)>,
}

impl Kept {
    pub(super) fn new() -> Self {
        let data = tempfile::tempdir().unwrap();
        let mut folder = Folder::open(data.path()).unwrap();
        assert!(folder.restore(URL).unwrap().is_none());
        let sqs = empty(URL);
        let store = Store::begin(folder, &sqs).unwrap();
        let mut kept = Self {
            data,
            sqs,
            store,
            now_ms: START_MS,
            answered: Vec::new(),
        };
        for suffix in ["", ".fifo"] {
            let arn = format!("arn:aws:sqs:us-east-1:000000000000:dead{suffix}");
            let policy = json!({"deadLetterTargetArn": arn, "maxReceiveCount": 1}).to_string();
            let mut attributes = json!({});
            if !suffix.is_empty() {
                attributes["FifoQueue"] = "true".into();
            }
            let name = format!("dead{suffix}");
            kept.call(
                "CreateQueue",
                json!({"QueueName": name, "Attributes": attributes}),
            );
            attributes["RedrivePolicy"] = policy.into();
            let name = format!("jobs{suffix}");
            kept.call(
                "CreateQueue",
                json!({"QueueName": name, "Attributes": attributes}),
            );
        }
        kept
    }

    pub(super) fn run<O: Operation>(&mut self, operation: &O) -> Result<O::Answer, SqsError> {
        let answer = self.store.run(&mut self.sqs, operation, self.now_ms);
        self.answered
            .push((self.store.journal.bytes, state(&self.sqs)));
        answer
    }

    pub(super) fn call(&mut self, operation: &str, body: Json) -> Json {
        // As somebody might write it.
        let body = serde_json::to_string_pretty(&body).unwrap();
        let body = body.as_bytes();
        let api = Api { operation, body };
        self.run(&api).unwrap_or_default()
    }

    pub(super) fn receive(&mut self, queue: &str) -> Vec<Message> {
        let request = ReceiveMessageRequest {
            queue_url: queue.into(),
            max_number_of_messages: Some(3),
            wait_time_seconds: Some(1),
            ..ReceiveMessageRequest::default()
        };
        let receive = Receive::first(&request);
        match self.run(&receive) {
            Ok(Look::Found(received)) => received.messages,
            _ => Vec::new(),
        }
    }

    pub(super) fn file(&self, name: &str) -> PathBuf {
        self.data.path().join("queues").join(name)
    }

    /// Something that clients do, most of it on the messages that were received before.
    pub(super) fn something(&mut self, random: &mut fastrand::Rng, held: &mut Vec<Json>) {
        self.now_ms += random.choice([0, 1, 1_000, 20_000]).unwrap_or_default();
        let fifo = if random.bool() { ".fifo" } else { "" };
        let jobs = format!("jobs{fifo}");
        let dead = format!("arn:aws:sqs:us-east-1:000000000000:dead{fifo}");
        let queue = if random.u8(..4) == 0 {
            format!("dead{fifo}")
        } else {
            jobs.clone()
        };
        match random.u8(..12) {
            0..3 => {
                let mut body = json!({"QueueUrl": jobs, "MessageBody": "two\nlines"});
                if !fifo.is_empty() {
                    body["MessageGroupId"] = random.u8(..2).to_string().into();
                    body["MessageDeduplicationId"] = random.u8(..20).to_string().into();
                }
                self.call("SendMessage", body);
            }
            3..6 => {
                let messages = self.receive(&queue).into_iter();
                held.extend(
                    messages
                        .map(|it| json!({"QueueUrl": queue, "ReceiptHandle": it.receipt_handle})),
                );
            }
            6..8 => {
                if let Some(body) = held.pop() {
                    self.call("DeleteMessage", body);
                }
            }
            8 => {
                let rate = random.u8(1..3);
                let body = json!({"SourceArn": dead, "MaxNumberOfMessagesPerSecond": rate});
                self.call("StartMessageMoveTask", body);
            }
            9 => drop(self.run(&Advance)),
            10 => self.by_hand(&format!("dead{fifo}")),
            _ => {
                let chaos = Delivery::default().with_duplicate(random.f64());
                let deliver = Deliver(chaos.with_reorder(random.f64()));
                drop(self.run(&deliver));
            }
        }
    }

    /// Redrives the first message of a queue and deletes the last.
    fn by_hand(&mut self, queue: &str) {
        drop(self.run(&Advance));
        let found = self.sqs.snapshot(queue, self.now_ms).unwrap().messages;
        let (Some(first), Some(last)) = (found.first(), found.last()) else {
            return;
        };
        let redrive = RedriveMessageRequest {
            queue_url: queue.into(),
            message_id: Arc::clone(&first.message_id),
            destination_arn: None,
        };
        drop(self.run(&redrive));
        let delete = DeleteMessageByIdRequest {
            queue_url: queue.into(),
            message_id: Arc::clone(&last.message_id),
        };
        drop(self.run(&delete));
    }
}

pub(super) fn state(sqs: &Sqs) -> Json {
    let mut json = Vec::new();
    sqs.save(&mut json).unwrap();
    serde_json::from_slice(&json).unwrap()
}

pub(super) fn restored(data: &Path) -> Sqs {
    Folder::open(data).unwrap().restore(URL).unwrap().unwrap()
}
