//! Which message of a FIFO queue comes next (Developer Guide, "FIFO queue delivery logic").

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

/// Message groups and those of them that may be received from.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct FifoLine {
    groups: FxHashMap<Arc<str>, Group>,
    open: Open,
}

/// By the serial of their first message: the group that waits longest comes first.
type Open = BTreeMap<u64, Arc<str>>;

#[derive(Debug, Default, Serialize, Deserialize)]
struct Group {
    /// The serial of every message of the group, in order, and whether it is visible.
    members: VecDeque<(u64, bool)>,
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
    /// Adds a message, which comes after all others of its group.
    pub(super) fn add(&mut self, name: &Arc<str>, serial: u64, visible: bool) {
        let group = self.groups.entry(Arc::clone(name)).or_default();
        group.members.push_back((serial, visible));
        group.list(name, &mut self.open);
    }

    pub(super) fn remove(&mut self, name: &Arc<str>, serial: u64, in_flight: bool) {
        let Some(group) = self.groups.get_mut(name) else {
            return;
        };
        if let Some(index) = group.find(serial) {
            group.members.remove(index);
        }
        group.in_flight -= usize::from(in_flight);
        group.list(name, &mut self.open);
        if group.members.is_empty() {
            self.groups.remove(name);
        }
    }

    /// A message of the group is now visible or not, and in flight or not.
    pub(super) fn set(&mut self, name: &Arc<str>, serial: u64, visible: bool, in_flight: i8) {
        let Some(group) = self.groups.get_mut(name) else {
            return;
        };
        if let Some(index) = group.find(serial) {
            group.members[index].1 = visible;
        }
        group.in_flight = group.in_flight.saturating_add_signed(in_flight.into());
        group.list(name, &mut self.open);
    }

    pub(super) fn is_open(&self) -> bool {
        !self.open.is_empty()
    }

    /// The next message of this receive: as many of one group as possible, then another group.
    pub(super) fn next(&self, cursor: &mut Cursor) -> Option<u64> {
        if let Some((name, serial)) = &mut cursor.at
            && let Some(next) = self.groups.get(name).and_then(|it| it.after(*serial))
        {
            *serial = next;
            return Some(next);
        }
        let (&serial, name) = self.open.first_key_value()?;
        cursor.at = Some((Arc::clone(name), serial));
        Some(serial)
    }
}

impl Group {
    fn find(&self, serial: u64) -> Option<usize> {
        match self.members.front() {
            // Most often the one in question, as the oldest is received and deleted first.
            Some(&(first, _)) if first == serial => Some(0),
            _ => self.members.binary_search_by_key(&serial, |it| it.0).ok(),
        }
    }

    /// The message behind another one, if it is visible.
    fn after(&self, serial: u64) -> Option<u64> {
        let index = self.members.partition_point(|it| it.0 <= serial);
        let &(next, visible) = self.members.get(index)?;
        visible.then_some(next)
    }

    /// A group is open while none of its messages is in flight and the first one is visible.
    fn list(&mut self, name: &Arc<str>, open: &mut Open) {
        let now = match self.members.front() {
            Some(&(serial, true)) if self.in_flight == 0 => Some(serial),
            _ => None,
        };
        if now == self.listed {
            return;
        }
        if let Some(serial) = self.listed {
            open.remove(&serial);
        }
        if let Some(serial) = now {
            open.insert(serial, Arc::clone(name));
        }
        self.listed = now;
    }
}
