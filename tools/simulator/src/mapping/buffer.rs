//! Messages received and not yet in an invocation, and when they make a batch.
//!
//! A mapping's pollers fill one buffer. Whether Lambda keeps one for each poller is not documented.

use std::collections::{BTreeSet, VecDeque};
use std::sync::Arc;

use super::action::MessageRef;
use super::event::PayloadSize;
use super::fifo::BusyGroups;
use super::pollers::LONG_POLL_MS;

/// A message the mapping holds.
#[derive(Debug, Clone)]
pub(super) struct Held {
    pub(super) message: MessageRef,
    /// The message group on a FIFO queue, nothing on a standard one.
    pub(super) group: Option<Arc<str>>,
    /// The record in JSON; emptied once it is in an event.
    pub(super) record: String,
    pub(super) received_at: u64,
    /// Whether nothing had come for a while, and its window is therefore a long one.
    pub(super) after_silence: bool,
    /// When its visibility timeout ends.
    pub(super) visible_at: u64,
}

/// When a batch closes.
#[derive(Debug, Clone, Copy)]
pub(super) struct BatchLimits {
    pub(super) size: usize,
    pub(super) window_ms: u64,
}

/// The messages that wait, in the order they were received.
#[derive(Debug, Default)]
pub(super) struct Buffer {
    waiting: VecDeque<Held>,
    size: PayloadSize,
}

impl Buffer {
    pub(super) fn len(&self) -> usize {
        self.waiting.len()
    }

    pub(super) fn push(&mut self, held: Held) {
        self.size = self.size.with(&held.record);
        self.waiting.push_back(held);
    }

    /// Messages that no running invocation blocks.
    pub(super) fn ready(&self, busy: &BusyGroups) -> usize {
        let blocked = |held: &&Held| held.group.is_some() && busy.blocks(held.group.as_ref());
        match self.waiting.front() {
            Some(Held { group: Some(_), .. }) => {
                self.len() - self.waiting.iter().filter(blocked).count()
            }
            _ => self.len(),
        }
    }

    /// When the window of the oldest message ends.
    ///
    /// What a full batch leaves over keeps the time it was received: its window is not restarted.
    pub(super) fn window_ends(&self, limits: BatchLimits) -> Option<u64> {
        let oldest = self.waiting.front()?;
        let window_ms = match limits.window_ms {
            0 => 0,
            window_ms if oldest.after_silence => window_ms.max(LONG_POLL_MS),
            window_ms => window_ms,
        };
        Some(oldest.received_at.saturating_add(window_ms))
    }

    /// The next batch, if one is closed: by window, size or payload, or because all are to `flush`.
    pub(super) fn take_batch(
        &mut self,
        limits: BatchLimits,
        busy: &BusyGroups,
        now: u64,
        flush: bool,
    ) -> Option<Vec<Held>> {
        let window_over = self.window_ends(limits).is_some_and(|end| end <= now);
        let closed = flush || window_over || self.len() >= limits.size || !self.size.fits();
        let batch = if closed {
            self.take(limits.size, busy)
        } else {
            Vec::new()
        };
        (!batch.is_empty()).then_some(batch)
    }

    fn take(&mut self, size: usize, busy: &BusyGroups) -> Vec<Held> {
        let mut batch = Vec::new();
        let mut payload = PayloadSize::default();
        let mut skipped = VecDeque::new();
        while batch.len() < size
            && let Some(held) = self.waiting.pop_front()
        {
            if busy.blocks(held.group.as_ref()) {
                skipped.push_back(held);
                continue;
            }
            let with = payload.with(&held.record);
            if !with.fits() {
                // Looking further for a smaller message could overtake this one in its group.
                self.waiting.push_front(held);
                break;
            }
            payload = with;
            self.size = self.size.without(&held.record);
            batch.push(held);
        }
        while let Some(held) = skipped.pop_back() {
            self.waiting.push_front(held);
        }
        batch
    }

    /// Takes out all messages of these groups.
    pub(super) fn remove_groups(&mut self, groups: &BTreeSet<Arc<str>>) -> Vec<Held> {
        let (gone, kept) = std::mem::take(&mut self.waiting)
            .into_iter()
            .partition::<Vec<_>, _>(|held| held.group.as_ref().is_some_and(|g| groups.contains(g)));
        self.waiting = kept.into();
        for held in &gone {
            self.size = self.size.without(&held.record);
        }
        gone
    }

    /// The groups in which a message's visibility timeout has ended.
    pub(super) fn expired_groups(&self, now: u64) -> BTreeSet<Arc<str>> {
        let expired = self.waiting.iter().filter(|held| held.visible_at <= now);
        expired.filter_map(|held| held.group.clone()).collect()
    }
}
