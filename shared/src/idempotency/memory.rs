use crate::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::collections::HashMap;
use std::future::ready;

use super::record::{self, ClaimStep, CompleteStep, Record, RecordId};
use super::request::{
    Claim, ClaimOutcome, CompleteOutcome, Completion, Extension, LeaseOutcome, Release,
};
use super::store::{IdempotencyStore, StoreFuture};

/// A store in this process's memory, with the semantics of a real one: for tests, and for local
/// runs. Clones share their records. Nothing survives the process, and nothing ever expires from
/// memory: it is not for production. It has no transactions: handlers that use
/// [`effects`](crate::MessageContext::effects) need DynamoDB, be it a local one.
#[derive(Clone, Debug, Default)]
pub struct MemoryStore {
    records: Arc<Mutex<HashMap<RecordId, Record>>>,
}

impl MemoryStore {
    /// An empty store.
    pub fn new() -> Self {
        Self::default()
    }

    /// The record of a key, as it is now.
    pub fn get(&self, id: &RecordId) -> Option<Record> {
        self.lock().get(id).cloned()
    }

    /// Replaces the record of a key, as another worker or tool would have written it.
    pub fn put(&self, id: RecordId, record: Record) {
        self.lock().insert(id, record);
    }

    /// All records, as they are now, in no order.
    pub fn records(&self) -> Vec<(RecordId, Record)> {
        self.lock()
            .iter()
            .map(|(id, record)| (id.clone(), record.clone()))
            .collect()
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<RecordId, Record>> {
        // Every write below is a single insert, so a poisoned map is still whole.
        self.records.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn claim_one(&self, claim: &Claim) -> ClaimOutcome {
        let mut records = self.lock();
        match record::on_claim(records.get(&claim.id), claim) {
            ClaimStep::Take(record) => {
                let attempts = record.attempts;
                records.insert(claim.id.clone(), record);
                ClaimOutcome::Won { attempts }
            }
            ClaimStep::Park(record) => {
                records.insert(claim.id.clone(), record);
                ClaimOutcome::Quarantined
            }
            ClaimStep::Doubt(record) => {
                let attempts = record.attempts;
                records.insert(claim.id.clone(), record);
                ClaimOutcome::InDoubt { attempts }
            }
            ClaimStep::Keep(outcome) => outcome,
        }
    }

    fn complete_one(&self, completion: &Completion) -> CompleteOutcome {
        let mut records = self.lock();
        match record::on_complete(records.get(&completion.id), completion) {
            CompleteStep::Write(record) => {
                records.insert(completion.id.clone(), record);
                CompleteOutcome::Recorded
            }
            CompleteStep::Keep(outcome) => outcome,
        }
    }

    fn write(
        &self,
        id: &RecordId,
        step: impl FnOnce(Option<&Record>) -> Option<Record>,
    ) -> LeaseOutcome {
        let mut records = self.lock();
        match step(records.get(id)) {
            Some(record) => {
                records.insert(id.clone(), record);
                LeaseOutcome::Applied
            }
            None => LeaseOutcome::LeaseLost,
        }
    }
}

impl IdempotencyStore for MemoryStore {
    fn claim<'a>(&'a self, claims: &'a [Claim]) -> StoreFuture<'a, ClaimOutcome> {
        Box::pin(ready(
            claims
                .iter()
                .map(|claim| Ok(self.claim_one(claim)))
                .collect(),
        ))
    }

    fn complete<'a>(
        &'a self,
        completions: &'a [Completion],
        _batch_size: usize,
    ) -> StoreFuture<'a, CompleteOutcome> {
        Box::pin(ready(
            completions
                .iter()
                .map(|one| Ok(self.complete_one(one)))
                .collect(),
        ))
    }

    fn release<'a>(
        &'a self,
        releases: &'a [Release],
        _batch_size: usize,
    ) -> StoreFuture<'a, LeaseOutcome> {
        let release = |one: &Release| self.write(&one.id, |stored| record::on_release(stored, one));
        Box::pin(ready(releases.iter().map(|one| Ok(release(one))).collect()))
    }

    fn extend<'a>(
        &'a self,
        extensions: &'a [Extension],
        _batch_size: usize,
    ) -> StoreFuture<'a, LeaseOutcome> {
        let extend = |one: &Extension| self.write(&one.id, |stored| record::on_extend(stored, one));
        Box::pin(ready(
            extensions.iter().map(|one| Ok(extend(one))).collect(),
        ))
    }
}
