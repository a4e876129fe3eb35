//! What a script needs to know of a request, and what its answer comes to.

use redis::ScriptInvocation;

use super::script::Action;
use crate::idempotency::record::{self, ClaimStep, CompleteStep, Record, RecordId};
use crate::idempotency::{
    Claim, ClaimOutcome, CompleteOutcome, Completion, Disposition, Extension, LeaseOutcome, Policy,
    Release, StoreError,
};

/// Redis counts a life in milliseconds from now; a hundred years are as good as for ever.
const LONGEST_LIFE_MS: u64 = 100 * 365 * 86_400 * 1_000;

/// One message's request.
pub(super) trait Request: Sync {
    const ACTION: Action;
    type Outcome: Send;

    fn id(&self) -> &RecordId;
    /// Adds the arguments that the script reads for one key.
    fn add_to(&self, script: &mut ScriptInvocation<'_>);
    /// What it comes to where the script has written, and answered with this number.
    fn applied(&self, answer: i64) -> Self::Outcome;
    /// What it comes to where this record stood in the way; none if none should have.
    fn refused(&self, stored: Option<&Record>) -> Result<Self::Outcome, StoreError>;
}

impl Request for Claim {
    const ACTION: Action = Action::Claim;
    type Outcome = ClaimOutcome;

    fn id(&self) -> &RecordId {
        &self.id
    }

    fn add_to(&self, script: &mut ScriptInvocation<'_>) {
        let free_ms = self.lease_until_ms.saturating_add(self.margin_ms);
        let end_ms = self.expires_at_s.saturating_mul(1_000).max(free_ms);
        let life_ms = end_ms.saturating_sub(self.now_ms);
        script
            .arg(self.owner.as_str())
            .arg(self.validation.as_deref().unwrap_or_default())
            .arg(self.now_ms.saturating_sub(self.margin_ms))
            .arg(self.now_ms.div_ceil(1_000))
            .arg(orphans(self))
            .arg(self.lease_until_ms)
            .arg(self.expires_at_s)
            .arg(life_ms.clamp(1, LONGEST_LIFE_MS));
    }

    fn applied(&self, answer: i64) -> ClaimOutcome {
        let attempts = u32::try_from(answer.unsigned_abs()).unwrap_or(u32::MAX);
        match answer {
            ..0 => ClaimOutcome::InDoubt { attempts },
            _ => ClaimOutcome::Won { attempts },
        }
    }

    fn refused(&self, stored: Option<&Record>) -> Result<ClaimOutcome, StoreError> {
        match record::on_claim(stored, self) {
            ClaimStep::Keep(outcome) => Ok(outcome),
            ClaimStep::Take(_) | ClaimStep::Park(_) | ClaimStep::Doubt(_) => Err(disagreed()),
        }
    }
}

impl Request for Completion {
    const ACTION: Action = Action::Complete;
    type Outcome = CompleteOutcome;

    fn id(&self) -> &RecordId {
        &self.id
    }

    fn add_to(&self, script: &mut ScriptInvocation<'_>) {
        script
            .arg(self.owner.as_str())
            .arg(self.expires_at_s)
            .arg(flag(self.data.is_some()))
            .arg(self.data.as_deref().unwrap_or_default());
    }

    fn applied(&self, _answer: i64) -> CompleteOutcome {
        CompleteOutcome::Recorded
    }

    fn refused(&self, stored: Option<&Record>) -> Result<CompleteOutcome, StoreError> {
        match record::on_complete(stored, self) {
            CompleteStep::Keep(outcome) => Ok(outcome),
            CompleteStep::Write(_) => Err(disagreed()),
        }
    }
}

impl Request for Release {
    const ACTION: Action = Action::Release;
    type Outcome = LeaseOutcome;

    fn id(&self) -> &RecordId {
        &self.id
    }

    fn add_to(&self, script: &mut ScriptInvocation<'_>) {
        script
            .arg(self.owner.as_str())
            .arg(flag(self.disposition == Disposition::Quarantine))
            .arg(self.last_error.as_deref().unwrap_or_default());
    }

    fn applied(&self, answer: i64) -> LeaseOutcome {
        held(answer)
    }

    fn refused(&self, _stored: Option<&Record>) -> Result<LeaseOutcome, StoreError> {
        Err(disagreed())
    }
}

impl Request for Extension {
    const ACTION: Action = Action::Extend;
    type Outcome = LeaseOutcome;

    fn id(&self) -> &RecordId {
        &self.id
    }

    fn add_to(&self, script: &mut ScriptInvocation<'_>) {
        script.arg(self.owner.as_str()).arg(self.lease_until_ms);
    }

    fn applied(&self, answer: i64) -> LeaseOutcome {
        held(answer)
    }

    fn refused(&self, _stored: Option<&Record>) -> Result<LeaseOutcome, StoreError> {
        Err(disagreed())
    }
}

/// What the script makes of orphans.
fn orphans(claim: &Claim) -> &'static str {
    match claim.policy {
        Policy::Rerun => "take",
        Policy::Quarantine if claim.reconciles => "doubt",
        Policy::Quarantine => "park",
    }
}

fn flag(set: bool) -> &'static str {
    if set { "1" } else { "" }
}

fn held(answer: i64) -> LeaseOutcome {
    match answer {
        0 => LeaseOutcome::LeaseLost,
        _ => LeaseOutcome::Applied,
    }
}

/// A script that decides otherwise than record.rs is a bug, and no answer to rely on.
fn disagreed() -> StoreError {
    StoreError::new("the script in Redis decided otherwise than the protocol")
}
