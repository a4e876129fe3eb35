//! A message as a queue keeps it.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::api::MessageAttributeValue;

/// What a message is, the same wherever it moves.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Content {
    pub(super) id: Arc<str>,
    pub(super) body: Arc<str>,
    pub(super) body_md5: Arc<str>,
    /// `None` when there are none, which is the common case.
    pub(super) attributes: Option<Arc<Attributes>>,
    pub(super) trace_header: Option<Arc<str>>,
    pub(super) group: Option<Arc<str>>,
    pub(super) dedup: Option<Arc<str>>,
    /// Where it was dead-lettered.
    pub(super) source_arn: Option<Arc<str>>,
}

/// Message attributes with their MD5.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Attributes {
    pub(super) values: BTreeMap<Arc<str>, MessageAttributeValue>,
    pub(super) md5: Arc<str>,
}

/// Whether a message can be received.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum State {
    Visible,
    /// Until an epoch millisecond.
    Delayed(u64),
    /// Until an epoch millisecond.
    InFlight(u64),
}

impl State {
    /// When time alone makes the message visible.
    pub(super) fn until(self) -> Option<u64> {
        match self {
            Self::Visible => None,
            Self::Delayed(until) | Self::InFlight(until) => Some(until),
        }
    }
}

/// A message in a queue.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Stored {
    /// Its place in the account's order of arrival, by which it is known.
    pub(super) serial: u64,
    pub(super) content: Content,
    pub(super) state: State,
    /// `SentTimestamp`, from which retention counts.
    pub(super) enqueued_ms: u64,
    pub(super) first_received_ms: Option<u64>,
    /// Of the latest receive, from which the 12 hours count.
    pub(super) received_ms: u64,
    /// `ApproximateReceiveCount`: over all queues.
    pub(super) receive_count: u32,
    /// In this queue: what `maxReceiveCount` is compared with, and what tells handles apart.
    pub(super) receives_here: u32,
    /// Set on a delivery of chaos: the message it repeats. Such a copy is delivered once.
    pub(super) copy_of: Option<u64>,
}

impl Stored {
    pub(super) fn new(serial: u64, content: Content, enqueued_ms: u64) -> Self {
        Self {
            serial,
            content,
            state: State::Visible,
            enqueued_ms,
            first_received_ms: None,
            received_ms: 0,
            receive_count: 0,
            receives_here: 0,
            copy_of: None,
        }
    }

    /// Arrives in another queue, to be counted afresh there.
    pub(super) fn arrive(&mut self, serial: u64) {
        self.serial = serial;
        self.state = State::Visible;
        self.receives_here = 0;
    }
}
