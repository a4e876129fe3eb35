//! Which of the received messages are dealt with, and which are only hidden meanwhile.

use std::collections::HashSet;

use super::letter::Letter;
use super::selection::Selection;
use super::walk::Received;

/// The selected messages, up to a limit.
pub(super) struct Pick {
    selection: Selection,
    limit: usize,
    taken: usize,
    /// Whether nothing may overtake a message of its group that is not picked.
    in_order: bool,
    stopped: HashSet<String>,
    /// Selected messages behind one of their group that stays.
    pub(super) held_back: usize,
}

impl Pick {
    pub(super) fn new(selection: Selection, limit: Option<usize>, in_order: bool) -> Self {
        Self {
            selection,
            limit: limit.unwrap_or(usize::MAX),
            taken: 0,
            in_order,
            stopped: HashSet::new(),
            held_back: 0,
        }
    }

    /// Whether as many were picked as asked for.
    pub(super) fn is_full(&self) -> bool {
        self.taken >= self.limit || self.has_all_ids()
    }

    /// No more messages than ids can be meant.
    fn has_all_ids(&self) -> bool {
        self.selection.ids().is_some() && self.missing_ids() == 0
    }

    /// How many of the ids that were asked for were not found.
    pub(super) fn missing_ids(&self) -> usize {
        // At the limit, nobody looked for the others.
        let ids = self.selection.ids().filter(|_| self.taken < self.limit);
        ids.map_or(0, HashSet::len)
            .saturating_sub(self.taken + self.held_back)
    }

    /// Splits messages into those to deal with and those that stay.
    pub(super) fn split(
        &mut self,
        received: Vec<Received>,
        stays: impl Fn(&Letter) -> bool,
    ) -> (Vec<Received>, Vec<Received>) {
        received
            .into_iter()
            .partition(|it| self.takes(&it.letter, &stays))
    }

    fn takes(&mut self, letter: &Letter, stays: &impl Fn(&Letter) -> bool) -> bool {
        let wanted = !self.is_full() && self.selection.matches(letter) && !stays(letter);
        let group = letter.group.as_ref().filter(|_| self.in_order);
        if wanted && group.is_some_and(|it| self.stopped.contains(it)) {
            self.held_back += 1;
            return false;
        }
        if wanted {
            self.taken += 1;
        } else if let Some(group) = group {
            self.stopped.insert(group.clone());
        }
        wanted
    }

    /// A message that was picked stays nevertheless, and so does what is behind it.
    pub(super) fn stop(&mut self, letter: &Letter) {
        if let Some(group) = letter.group.as_ref().filter(|_| self.in_order) {
            self.stopped.insert(group.clone());
        }
    }
}
