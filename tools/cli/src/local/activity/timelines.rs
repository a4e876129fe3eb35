//! The timelines of many messages, in bounded memory.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use super::timeline::Timeline;
use super::{Chain, Entry};

/// What all timelines together may take, in bytes.
const MAX_BYTES: usize = 32 * 1024 * 1024;
/// Ids that are followed from one to the next, should a message be redriven again and again.
const MAX_CHAIN: usize = 20;
/// A message's own share, beside its entries.
const OVERHEAD: usize = 200;

#[derive(Default)]
pub(super) struct Timelines {
    by_id: HashMap<Arc<str>, (Rank, Timeline)>,
    by_rank: BTreeSet<(Rank, Arc<str>)>,
    bytes: usize,
}

/// Who is forgotten first: messages that went well, and of these and of the others, the oldest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Rank {
    may_be_asked_for: bool,
    first: u64,
}

impl Timelines {
    pub(super) fn add(&mut self, entry: Entry) {
        let (id, number) = (Arc::clone(&entry.message_id), entry.number);
        let (old, timeline) = self.slot(&id, number);
        let had = timeline.bytes;
        timeline.add(entry);
        let gained = timeline.bytes - had;
        let new = Rank {
            may_be_asked_for: !timeline.went_well,
            ..*old
        };
        let old = std::mem::replace(old, new);
        let after = timeline.after.clone();
        self.bytes += gained;
        if new != old {
            self.by_rank.remove(&(old, Arc::clone(&id)));
            self.by_rank.insert((new, Arc::clone(&id)));
        }
        // Where it went is told before it arrives there.
        if let Some(after) = after {
            self.slot(&after, number).1.before = Some(id);
        }
        self.trim();
    }

    /// The message's timeline, which may begin here.
    fn slot(&mut self, id: &Arc<str>, number: u64) -> &mut (Rank, Timeline) {
        let (by_rank, bytes) = (&mut self.by_rank, &mut self.bytes);
        self.by_id.entry(Arc::clone(id)).or_insert_with(|| {
            let rank = Rank {
                may_be_asked_for: true,
                first: number,
            };
            by_rank.insert((rank, Arc::clone(id)));
            *bytes += OVERHEAD;
            (rank, Timeline::default())
        })
    }

    fn trim(&mut self) {
        while self.bytes > MAX_BYTES
            && let Some((_, id)) = self.by_rank.pop_first()
        {
            if let Some((_, timeline)) = self.by_id.remove(&id) {
                self.bytes -= timeline.bytes + OVERHEAD;
            }
        }
    }

    /// The id as it is kept, if anything is known of the message.
    pub(super) fn known(&self, id: &str) -> Option<Arc<str>> {
        self.by_id.get_key_value(id).map(|(id, _)| Arc::clone(id))
    }

    pub(super) fn reason(&self, id: &str) -> Option<Arc<str>> {
        self.by_id.get(id)?.1.reason.clone()
    }

    pub(super) fn chain(&self, id: &str) -> Option<Chain> {
        let mut id = self.known(id)?;
        for _ in 0..MAX_CHAIN {
            let before = self.by_id[&id].1.before.as_deref();
            match before.and_then(|it| self.known(it)) {
                Some(before) => id = before,
                None => break,
            }
        }
        let mut chain = Vec::new();
        for _ in 0..=2 * MAX_CHAIN {
            let timeline = &self.by_id[&id].1;
            chain.push((Arc::clone(&id), timeline.entries.clone()));
            match timeline.after.as_deref().and_then(|it| self.known(it)) {
                Some(after) => id = after,
                None => break,
            }
        }
        Some(chain)
    }
}
