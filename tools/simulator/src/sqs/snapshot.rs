//! What consoles and tests see of a queue.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::account::Sqs;
use super::api::MessageAttributeValue;
use super::errors::SqsError;
use super::message::{State, Stored};
use super::queue::Queue;

/// What happened in a queue since it was created.
///
/// Nothing is lost: `sent + arrived` is `deleted + expired + dead_lettered + moved + purged` and
/// what is still there, copies aside.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Counters {
    /// Messages accepted from senders.
    pub sent: u64,
    /// Sends that FIFO deduplication answered with an earlier message.
    pub deduplicated: u64,
    /// Messages that came from another queue: dead-lettered there, or by a move task.
    pub arrived: u64,
    /// Deliveries; a message received three times counts three times.
    pub received: u64,
    /// Messages deleted by a receipt handle.
    pub deleted: u64,
    /// Messages that outlived the retention period.
    pub expired: u64,
    /// Messages moved to the dead-letter queue.
    pub dead_lettered: u64,
    /// Messages that a move task took away.
    pub moved: u64,
    /// Messages purged.
    pub purged: u64,
    /// Second deliveries prepared by chaos.
    pub copies: u64,
    /// Second deliveries that are over.
    pub copies_ended: u64,
}

impl Counters {
    /// What happened after `earlier`.
    #[must_use]
    pub fn since(self, earlier: Self) -> Self {
        Self {
            sent: self.sent.saturating_sub(earlier.sent),
            deduplicated: self.deduplicated.saturating_sub(earlier.deduplicated),
            arrived: self.arrived.saturating_sub(earlier.arrived),
            received: self.received.saturating_sub(earlier.received),
            deleted: self.deleted.saturating_sub(earlier.deleted),
            expired: self.expired.saturating_sub(earlier.expired),
            dead_lettered: self.dead_lettered.saturating_sub(earlier.dead_lettered),
            moved: self.moved.saturating_sub(earlier.moved),
            purged: self.purged.saturating_sub(earlier.purged),
            copies: self.copies.saturating_sub(earlier.copies),
            copies_ended: self.copies_ended.saturating_sub(earlier.copies_ended),
        }
    }
}

/// A queue and its messages at one time.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct QueueSnapshot {
    /// The queue's name.
    pub name: Arc<str>,
    /// The queue's URL.
    pub url: Arc<str>,
    /// The queue's ARN.
    pub arn: Arc<str>,
    /// Whether it is a FIFO queue.
    pub fifo: bool,
    /// The dead-letter queue's ARN, if there is a redrive policy.
    pub dead_letter_arn: Option<String>,
    /// Messages visible, by count.
    pub visible: usize,
    /// Messages in flight, by count.
    pub in_flight: usize,
    /// Messages delayed, by count.
    pub delayed: usize,
    /// When the oldest message was sent, epoch milliseconds.
    pub oldest_ms: Option<u64>,
    /// What happened so far.
    pub counters: Counters,
    /// Messages in the order they arrived, second deliveries by chaos left out.
    pub messages: Vec<MessageSnapshot>,
}

/// A message at one time.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct MessageSnapshot {
    /// The id SQS gave.
    pub message_id: Arc<str>,
    /// The body.
    pub body: Arc<str>,
    /// The message attributes.
    pub message_attributes: BTreeMap<Arc<str>, MessageAttributeValue>,
    /// The message group.
    pub group: Option<Arc<str>>,
    /// The deduplication id (FIFO).
    pub deduplication_id: Option<Arc<str>>,
    /// The queue it was dead-lettered in.
    pub dead_letter_source_arn: Option<Arc<str>>,
    /// When it was sent, epoch milliseconds.
    pub sent_ms: u64,
    /// When it was first received, epoch milliseconds.
    pub first_received_ms: Option<u64>,
    /// `ApproximateReceiveCount`.
    pub receive_count: u32,
    /// Whether it can be received.
    pub state: MessageState,
}

/// Whether a message can be received.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "state", rename_all = "camelCase")]
#[non_exhaustive]
pub enum MessageState {
    /// Now; on FIFO, once it is its group's turn.
    Visible,
    /// Not before a time.
    Delayed {
        /// Epoch milliseconds.
        until_ms: u64,
    },
    /// Someone holds it until a time.
    InFlight {
        /// Epoch milliseconds.
        until_ms: u64,
    },
}

impl Sqs {
    /// A queue and all of its messages: a copy, for consoles and tests.
    ///
    /// # Errors
    /// `QueueDoesNotExist`.
    pub fn snapshot(&mut self, queue_url: &str, now_ms: u64) -> Result<QueueSnapshot, SqsError> {
        self.run_tasks(now_ms);
        let queue = self.queue(queue_url)?;
        queue.tick(now_ms);
        let mut stored: Vec<_> = queue.originals().collect();
        stored.sort_by_key(|message| message.serial);
        let messages = stored.into_iter().map(MessageSnapshot::of).collect();
        Ok(QueueSnapshot {
            messages,
            ..queue.summary()
        })
    }

    /// Every queue without its messages, by name.
    pub fn summaries(&mut self, now_ms: u64) -> Vec<QueueSnapshot> {
        self.advance(now_ms);
        let mut all: Vec<_> = self.queues.iter().flatten().map(Queue::summary).collect();
        all.sort_by(|a, b| a.name.cmp(&b.name));
        all
    }
}

impl Queue {
    fn summary(&self) -> QueueSnapshot {
        let (in_flight, delayed) = (self.backlog.in_flight(), self.backlog.delayed());
        QueueSnapshot {
            name: Arc::clone(&self.name),
            url: Arc::clone(&self.url),
            arn: Arc::clone(&self.arn),
            fifo: self.fifo,
            dead_letter_arn: self
                .settings
                .redrive
                .as_ref()
                .map(|it| it.target_arn.clone()),
            visible: self.backlog.len() - in_flight - delayed,
            in_flight,
            delayed,
            oldest_ms: self.backlog.oldest_ms(),
            counters: self.counters,
            messages: Vec::new(),
        }
    }
}

impl MessageSnapshot {
    fn of(stored: &Stored) -> Self {
        let content = &stored.content;
        Self {
            message_id: Arc::clone(&content.id),
            body: Arc::clone(&content.body),
            message_attributes: content
                .attributes
                .as_ref()
                .map(|attributes| attributes.values.clone())
                .unwrap_or_default(),
            group: content.group.clone(),
            deduplication_id: content.dedup.clone(),
            dead_letter_source_arn: content.source_arn.clone(),
            sent_ms: stored.enqueued_ms,
            first_received_ms: stored.first_received_ms,
            receive_count: stored.receive_count,
            state: match stored.state {
                State::Visible => MessageState::Visible,
                State::Delayed(until_ms) => MessageState::Delayed { until_ms },
                State::InFlight(until_ms) => MessageState::InFlight { until_ms },
            },
        }
    }
}
