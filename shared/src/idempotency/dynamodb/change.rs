//! What the holder of a claim may do to its record: one description for both ways of writing it.

use super::MAX_DATA_BYTES;
use super::item::{DATA, EXPIRATION, LAST_ERROR, LEASE, OWNER, STATUS, Write, number, string};
use crate::idempotency::record::{self, CompleteStep, Owner, Record, RecordId, Status};
use crate::idempotency::{
    CompleteOutcome, Completion, Disposition, Extension, LeaseOutcome, Release,
};

/// A write to a record in progress, conditional on its owner.
pub(super) trait Change: Sync {
    type Outcome: Copy + Send;
    /// What the write comes to when its condition holds.
    const APPLIED: Self::Outcome;
    /// Names the write in errors.
    const NAME: &'static str;

    fn id(&self) -> &RecordId;
    fn owner(&self) -> &Owner;
    /// The output that goes with it.
    fn data(&self) -> Option<&str> {
        None
    }
    /// Removes nothing but what a claim has written: what PartiQL makes of the removal of an
    /// attribute that is not there is not documented.
    fn writes(&self) -> Vec<Write>;
    /// What the write came to when this record refused it; none if the record would take it.
    fn refused(&self, stored: Option<&Record>) -> Option<Self::Outcome>;
}

impl Change for Completion {
    type Outcome = CompleteOutcome;
    const APPLIED: CompleteOutcome = CompleteOutcome::Recorded;
    const NAME: &'static str = "complete";

    fn id(&self) -> &RecordId {
        &self.id
    }

    fn owner(&self) -> &Owner {
        &self.owner
    }

    /// The output if an item can hold it: a completion never fails because of its output.
    fn data(&self) -> Option<&str> {
        self.data.as_deref().filter(|it| it.len() <= MAX_DATA_BYTES)
    }

    fn writes(&self) -> Vec<Write> {
        warn_if_dropped(self);
        let mut writes = vec![
            (STATUS, Some(string(Status::Completed.as_str()))),
            (EXPIRATION, Some(number(self.expires_at_s))),
        ];
        writes.extend(self.data().map(|data| (DATA, Some(string(data)))));
        writes
    }

    fn refused(&self, stored: Option<&Record>) -> Option<CompleteOutcome> {
        match record::on_complete(stored, self) {
            CompleteStep::Keep(outcome) => Some(outcome),
            CompleteStep::Write(_) => None,
        }
    }
}

impl Change for Release {
    type Outcome = LeaseOutcome;
    const APPLIED: LeaseOutcome = LeaseOutcome::Applied;
    const NAME: &'static str = "release";

    fn id(&self) -> &RecordId {
        &self.id
    }

    fn owner(&self) -> &Owner {
        &self.owner
    }

    fn writes(&self) -> Vec<Write> {
        let end = match self.disposition {
            Disposition::Rerun => (LEASE, Some(number(0))),
            Disposition::Quarantine => (STATUS, Some(string(Status::Quarantined.as_str()))),
        };
        let mut writes = vec![end, (OWNER, None)];
        writes.extend(
            self.last_error
                .clone()
                .map(|error| (LAST_ERROR, Some(string(error)))),
        );
        writes
    }

    fn refused(&self, stored: Option<&Record>) -> Option<LeaseOutcome> {
        lost(record::on_release(stored, self))
    }
}

impl Change for Extension {
    type Outcome = LeaseOutcome;
    const APPLIED: LeaseOutcome = LeaseOutcome::Applied;
    const NAME: &'static str = "extend";

    fn id(&self) -> &RecordId {
        &self.id
    }

    fn owner(&self) -> &Owner {
        &self.owner
    }

    fn writes(&self) -> Vec<Write> {
        vec![(LEASE, Some(number(self.lease_until_ms)))]
    }

    fn refused(&self, stored: Option<&Record>) -> Option<LeaseOutcome> {
        lost(record::on_extend(stored, self))
    }
}

fn lost(written: Option<Record>) -> Option<LeaseOutcome> {
    match written {
        None => Some(LeaseOutcome::LeaseLost),
        Some(_) => None,
    }
}

fn warn_if_dropped(completion: &Completion) {
    if completion.data.is_some() && completion.data().is_none() {
        tracing::warn!(
            record = completion.id.as_str(),
            limit = MAX_DATA_BYTES,
            "output too large to be stored: replays of this message will have none"
        );
    }
}
