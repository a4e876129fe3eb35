//! Requests as a worker makes them.

use std::sync::atomic::{AtomicU64, Ordering};

use lambda_queue::Policy;
use lambda_queue::idempotency::record::{Owner, RecordId};
use lambda_queue::idempotency::{Claim, Completion, Disposition, Extension, Release};

pub(crate) const NOW_MS: u64 = 1_800_000_000_000;
pub(crate) const LEASE_MS: u64 = 30_000;
pub(crate) const MARGIN_MS: u64 = 1_500;
pub(crate) const RETENTION_S: u64 = 30 * 86_400;

pub(crate) fn id(key: &str) -> RecordId {
    RecordId::new(format!("test#{key}"))
}

fn new_owner() -> Owner {
    static CLAIMS: AtomicU64 = AtomicU64::new(0);
    Owner::new(format!("owner-{}", CLAIMS.fetch_add(1, Ordering::Relaxed)))
}

/// A new worker's claim.
pub(crate) fn claim(key: &str) -> Claim {
    claim_at(NOW_MS, key)
}

pub(crate) fn claim_at(now_ms: u64, key: &str) -> Claim {
    Claim {
        id: id(key),
        owner: new_owner(),
        validation: Some("payload".to_owned()),
        policy: Policy::Rerun,
        reconciles: false,
        now_ms,
        lease_until_ms: now_ms + LEASE_MS,
        margin_ms: MARGIN_MS,
        expires_at_s: now_ms / 1000 + RETENTION_S,
    }
}

/// Claims of as many keys: `000`, `001` and so on.
pub(crate) fn claims(n: usize) -> Vec<Claim> {
    (0..n).map(|at| claim(&format!("{at:03}"))).collect()
}

pub(crate) fn completion(claim: &Claim) -> Completion {
    Completion {
        id: claim.id.clone(),
        owner: claim.owner.clone(),
        data: None,
        expires_at_s: claim.expires_at_s,
    }
}

pub(crate) fn release(claim: &Claim) -> Release {
    Release {
        id: claim.id.clone(),
        owner: claim.owner.clone(),
        disposition: Disposition::Rerun,
        last_error: Some("Retryable".to_owned()),
    }
}

pub(crate) fn extension(claim: &Claim) -> Extension {
    Extension {
        id: claim.id.clone(),
        owner: claim.owner.clone(),
        lease_until_ms: claim.lease_until_ms + LEASE_MS,
    }
}
