//! What a FIFO queue remembers for 5 minutes: deduplication ids and receive attempts.

use std::collections::VecDeque;
use std::sync::Arc;

use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::handle::Receipt;

/// "Deduplication interval" and the life of a `ReceiveRequestAttemptId`.
const INTERVAL_MS: u64 = 5 * 60 * 1_000;

/// A map whose entries end 5 minutes after they were made.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Recent<V> {
    entries: FxHashMap<Arc<str>, (u64, V)>,
    /// In the order they were made, to forget them without a scan.
    order: VecDeque<(u64, Arc<str>)>,
}

impl<V> Default for Recent<V> {
    fn default() -> Self {
        Self {
            entries: FxHashMap::default(),
            order: VecDeque::new(),
        }
    }
}

impl<V> Recent<V> {
    pub(super) fn get(&mut self, key: &str, now_ms: u64) -> Option<&V> {
        self.forget(now_ms);
        self.entries.get(key).map(|(_, value)| value)
    }

    pub(super) fn put(&mut self, key: Arc<str>, value: V, now_ms: u64) {
        self.order.push_back((now_ms, Arc::clone(&key)));
        self.entries.insert(key, (now_ms, value));
    }

    fn forget(&mut self, now_ms: u64) {
        while let Some((made, key)) = self.order.front()
            && made + INTERVAL_MS <= now_ms
        {
            // A key made again since then has a later entry of its own.
            if self
                .entries
                .get(key)
                .is_some_and(|(latest, _)| latest == made)
            {
                self.entries.remove(key);
            }
            self.order.pop_front();
        }
    }
}

/// What a duplicate is answered with.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Original {
    pub(super) message_id: Arc<str>,
    pub(super) serial: u64,
}

pub(super) type Deduplication = Recent<Original>;

/// What a repeated receive returns: receipts and until when they were given.
pub(super) type Attempts = Recent<Vec<(Receipt, u64)>>;

/// An id within its group, where deduplication is per group: neither may have spaces in it.
pub(super) fn in_group(id: &str, group: &str) -> Arc<str> {
    format!("{group} {id}").into()
}

/// The id of a message that was sent without one: SHA-256 of the body, without attributes.
pub(super) fn content_id(body: &str) -> Arc<str> {
    hex::encode(Sha256::digest(body)).into()
}
