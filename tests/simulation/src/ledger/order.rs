//! FIFO order.

use super::{Ledger, Promise};

impl Ledger {
    /// A message may run once all before it in its group are settled. One that was dead-lettered
    /// has lost its place: an operator may bring it back behind others.
    pub(super) fn check_order(&mut self, n: u32) {
        if !self.scenario.is_fifo() || self.messages[n as usize].dead_lettered {
            return;
        }
        let group = self.planned(n).group as usize;
        let mut settled = self.groups[group].settled;
        let before = |at: usize| self.groups[group].members.get(at).filter(|it| **it < n);
        while before(settled).is_some_and(|it| self.is_settled(*it)) {
            settled += 1;
        }
        let overtaken = before(settled).copied();
        self.groups[group].settled = settled;
        if let Some(overtaken) = overtaken {
            let what =
                format!("message {n} runs before message {overtaken} of its group is settled");
            self.violate(Promise::InOrder, self.planned(n).order.key, what);
        }
    }
}
