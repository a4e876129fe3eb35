//! A memory store that can be told to fail.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use lambda_queue::MemoryStore;
use lambda_queue::idempotency::{
    Claim, ClaimOutcome, CompleteOutcome, Completion, Extension, IdempotencyStore, LeaseOutcome,
    Release, StoreError, StoreFuture,
};

/// Counts calls, and answers them the way the test wants.
#[derive(Clone, Default)]
pub struct FaultyStore {
    pub inner: MemoryStore,
    pub faults: Arc<Faults>,
}

#[derive(Default)]
pub struct Faults {
    /// Claims are applied, but their answers are lost.
    pub lose_claim_answers: AtomicBool,
    /// Completions are applied, but their answers are lost.
    pub lose_complete_answers: AtomicBool,
    /// Completions are never answered at all.
    pub hang_on_complete: AtomicBool,
    /// Extensions find the claim gone.
    pub steal_on_extend: AtomicBool,
    pub claims: AtomicUsize,
    pub completes: AtomicUsize,
}

impl Faults {
    pub fn set(&self, fault: fn(&Self) -> &AtomicBool, on: bool) {
        fault(self).store(on, Ordering::SeqCst);
    }
}

fn lost<T>(answers: Vec<Result<T, StoreError>>, lose: &AtomicBool) -> Vec<Result<T, StoreError>> {
    if !lose.load(Ordering::SeqCst) {
        return answers;
    }
    answers
        .into_iter()
        .map(|_| Err(StoreError::new("the answer was lost")))
        .collect()
}

impl IdempotencyStore for FaultyStore {
    fn claim<'a>(&'a self, claims: &'a [Claim]) -> StoreFuture<'a, ClaimOutcome> {
        self.faults.claims.fetch_add(1, Ordering::SeqCst);
        Box::pin(async move {
            lost(
                self.inner.claim(claims).await,
                &self.faults.lose_claim_answers,
            )
        })
    }

    fn complete<'a>(
        &'a self,
        completions: &'a [Completion],
        batch_size: usize,
    ) -> StoreFuture<'a, CompleteOutcome> {
        self.faults.completes.fetch_add(1, Ordering::SeqCst);
        Box::pin(async move {
            if self.faults.hang_on_complete.load(Ordering::SeqCst) {
                std::future::pending::<()>().await;
            }
            let answers = self.inner.complete(completions, batch_size).await;
            lost(answers, &self.faults.lose_complete_answers)
        })
    }

    fn release<'a>(
        &'a self,
        releases: &'a [Release],
        batch_size: usize,
    ) -> StoreFuture<'a, LeaseOutcome> {
        self.inner.release(releases, batch_size)
    }

    fn extend<'a>(
        &'a self,
        extensions: &'a [Extension],
        batch_size: usize,
    ) -> StoreFuture<'a, LeaseOutcome> {
        if self.faults.steal_on_extend.load(Ordering::SeqCst) {
            let stolen = extensions
                .iter()
                .map(|_| Ok(LeaseOutcome::LeaseLost))
                .collect();
            return Box::pin(std::future::ready(stolen));
        }
        self.inner.extend(extensions, batch_size)
    }
}
