//! The simulated SQS: one queue, with its dead-letter queue.

use std::collections::BTreeMap;
use std::sync::Arc;

use lambda_queue_simulator::mapping::{MessageRef, ReceivedMessage};
use lambda_queue_simulator::sqs::api::{
    ChangeMessageVisibilityRequest, CreateQueueRequest, DeleteMessageRequest, Message,
    ReceiveMessageRequest, SendMessageRequest,
};
use lambda_queue_simulator::sqs::{QueueSnapshot, Sqs};
use rustc_hash::FxHashSet;

use super::Setup;
use crate::cost::feed::Feed;
use crate::plan::PlanError;
use crate::template::{ACCOUNT, REGION};

const QUEUE: &str = "queue";
const DEAD_LETTERS: &str = "dead-letters";

pub(super) struct Account {
    sqs: Sqs,
    url: Arc<str>,
    send: SendMessageRequest,
    receive: ReceiveMessageRequest,
    groups: Vec<Arc<str>>,
    sent: u64,
    /// Messages that are the second of two.
    duplicates: FxHashSet<Arc<str>>,
}

fn arn_of(name: &str) -> String {
    format!("arn:aws:sqs:{REGION}:{ACCOUNT}:{name}")
}

fn name(feed: &Feed, name: &str) -> String {
    format!("{name}{}", if feed.fifo { ".fifo" } else { "" })
}

impl Account {
    pub(super) fn new(setup: &Setup<'_>) -> Result<Self, PlanError> {
        let (feed, start) = (setup.feed, setup.load.span.start_ms);
        let mut sqs = Sqs::new(REGION, ACCOUNT, "http://127.0.0.1", setup.seed);
        let mut attributes = BTreeMap::new();
        if feed.fifo {
            attributes.insert("FifoQueue".to_owned(), "true".to_owned());
        }
        let dead_letters = CreateQueueRequest {
            queue_name: name(feed, DEAD_LETTERS),
            attributes: attributes.clone(),
            ..CreateQueueRequest::default()
        };
        sqs.create_queue(&dead_letters, start)
            .map_err(PlanError::Queue)?;
        let mut set = |name: &str, value: String| attributes.insert(name.to_owned(), value);
        set("VisibilityTimeout", feed.visibility_s.to_string());
        set("MessageRetentionPeriod", feed.retention_s.to_string());
        set("DelaySeconds", feed.delay_s.to_string());
        if let Some(limit) = feed.max_receive_count {
            let target = arn_of(&dead_letters.queue_name);
            let policy = serde_json::json!({
                "deadLetterTargetArn": target,
                "maxReceiveCount": limit,
            });
            set("RedrivePolicy", policy.to_string());
        }
        let queue = CreateQueueRequest {
            queue_name: name(feed, QUEUE),
            attributes,
            ..CreateQueueRequest::default()
        };
        let created = sqs.create_queue(&queue, start).map_err(PlanError::Queue)?;
        let url = created.queue_url;
        let groups = (setup.groups / u64::from(setup.share)).max(1);
        Ok(Self {
            send: SendMessageRequest {
                queue_url: Arc::clone(&url),
                message_body: "{}".into(),
                ..SendMessageRequest::default()
            },
            receive: receive(&url, feed.fifo),
            groups: (0..groups).map(|it| it.to_string().into()).collect(),
            sent: 0,
            duplicates: FxHashSet::default(),
            sqs,
            url,
        })
    }

    /// Sends a message, or two if chance has it.
    pub(super) fn send(&mut self, setup: &Setup<'_>, now: u64, rng: &mut fastrand::Rng) {
        if setup.feed.fifo {
            self.sent += 1;
            let group = rng.usize(..self.groups.len());
            self.send.message_group_id = Some(Arc::clone(&self.groups[group]));
            self.send.message_deduplication_id = Some(self.sent.to_string().into());
        }
        // The simulator refuses none of these: they are within every limit.
        drop(self.sqs.send_message(&self.send, now));
        if rng.f64() < setup.handlers.duplicate_rate
            && let Ok(second) = self.sqs.send_message(&self.send, now)
            && !setup.feed.fifo
        {
            self.duplicates.insert(second.message_id);
        }
    }

    pub(super) fn is_duplicate(&self, message_id: &str) -> bool {
        self.duplicates.contains(message_id)
    }

    pub(super) fn next_change(&mut self, now: u64) -> Option<u64> {
        self.sqs.next_change_ms(&self.url, now).ok().flatten()
    }

    /// Whether a receive would find something.
    pub(super) fn is_ready(&mut self, now: u64) -> bool {
        self.next_change(now).is_some_and(|it| it <= now)
    }

    /// Receives messages, or moves some to the dead-letter queue; nothing if the queue allows
    /// neither, because too many are in flight.
    pub(super) fn receive(&mut self, most: u32, now: u64) -> Option<Vec<ReceivedMessage>> {
        let before = self.sqs.activity(&self.url);
        self.receive.max_number_of_messages = Some(i64::from(most));
        let received = self.sqs.receive_message(&self.receive, now).ok()?;
        // A FIFO queue answers with no messages where a standard one refuses.
        let same = self.sqs.activity(&self.url) == before;
        let messages = received.messages.into_iter();
        (!same).then(|| messages.map(received_message).collect())
    }

    pub(super) fn delete(&mut self, entries: Vec<MessageRef>, now: u64) {
        for entry in entries {
            let request = DeleteMessageRequest {
                queue_url: Arc::clone(&self.url),
                receipt_handle: entry.receipt_handle,
            };
            // A handle that is over deletes nothing: the message comes back.
            drop(self.sqs.delete_message(&request, now));
        }
    }

    pub(super) fn hide(&mut self, message: &MessageRef, seconds: u64, now: u64) {
        let request = ChangeMessageVisibilityRequest {
            queue_url: Arc::clone(&self.url),
            receipt_handle: message.receipt_handle.clone(),
            visibility_timeout: i64::try_from(seconds).ok(),
        };
        // One that is visible already needs no hiding.
        drop(self.sqs.change_message_visibility(&request, now));
    }

    /// The queue as it is, without its messages.
    pub(super) fn state(&mut self, now: u64) -> Option<QueueSnapshot> {
        let mut queues = self.sqs.summaries(now).into_iter();
        queues.find(|it| it.url == self.url)
    }
}

fn receive(url: &Arc<str>, fifo: bool) -> ReceiveMessageRequest {
    let mut names = vec!["ApproximateReceiveCount".to_owned()];
    names.extend(fifo.then(|| "MessageGroupId".to_owned()));
    ReceiveMessageRequest {
        queue_url: Arc::clone(url),
        message_system_attribute_names: names,
        ..ReceiveMessageRequest::default()
    }
}

fn received_message(message: Message) -> ReceivedMessage {
    ReceivedMessage {
        message_id: message.message_id.to_string(),
        receipt_handle: message.receipt_handle,
        body: message.body.to_string(),
        attributes: message.attributes,
        ..ReceivedMessage::default()
    }
}
