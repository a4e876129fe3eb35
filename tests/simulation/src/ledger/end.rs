//! What must hold at the end.

use lambda_queue::idempotency::record::{Record, Status};
use rustc_hash::FxHashSet;

use super::{Ledger, Promise};
use crate::scenario::Effects;

impl Ledger {
    /// Whether each message that was sent is completed, dead-lettered and still there, or in the
    /// queue.
    pub(crate) fn check_messages(&mut self, in_queue: &FxHashSet<u32>, dead: &FxHashSet<u32>) {
        for n in 0..self.messages.len() as u32 {
            let state = &self.messages[n as usize];
            if !state.sent || in_queue.contains(&n) || dead.contains(&n) {
                continue;
            }
            let (key, text) = (state.planned.order.key, state.planned.order.text);
            let recorded = &self.keys[key as usize].recorded;
            if recorded.as_ref().is_none_or(|(_, of)| *of != text) {
                let what = format!("message {n} has no result, and is in neither queue");
                self.violate(Promise::NothingLost, key, what);
            }
        }
    }

    /// Whether a key's record says what was recorded, and its effects are as many.
    pub(crate) fn check_record(&mut self, key: u32, record: &Record) {
        let state = &self.keys[key as usize];
        let recorded = state.recorded.as_ref().map(|(owner, _)| owner);
        let stored = record
            .owner
            .as_ref()
            .filter(|_| record.status == Status::Completed);
        if recorded != stored {
            let what = format!(
                "its record is {:?}, which is not what was recorded",
                record.status
            );
            self.violate(Promise::OneResult, key, what);
        }
        let state = &self.keys[key as usize];
        let transactional = self.scenario.effects == Effects::Transactional;
        let wanted = u32::from(state.recorded.is_some());
        if transactional && state.committed != wanted {
            let what = format!(
                "made {} times, and recorded {wanted} times",
                state.committed
            );
            self.violate(Promise::CommittedOnce, key, what);
        }
    }

    /// The queue did not become empty.
    pub(crate) fn stuck(&mut self, left: usize) {
        let what = format!("{left} messages are left in the queue long after the last fault");
        self.violate(Promise::Drained, 0, what);
    }
}
