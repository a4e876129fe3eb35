//! Message groups in invocations: no group is ever in two of them.

use std::collections::BTreeSet;
use std::sync::Arc;

/// The groups that running invocations hold.
#[derive(Debug, Default)]
pub(super) struct BusyGroups {
    groups: BTreeSet<Arc<str>>,
}

impl BusyGroups {
    /// Whether a message of this group must wait. Messages without a group (standard queues) never do.
    pub(super) fn blocks(&self, group: Option<&Arc<str>>) -> bool {
        group.is_some_and(|group| self.groups.contains(group))
    }

    /// Takes the groups of a batch that starts.
    pub(super) fn claim<'a>(&mut self, groups: impl Iterator<Item = &'a Arc<str>>) {
        self.groups.extend(groups.cloned());
    }

    /// Gives the groups of a batch back that is done with.
    pub(super) fn release<'a>(&mut self, groups: impl Iterator<Item = &'a Arc<str>>) {
        for group in groups {
            self.groups.remove(group);
        }
    }
}
