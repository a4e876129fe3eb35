//! What the store did to records.

use lambda_queue::idempotency::record::Owner;
use lambda_queue::idempotency::{ClaimOutcome, CompleteOutcome, LeaseOutcome};

use super::{Ledger, Promise};

impl Ledger {
    /// A claim was decided.
    pub(crate) fn claimed(&mut self, key: u32, owner: &Owner, outcome: &ClaimOutcome) {
        self.tell(|| {
            format!(
                "key {key}: a claim by {} comes to {outcome:?}",
                short(owner)
            )
        });
        if matches!(
            outcome,
            ClaimOutcome::Won { .. } | ClaimOutcome::InDoubt { .. }
        ) {
            if self.keys[key as usize].recorded.is_some() {
                let what = "the key is claimed although its result is recorded".to_owned();
                self.violate(Promise::OneResult, key, what);
            }
            self.keys[key as usize].holder = Some(owner.clone());
        }
    }

    /// A completion was decided; the text is that of the message it belongs to.
    pub(crate) fn completed(
        &mut self,
        key: u32,
        owner: &Owner,
        text: u32,
        outcome: CompleteOutcome,
    ) {
        self.tell(|| {
            format!(
                "key {key}: a completion by {} comes to {outcome:?}",
                short(owner)
            )
        });
        if outcome != CompleteOutcome::Recorded {
            return;
        }
        let state = &mut self.keys[key as usize];
        match &state.recorded {
            Some((first, _)) if first == owner => {}
            Some((first, _)) => {
                let what = format!("recorded by {}, and by {}", short(first), short(owner));
                self.violate(Promise::OneResult, key, what);
            }
            None => {
                let holds = state.holder.as_ref() == Some(owner);
                state.recorded = Some((owner.clone(), text));
                self.check_holder(key, owner, holds, "completes it");
            }
        }
    }

    /// A release or an extension was decided.
    pub(crate) fn written(&mut self, key: u32, owner: &Owner, outcome: LeaseOutcome) {
        self.tell(|| {
            format!(
                "key {key}: a release by {} comes to {outcome:?}",
                short(owner)
            )
        });
        if outcome == LeaseOutcome::Applied {
            let state = &self.keys[key as usize];
            let holds = state.holder.as_ref() == Some(owner);
            let recorded = state.recorded.is_some();
            self.check_holder(key, owner, holds && !recorded, "releases it");
        }
    }

    /// A transaction's writes were made.
    pub(crate) fn committed(&mut self, key: u32) {
        self.tell(|| format!("key {key}: its transactional effect is made"));
        self.effects += 1;
        let state = &mut self.keys[key as usize];
        state.committed += 1;
        let times = state.committed;
        if times > 1 {
            self.violate(Promise::CommittedOnce, key, format!("made {times} times"));
        }
    }

    fn check_holder(&mut self, key: u32, owner: &Owner, holds: bool, does: &str) {
        if !holds {
            let holder = self.keys[key as usize]
                .holder
                .as_ref()
                .map_or("nobody", short);
            let what = format!("{} {does}, and {holder} had won it since", short(owner));
            self.violate(Promise::Fenced, key, what);
        }
    }
}

/// The end of a token: its first half is the batch's.
fn short(owner: &Owner) -> &str {
    let token = owner.as_str();
    &token[token.len().saturating_sub(8)..]
}
