//! Which message of a standard queue comes next.

use std::collections::BTreeMap;

/// Visible messages in their order of arrival, which is SQS's best effort.
#[derive(Debug, Default)]
pub(super) struct StandardLine {
    visible: BTreeMap<u64, usize>,
}

impl StandardLine {
    pub(super) fn set(&mut self, serial: u64, key: usize, visible: bool) {
        if visible {
            self.visible.insert(serial, key);
        } else {
            self.visible.remove(&serial);
        }
    }

    pub(super) fn first(&self) -> Option<usize> {
        self.visible.first_key_value().map(|(_, &key)| key)
    }

    /// Any visible message: the one after a random point of the order.
    pub(super) fn any(&self, rng: &mut fastrand::Rng) -> Option<usize> {
        let (&first, _) = self.visible.first_key_value()?;
        let (&last, _) = self.visible.last_key_value()?;
        self.visible
            .range(rng.u64(first..=last)..)
            .next()
            .map(|(_, &key)| key)
    }
}
