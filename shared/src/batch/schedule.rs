use std::collections::{HashMap, VecDeque};

use rustc_hash::FxHashMap;

use crate::Message;

/// Which message may start next: all of them side by side on a standard queue; on a FIFO queue the
/// first of each group, and the next only once the one before it is settled.
#[derive(Debug)]
pub(super) struct Schedule {
    ready: VecDeque<usize>,
    /// The message that comes after this one in its group.
    next: FxHashMap<usize, usize>,
}

impl Schedule {
    pub(super) fn new<'a>(messages: impl ExactSizeIterator<Item = &'a Message>) -> Self {
        let mut next = FxHashMap::default();
        let mut ready = VecDeque::with_capacity(messages.len());
        let mut last_of_group: HashMap<(&str, &str), usize> = HashMap::new();
        for (index, message) in messages.enumerate() {
            let before = message
                .is_fifo()
                .then(|| last_of_group.insert(group_of(message), index))
                .flatten();
            match before {
                Some(before) => _ = next.insert(before, index),
                None => ready.push_back(index),
            }
        }
        Self { ready, next }
    }

    /// Takes the next message that may start.
    pub(super) fn pop(&mut self) -> Option<usize> {
        self.ready.pop_front()
    }

    /// Whether a message may start now.
    pub(super) fn has_ready(&self) -> bool {
        !self.ready.is_empty()
    }

    /// The message's effects are recorded: its group goes on.
    pub(super) fn succeeded(&mut self, index: usize) {
        if let Some(next) = self.next.remove(&index) {
            // In front, so that a group once begun is finished before another is started: fewer
            // groups are left half done at the deadline.
            self.ready.push_front(next);
        }
    }

    /// The message failed: returns the rest of its group, which must not run.
    pub(super) fn failed(&mut self, index: usize) -> Vec<usize> {
        let mut rest = Vec::new();
        let mut at = index;
        while let Some(next) = self.next.remove(&at) {
            rest.push(next);
            at = next;
        }
        rest
    }
}

/// A message of a FIFO queue without a group (which SQS does not allow) joins one nameless group.
fn group_of(message: &Message) -> (&str, &str) {
    (message.queue_arn(), message.group_id().unwrap_or_default())
}
