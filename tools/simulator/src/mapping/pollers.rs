//! Long polls under way.

use std::collections::BTreeMap;

use super::action::PollerId;

/// How long a poll waits for a first message: the maximum of `ReceiveMessage`.
pub(super) const LONG_POLL_MS: u64 = 20_000;

/// Most messages of a receive: `MaxNumberOfMessages`.
pub(super) const MAX_RECEIVE: usize = 10;

/// The polls under way, with the number of messages each asked for.
#[derive(Debug, Default)]
pub(super) struct Pollers {
    under_way: BTreeMap<PollerId, usize>,
    requested: usize,
    next: u64,
}

impl Pollers {
    pub(super) fn len(&self) -> usize {
        self.under_way.len()
    }

    #[cfg(test)]
    pub(super) fn ids(&self) -> impl Iterator<Item = PollerId> {
        self.under_way.keys().copied()
    }

    /// Messages that may still come from the polls under way.
    pub(super) fn requested(&self) -> usize {
        self.requested
    }

    pub(super) fn start(&mut self, max_messages: usize) -> PollerId {
        let id = PollerId(self.next);
        self.next += 1;
        self.requested += max_messages;
        self.under_way.insert(id, max_messages);
        id
    }

    pub(super) fn finish(&mut self, id: PollerId) {
        self.requested -= self.under_way.remove(&id).unwrap_or_default();
    }
}
