//! What a worker asks of a store for one message, and what it comes to.

use super::Policy;
use super::id::{Owner, RecordId};

/// One message's request to work on its key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// The record to claim.
    pub id: RecordId,
    /// Token of this claim.
    pub owner: Owner,
    /// Hash of the payload; none when payloads are not compared.
    pub validation: Option<String>,
    /// What becomes of an orphaned claim.
    pub policy: Policy,
    /// Whether the claimant can find out what became of a run that `policy` does not repeat.
    pub reconciles: bool,
    /// The claimant's clock, epoch milliseconds.
    pub now_ms: u64,
    /// Until when the claimant holds the key, epoch milliseconds.
    pub lease_until_ms: u64,
    /// How far clocks may differ, milliseconds.
    pub margin_ms: u64,
    /// When the record may be forgotten, epoch seconds.
    pub expires_at_s: u64,
}

/// What a claim came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ClaimOutcome {
    /// The key is ours until the lease ends.
    Won {
        /// How often the key was claimed, this time included.
        attempts: u32,
    },
    /// The key is ours until the lease ends, and must not be run: an earlier run may have had its
    /// effect, and we said that we can find out. Complete it, or release it into quarantine.
    InDoubt {
        /// How often the key was claimed, this time included.
        attempts: u32,
    },
    /// The key's result is recorded already.
    Replayed {
        /// The stored output, if there is one.
        data: Option<String>,
    },
    /// Someone else holds the key.
    Deferred {
        /// When it can be claimed at the earliest, epoch milliseconds.
        until_ms: u64,
    },
    /// The key was first seen with another payload.
    Mismatch,
    /// The key is parked for a person.
    Quarantined,
}

/// One message's result, to be recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Completion {
    /// The record to complete.
    pub id: RecordId,
    /// Token of the claim that was won.
    pub owner: Owner,
    /// The handler's output as JSON, if it was asked for.
    pub data: Option<String>,
    /// When the record may be forgotten, epoch seconds.
    pub expires_at_s: u64,
}

/// What a completion came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CompleteOutcome {
    /// The key's result is recorded, by this claim.
    Recorded,
    /// The key's result had been recorded by another claim: done, but the handler ran for nothing.
    Diverged,
    /// The claim was lost: nothing was recorded.
    LeaseLost,
}

/// A claim handed back without a result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Release {
    /// The record to release.
    pub id: RecordId,
    /// Token of the claim that was won.
    pub owner: Owner,
    /// What may happen to the key next.
    pub disposition: Disposition,
    /// Class of the failure, if there was one: never its text.
    pub last_error: Option<String>,
}

/// What may happen to a released key next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Disposition {
    /// Anyone may claim it at once.
    Rerun,
    /// Nobody may: it is parked for a person.
    Quarantine,
}

/// What releasing or extending a claim came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LeaseOutcome {
    /// The record was ours and was written.
    Applied,
    /// The claim was lost: nothing was written.
    LeaseLost,
}

/// A claim kept alive while its handler runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Extension {
    /// The record to extend.
    pub id: RecordId,
    /// Token of the claim that was won.
    pub owner: Owner,
    /// New end of the lease, epoch milliseconds.
    pub lease_until_ms: u64,
}
