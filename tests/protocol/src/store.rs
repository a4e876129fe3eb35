//! The store: carries out what `record.rs` decides, as every store does.

use lambda_queue::idempotency::record::{
    ClaimStep, CompleteStep, Owner, Record, RecordId, Status, on_claim, on_complete, on_release,
};
use lambda_queue::idempotency::{
    Claim, ClaimOutcome, CompleteOutcome, Completion, Disposition, Release,
};

use crate::model::Model;
use crate::protocol::{Effects, Safeguard};
use crate::state::{Request, State, Stored, Token, What};

/// A tick is a second; nothing in the model takes as long as records are kept.
const TICK_MS: u64 = 1000;
const EXPIRES_AT_S: u64 = 1_000_000;
/// Whatever it was.
const FAILED: &str = "Failed";

/// What the store says.
pub(crate) enum Answer {
    Claim(ClaimOutcome),
    Complete(CompleteOutcome),
    Release,
}

impl Model {
    /// The store carries a request out.
    pub(crate) fn carry_out(&self, state: &mut State, request: Request) -> Answer {
        match request.what {
            What::Claim { now, lease_until } => {
                Answer::Claim(self.claim(state, request, now, lease_until))
            }
            What::Complete => Answer::Complete(self.complete(state, request)),
            What::Release { quarantined } => {
                self.release(state, request, quarantined);
                Answer::Release
            }
        }
    }

    fn claim(&self, state: &mut State, request: Request, now: u8, lease: u8) -> ClaimOutcome {
        let claim = Claim {
            id: id(),
            owner: owner(request.token),
            validation: None,
            policy: self.protocol.policy,
            reconciles: self.protocol.reconciles,
            now_ms: u64::from(now) * TICK_MS,
            lease_until_ms: u64::from(lease) * TICK_MS,
            margin_ms: u64::from(self.margin()) * TICK_MS,
            expires_at_s: EXPIRES_AT_S,
        };
        let mut record = state.records[request.key].map(Record::from);
        if let Some(record) = &mut record
            && !self.protocol.has(Safeguard::SelfRecognition)
        {
            record.owner = None;
        }
        let (record, outcome) = match on_claim(record.as_ref(), &claim) {
            ClaimStep::Take(record) => (record, ClaimOutcome::Won { attempts: 1 }),
            ClaimStep::Park(record) => (record, ClaimOutcome::Quarantined),
            ClaimStep::Doubt(record) => (record, ClaimOutcome::InDoubt { attempts: 1 }),
            ClaimStep::Keep(outcome) => return outcome,
        };
        state.records[request.key] = Some(Stored::from(record));
        outcome
    }

    fn complete(&self, state: &mut State, request: Request) -> CompleteOutcome {
        let completion = Completion {
            id: id(),
            owner: owner(request.token),
            data: None,
            expires_at_s: EXPIRES_AT_S,
        };
        let record = self.fenced(state, request, Safeguard::FencedCompletion);
        match on_complete(record.as_ref(), &completion) {
            CompleteStep::Write(record) => {
                self.note_overwriting(state, request);
                state.records[request.key] = Some(Stored::from(record));
                state.seen.recorded(request.key, request.token);
                if self.protocol.effects == Effects::Transactional {
                    state.effect(&self.world, request.key);
                }
                CompleteOutcome::Recorded
            }
            CompleteStep::Keep(outcome) => outcome,
        }
    }

    fn release(&self, state: &mut State, request: Request, quarantined: bool) {
        let release = Release {
            id: id(),
            owner: owner(request.token),
            disposition: match quarantined {
                true => Disposition::Quarantine,
                false => Disposition::Rerun,
            },
            last_error: quarantined.then(|| FAILED.to_owned()),
        };
        let record = self.fenced(state, request, Safeguard::FencedRelease);
        if let Some(record) = on_release(record.as_ref(), &release) {
            self.note_overwriting(state, request);
            state.records[request.key] = Some(Stored::from(record));
        }
    }

    /// The record as a write sees it: without its fence, it takes every record for its own.
    fn fenced(&self, state: &State, request: Request, fence: Safeguard) -> Option<Record> {
        let record = Record::from(state.records[request.key]?);
        Some(match self.protocol.has(fence) {
            true => record,
            false => Record {
                status: Status::InProgress,
                owner: Some(owner(request.token)),
                ..record
            },
        })
    }

    fn note_overwriting(&self, state: &mut State, request: Request) {
        let before = state.records[request.key].map_or(0, |record| record.owner);
        state.seen.overwritten |= before != 0 && before != request.token;
    }
}

fn id() -> RecordId {
    RecordId::new("")
}

fn owner(token: Token) -> Owner {
    Owner::new(token.to_string())
}

impl From<Stored> for Record {
    fn from(stored: Stored) -> Self {
        Self {
            status: stored.status,
            owner: (stored.owner != 0).then(|| owner(stored.owner)),
            lease_until_ms: Some(u64::from(stored.lease_until) * TICK_MS),
            expires_at_s: EXPIRES_AT_S,
            validation: None,
            data: None,
            attempts: 1,
            last_error: stored.in_doubt.then(|| FAILED.to_owned()),
        }
    }
}

impl From<Record> for Stored {
    fn from(record: Record) -> Self {
        let token = |owner: Owner| owner.as_str().parse().ok();
        let lease_until = record.lease_until_ms.unwrap_or(0) / TICK_MS;
        Self {
            status: record.status,
            owner: record.owner.and_then(token).unwrap_or(0),
            lease_until: u8::try_from(lease_until).unwrap_or(u8::MAX),
            in_doubt: record.last_error.is_some(),
        }
    }
}

/// Ticks from this moment of a worker's clock to that one, rounded up as the worker does.
pub(crate) fn ticks_until(epoch_ms: u64, now: u8) -> u8 {
    let left_ms = epoch_ms.saturating_sub(u64::from(now) * TICK_MS);
    u8::try_from(left_ms.div_ceil(TICK_MS)).unwrap_or(u8::MAX)
}
