//! Which message of a FIFO queue comes next (Developer Guide, "FIFO queue delivery logic").

use std::collections::BTreeMap;
use std::sync::Arc;

use rustc_hash::FxHashMap;

/// Message groups and those of them that may be received from.
#[derive(Debug, Default)]
pub(super) struct FifoLine {
    groups: FxHashMap<Arc<str>, Group>,
    /// By the serial of their first message: the group that waits longest comes first.
    open: BTreeMap<u64, Arc<str>>,
}

#[derive(Debug, Default)]
struct Group {
    /// Every message of the group, by serial, and whether it is visible.
    members: BTreeMap<u64, (usize, bool)>,
    in_flight: usize,
    /// Its entry in `open`.
    listed: Option<u64>,
}

/// How far a receive has come: messages of one group are taken while they follow each other.
#[derive(Debug, Default)]
pub(super) struct Cursor {
    at: Option<(Arc<str>, u64)>,
}

impl FifoLine {
    pub(super) fn add(&mut self, group: &Arc<str>, serial: u64, key: usize, visible: bool) {
        let entry = self.groups.entry(Arc::clone(group)).or_default();
        entry.members.insert(serial, (key, visible));
        self.relist(group);
    }

    pub(super) fn remove(&mut self, group: &Arc<str>, serial: u64, in_flight: bool) {
        if let Some(entry) = self.groups.get_mut(group) {
            entry.members.remove(&serial);
            entry.in_flight -= usize::from(in_flight);
            self.relist(group);
            if self
                .groups
                .get(group)
                .is_some_and(|entry| entry.members.is_empty())
            {
                self.groups.remove(group);
            }
        }
    }

    /// A message of the group is now visible or not, and in flight or not.
    pub(super) fn set(&mut self, group: &Arc<str>, serial: u64, visible: bool, in_flight: i8) {
        if let Some(entry) = self.groups.get_mut(group) {
            if let Some((_, flag)) = entry.members.get_mut(&serial) {
                *flag = visible;
            }
            entry.in_flight = entry.in_flight.saturating_add_signed(in_flight.into());
            self.relist(group);
        }
    }

    /// A group is open while none of its messages is in flight and the first one is visible.
    fn relist(&mut self, group: &Arc<str>) {
        let Some(entry) = self.groups.get_mut(group) else {
            return;
        };
        let now = match entry.members.first_key_value() {
            Some((&serial, &(_, true))) if entry.in_flight == 0 => Some(serial),
            _ => None,
        };
        if now != entry.listed {
            if let Some(serial) = entry.listed {
                self.open.remove(&serial);
            }
            if let Some(serial) = now {
                self.open.insert(serial, Arc::clone(group));
            }
            entry.listed = now;
        }
    }

    pub(super) fn is_open(&self) -> bool {
        !self.open.is_empty()
    }

    /// The next message of this receive: as many of one group as possible, then another group.
    pub(super) fn next(&self, cursor: &mut Cursor) -> Option<usize> {
        let (group, serial, key) = self
            .next_in_group(cursor)
            .or_else(|| self.first_of_next_group())?;
        cursor.at = Some((group, serial));
        Some(key)
    }

    fn next_in_group(&self, cursor: &Cursor) -> Option<(Arc<str>, u64, usize)> {
        let (group, serial) = cursor.at.as_ref()?;
        let members = &self.groups.get(group)?.members;
        let (&serial, &(key, visible)) = members.range(serial + 1..).next()?;
        visible.then(|| (Arc::clone(group), serial, key))
    }

    fn first_of_next_group(&self) -> Option<(Arc<str>, u64, usize)> {
        let (&serial, group) = self.open.first_key_value()?;
        let &(key, _) = self.groups.get(group)?.members.get(&serial)?;
        Some((Arc::clone(group), serial, key))
    }
}
