//! One queue: its name, settings, messages and counters.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::backlog::Backlog;
use super::chaos::Delivery;
use super::dedup::{Attempts, Deduplication};
use super::message::{Content, Stored};
use super::settings::Settings;
use super::snapshot::Counters;

/// Messages in flight at once (Developer Guide, "Amazon SQS message quotas").
pub(super) const MAX_IN_FLIGHT: usize = 120_000;

#[derive(Debug)]
pub(super) struct Queue {
    /// Never given twice, so that handles of a deleted queue stay invalid.
    pub(super) id: u32,
    pub(super) name: Arc<str>,
    pub(super) arn: Arc<str>,
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
}

impl Queue {
    /// Lets time pass: what waited becomes visible, what is too old is gone.
    pub(super) fn tick(&mut self, now_ms: u64) {
        self.counters.copies_ended += self.backlog.release_due(now_ms);
        let Some(newest) = now_ms.checked_sub(self.settings.retention_s * 1_000) else {
            return;
        };
        while let Some(message) = self.backlog.remove_older(newest) {
            if message.copy_of.is_some() {
                self.counters.copies_ended += 1;
            } else {
                self.counters.expired += 1;
            }
        }
    }

    /// Takes in a message from another queue, under a new serial.
    pub(super) fn accept(&mut self, mut message: Stored, serial: u64) {
        message.arrive(serial);
        self.counters.arrived += 1;
        self.backlog.insert(message);
    }

    /// Takes in a message from another queue as a new one.
    pub(super) fn accept_anew(&mut self, content: Content, serial: u64, now_ms: u64) {
        self.counters.arrived += 1;
        self.backlog.insert(Stored::new(serial, content, now_ms));
    }

    /// When a receive may next find something: now, or when time makes a message visible.
    pub(super) fn next_change_ms(&self, now_ms: u64) -> Option<u64> {
        if self.backlog.is_ready() {
            return Some(now_ms);
        }
        self.backlog.next_due_ms().map(|due| due.max(now_ms))
    }
}
