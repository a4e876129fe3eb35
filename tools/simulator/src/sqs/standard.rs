//! Which message of a standard queue comes next.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

/// Visible messages in their order of arrival, which is SQS's best effort.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct StandardLine {
    visible: BTreeSet<u64>,
}

impl StandardLine {
    pub(super) fn set(&mut self, serial: u64, visible: bool) {
        if visible {
            self.visible.insert(serial);
        } else {
            self.visible.remove(&serial);
        }
    }

    pub(super) fn first(&self) -> Option<u64> {
        self.visible.first().copied()
    }

    /// Any visible message: the one after a random point of the order.
    pub(super) fn any(&self, rng: &mut fastrand::Rng) -> Option<u64> {
        let (&first, &last) = (self.visible.first()?, self.visible.last()?);
        self.visible.range(rng.u64(first..=last)..).next().copied()
    }
}
