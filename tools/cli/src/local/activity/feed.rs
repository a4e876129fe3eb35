//! The newest entries, for those who watch.

use std::collections::VecDeque;

use serde::Serialize;

use super::Entry;

/// Entries kept. Whoever reads more slowly than they come misses some, and is told how many.
const MOST: usize = 500;

#[derive(Default)]
pub(super) struct Feed {
    entries: VecDeque<Entry>,
}

/// What a reader has not seen.
#[derive(Debug, Serialize)]
pub(crate) struct News {
    /// Oldest first.
    pub(crate) entries: Vec<Entry>,
    /// How many came before these and are left out.
    pub(crate) skipped: u64,
    /// The number to ask with the next time.
    pub(crate) last: u64,
}

impl Feed {
    pub(super) fn add(&mut self, entry: Entry) {
        if self.entries.len() == MOST {
            self.entries.pop_front();
        }
        self.entries.push_back(entry);
    }

    pub(super) fn since(&self, seen: u64, last: u64, most: usize) -> News {
        let new = usize::try_from(last.saturating_sub(seen)).unwrap_or(usize::MAX);
        let taken = new.min(most).min(self.entries.len());
        let entries = self.entries.iter().skip(self.entries.len() - taken);
        News {
            entries: entries.cloned().collect(),
            skipped: (new - taken) as u64,
            last,
        }
    }
}
