//! The protocol: what each event does to a stored record, as pure functions.
//!
//! A store's only job is to carry these decisions out atomically. The memory store calls them
//! under a lock; the DynamoDB store says the same in condition expressions and calls them on the
//! item a failed condition hands back.

use super::Policy;
pub use super::id::{Owner, RecordId};
use super::request::{
    Claim, ClaimOutcome, CompleteOutcome, Completion, Disposition, Extension, Release,
};

/// What there is to say of a claim that nobody completed or released.
const ORPHANED: &str = "Orphaned";

/// Where a record stands; the words are those Powertools writes, but for `QUARANTINED`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Status {
    /// Claimed by a worker, or released by one for the next.
    InProgress,
    /// The result is recorded: duplicates are replays.
    Completed,
    /// Parked for a person: never rerun.
    Quarantined,
}

impl Status {
    /// The word stored in the `status` attribute.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::InProgress => "INPROGRESS",
            Self::Completed => "COMPLETED",
            Self::Quarantined => "QUARANTINED",
        }
    }

    /// Reads the `status` attribute.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::InProgress, Self::Completed, Self::Quarantined]
            .into_iter()
            .find(|status| status.as_str() == word)
    }
}

/// What a store holds for one key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// Where the record stands.
    pub status: Status,
    /// Token of the claim that wrote it; none once released, or when another tool wrote it.
    pub owner: Option<Owner>,
    /// End of the lease, epoch milliseconds; 0 once released; none when another tool set no lease.
    pub lease_until_ms: Option<u64>,
    /// When the record may be forgotten, epoch seconds.
    pub expires_at_s: u64,
    /// Hash of the payload the key was first seen with.
    pub validation: Option<String>,
    /// The handler's output as JSON, if it was asked for.
    pub data: Option<String>,
    /// How often the key was claimed.
    pub attempts: u32,
    /// Class of the last failure: never its text.
    pub last_error: Option<String>,
}

/// What a claim does to a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ClaimStep {
    /// Write this record: the claim is won.
    Take(Record),
    /// Write this record: an orphaned claim is parked.
    Park(Record),
    /// Write this record: the claim is won, to find out what became of an earlier run.
    Doubt(Record),
    /// Leave the record alone.
    Keep(ClaimOutcome),
}

/// Decides a claim against what is stored.
pub fn on_claim(stored: Option<&Record>, claim: &Claim) -> ClaimStep {
    let Some(record) = stored else {
        return ClaimStep::Take(claimed(claim, 1));
    };
    if record.status == Status::InProgress && record.owner.as_ref() == Some(&claim.owner) {
        // Our own write, whose answer was lost. One in doubt keeps the last error; one that is to
        // be run starts without any.
        let attempts = record.attempts;
        return ClaimStep::Keep(match record.last_error {
            None => ClaimOutcome::Won { attempts },
            Some(_) => ClaimOutcome::InDoubt { attempts },
        });
    }
    let forgotten = is_before(record.expires_at_s.saturating_mul(1000), claim.now_ms);
    if record.status == Status::Completed && forgotten {
        return ClaimStep::Take(claimed(claim, record.attempts.saturating_add(1)));
    }
    if differs(&record.validation, &claim.validation) {
        return ClaimStep::Keep(ClaimOutcome::Mismatch);
    }
    match record.status {
        Status::Completed => ClaimStep::Keep(ClaimOutcome::Replayed {
            data: record.data.clone(),
        }),
        Status::Quarantined => on_parked(record, claim),
        Status::InProgress => on_held(record, claim),
    }
}

fn on_parked(record: &Record, claim: &Claim) -> ClaimStep {
    match claim.policy {
        Policy::Quarantine if claim.reconciles => ClaimStep::Doubt(doubted(record, claim)),
        _ => ClaimStep::Keep(ClaimOutcome::Quarantined),
    }
}

fn on_held(record: &Record, claim: &Claim) -> ClaimStep {
    let until_ms = free_at_ms(record, claim.margin_ms);
    if !is_before(until_ms, claim.now_ms) {
        return ClaimStep::Keep(ClaimOutcome::Deferred {
            until_ms: until_ms.saturating_add(1),
        });
    }
    // A released key was handed back by a worker that vouched for it; an orphaned one was not.
    let released = record.lease_until_ms == Some(0);
    if claim.policy == Policy::Quarantine && !released {
        if claim.reconciles {
            return ClaimStep::Doubt(doubted(record, claim));
        }
        return ClaimStep::Park(Record {
            status: Status::Quarantined,
            owner: None,
            last_error: Some(ORPHANED.to_owned()),
            ..record.clone()
        });
    }
    ClaimStep::Take(claimed(claim, record.attempts.saturating_add(1)))
}

/// The record of a claim that is not to be run. That it is, is in its last error: see [`on_claim`].
fn doubted(record: &Record, claim: &Claim) -> Record {
    let last_error = record.last_error.clone();
    Record {
        last_error: last_error.or_else(|| Some(ORPHANED.to_owned())),
        ..claimed(claim, record.attempts.saturating_add(1))
    }
}

/// The last millisecond at which an in-progress record must be left to its owner.
///
/// A foreign record without a lease is held until it expires; one with a lease is never taken
/// merely because it expired.
fn free_at_ms(record: &Record, margin_ms: u64) -> u64 {
    match record.lease_until_ms {
        Some(0) => 0,
        Some(lease) => lease.saturating_add(margin_ms),
        None => record.expires_at_s.saturating_mul(1000),
    }
}

/// The record of a won claim.
pub(super) fn claimed(claim: &Claim, attempts: u32) -> Record {
    Record {
        status: Status::InProgress,
        owner: Some(claim.owner.clone()),
        lease_until_ms: Some(claim.lease_until_ms),
        expires_at_s: claim.expires_at_s,
        validation: claim.validation.clone(),
        data: None,
        attempts,
        last_error: None,
    }
}

fn is_before(moment_ms: u64, now_ms: u64) -> bool {
    moment_ms < now_ms
}

/// Hashes differ only when both are there: Powertools stores none unless it is told to.
fn differs(stored: &Option<String>, claimed: &Option<String>) -> bool {
    matches!((stored, claimed), (Some(a), Some(b)) if a != b)
}

/// What a completion does to a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CompleteStep {
    /// Write this record: the result is recorded.
    Write(Record),
    /// Leave the record alone.
    Keep(CompleteOutcome),
}

/// Decides a completion against what is stored.
pub fn on_complete(stored: Option<&Record>, completion: &Completion) -> CompleteStep {
    let Some(record) = stored else {
        return CompleteStep::Keep(CompleteOutcome::LeaseLost);
    };
    let own = record.owner.as_ref() == Some(&completion.owner);
    match record.status {
        Status::InProgress if own => CompleteStep::Write(Record {
            status: Status::Completed,
            data: completion.data.clone().or_else(|| record.data.clone()),
            expires_at_s: completion.expires_at_s,
            ..record.clone()
        }),
        // Our own write, whose answer was lost.
        Status::Completed if own => CompleteStep::Keep(CompleteOutcome::Recorded),
        Status::Completed => CompleteStep::Keep(CompleteOutcome::Diverged),
        Status::InProgress | Status::Quarantined => CompleteStep::Keep(CompleteOutcome::LeaseLost),
    }
}

/// The record after a release; none if the claim was lost.
pub fn on_release(stored: Option<&Record>, release: &Release) -> Option<Record> {
    let record = held_by(stored, &release.owner)?;
    let (status, lease_until_ms) = match release.disposition {
        Disposition::Rerun => (Status::InProgress, Some(0)),
        Disposition::Quarantine => (Status::Quarantined, record.lease_until_ms),
    };
    Some(Record {
        status,
        owner: None,
        lease_until_ms,
        last_error: release
            .last_error
            .clone()
            .or_else(|| record.last_error.clone()),
        ..record.clone()
    })
}

/// The record after an extension; none if the claim was lost.
pub fn on_extend(stored: Option<&Record>, extension: &Extension) -> Option<Record> {
    let record = held_by(stored, &extension.owner)?;
    Some(Record {
        lease_until_ms: Some(extension.lease_until_ms),
        ..record.clone()
    })
}

fn held_by<'a>(stored: Option<&'a Record>, owner: &Owner) -> Option<&'a Record> {
    stored.filter(|record| {
        record.status == Status::InProgress && record.owner.as_ref() == Some(owner)
    })
}

#[cfg(test)]
mod tests;
