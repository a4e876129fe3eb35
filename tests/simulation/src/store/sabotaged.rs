//! The store with a safeguard switched off.

use lambda_queue::MemoryStore;
use lambda_queue::idempotency::record::{Owner, Record, RecordId, Status};
use lambda_queue::idempotency::{ClaimOutcome, LeaseOutcome};

use super::network::{Answer, Request};
use crate::sabotage::Sabotage;

/// The request, or the record it finds, as the safeguard would not have it.
pub(super) fn before(sabotage: Sabotage, store: &MemoryStore, mut request: Request) -> Request {
    match (sabotage, &mut request) {
        (Sabotage::AnyoneCompletes, Request::Complete(it)) => seize(store, &it.id, &it.owner),
        (Sabotage::AnyoneReleases, Request::Release(it)) => seize(store, &it.id, &it.owner),
        (Sabotage::NoMargin, Request::Claim(_, claim)) => {
            claim.lease_until_ms = claim.lease_until_ms.saturating_sub(claim.margin_ms);
            claim.margin_ms = 0;
        }
        (Sabotage::QuarantineReruns, Request::Claim(_, claim)) => {
            claim.policy = lambda_queue::Policy::Rerun;
        }
        (Sabotage::ForgottenResults, Request::Claim(_, claim)) => {
            let completed = |it: &Record| it.status == Status::Completed;
            if let Some(record) = store.get(&claim.id).filter(completed) {
                let free = Record {
                    status: Status::InProgress,
                    owner: None,
                    lease_until_ms: Some(0),
                    ..record
                };
                store.put(claim.id.clone(), free);
            }
        }
        _ => {}
    }
    request
}

/// The answer as the safeguard would not have it.
pub(super) fn after(sabotage: Sabotage, answer: Answer) -> Answer {
    match (sabotage, &answer) {
        (Sabotage::AcknowledgedDeferral, Answer::Claim(ClaimOutcome::Deferred { .. })) => {
            Answer::Claim(ClaimOutcome::Replayed { data: None })
        }
        (Sabotage::HeldKeysWin, Answer::Claim(ClaimOutcome::Deferred { .. })) => {
            Answer::Claim(ClaimOutcome::Won { attempts: 1 })
        }
        (Sabotage::AnyoneReleases, Answer::Lease(_)) => Answer::Lease(LeaseOutcome::Applied),
        _ => answer,
    }
}

/// Makes a record the writer's own.
fn seize(store: &MemoryStore, id: &RecordId, owner: &Owner) {
    if let Some(record) = store.get(id) {
        let owned = Record {
            status: Status::InProgress,
            owner: Some(owner.clone()),
            ..record
        };
        store.put(id.clone(), owned);
    }
}
