//! One queue: its name, settings, messages and counters.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::backlog::Backlog;
use super::chaos::Delivery;
use super::dedup::{Attempts, Deduplication};
use super::message::{Content, State, Stored};
use super::settings::Settings;
use super::snapshot::Counters;
use super::trace::{Trace, TraceKind};

/// Messages in flight at once (Developer Guide, "Amazon SQS message quotas").
pub(super) const MAX_IN_FLIGHT: usize = 120_000;

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Queue {
    /// Never given twice, so that handles of a deleted queue stay invalid.
    pub(super) id: u32,
    pub(super) name: Arc<str>,
    pub(super) arn: Arc<str>,
    #[serde(skip)]
    pub(super) url: Arc<str>,
    pub(super) fifo: bool,
    pub(super) settings: Settings,
    pub(super) tags: BTreeMap<String, String>,
    pub(super) created_ms: u64,
    pub(super) modified_ms: u64,
    pub(super) purged_ms: Option<u64>,
    pub(super) backlog: Backlog,
    pub(super) dedup: Deduplication,
    pub(super) attempts: Attempts,
    pub(super) delivery: Delivery,
    pub(super) counters: Counters,
    #[serde(skip)]
    pub(super) trace: Trace,
}

impl Queue {
    /// Lets time pass: what waited becomes visible, what is too old is gone.
    pub(super) fn tick(&mut self, now_ms: u64) {
        while let Some((until_ms, serial)) = self.backlog.due(now_ms) {
            self.release(serial, until_ms);
        }
        let Some(newest) = now_ms.checked_sub(self.settings.retention_s * 1_000) else {
            return;
        };
        while let Some(message) = self.backlog.remove_older(newest) {
            if message.copy_of.is_some() {
                self.counters.copies_ended += 1;
            } else {
                self.counters.expired += 1;
                self.note(now_ms, &message.content.id, TraceKind::Expired);
            }
        }
    }

    /// All messages but the copies that chaos made.
    pub(super) fn originals(&self) -> impl Iterator<Item = &Stored> {
        let messages = self.backlog.iter();
        messages.filter(|message| message.copy_of.is_none())
    }

    /// A delay or a visibility timeout is over. Copies are delivered once, so theirs end here.
    fn release(&mut self, serial: u64, at_ms: u64) {
        let Some(message) = self.backlog.get(serial) else {
            return;
        };
        if message.copy_of.is_some() {
            self.backlog.remove(serial);
            self.counters.copies_ended += 1;
        } else {
            self.note(at_ms, &message.content.id, TraceKind::Visible);
            self.backlog.set_state(serial, State::Visible);
        }
    }

    /// Takes in a message from another queue, under a new serial.
    pub(super) fn accept(&mut self, mut message: Stored, serial: u64, from: &Arc<str>, now: u64) {
        message.arrive(serial);
        self.arrived(&message.content.id, from, now);
        self.backlog.insert(message);
    }

    /// Takes in a message from another queue as a new one.
    pub(super) fn accept_anew(
        &mut self,
        content: Content,
        serial: u64,
        from: &Arc<str>,
        now_ms: u64,
    ) {
        self.arrived(&content.id, from, now_ms);
        self.backlog.insert(Stored::new(serial, content, now_ms));
    }

    fn arrived(&mut self, id: &Arc<str>, from: &Arc<str>, now_ms: u64) {
        let from = Arc::clone(from);
        self.counters.arrived += 1;
        self.note(now_ms, id, TraceKind::Arrived { from });
    }

    pub(super) fn note(&self, at_ms: u64, id: &Arc<str>, kind: TraceKind) {
        self.trace.note(&self.name, at_ms, id, kind);
    }

    /// When a receive may next find something: now, or when time makes a message visible.
    pub(super) fn next_change_ms(&self, now_ms: u64) -> Option<u64> {
        if self.backlog.is_ready() {
            return Some(now_ms);
        }
        self.backlog.next_due_ms().map(|due| due.max(now_ms))
    }
}
