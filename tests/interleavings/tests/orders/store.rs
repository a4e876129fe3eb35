//! A store whose writes wait at a gate: one request at a time, and each result once.

use lambda_queue::MemoryStore;
use lambda_queue::idempotency::{
    Claim, ClaimOutcome, CompleteOutcome, Completion, Extension, IdempotencyStore, LeaseOutcome,
    Release, StoreError, StoreFuture,
};

use crate::world::{Act, World};

pub struct GatedStore {
    pub world: World,
    pub records: MemoryStore,
}

/// Claims are numbered by message.
fn index_of(owner: &str) -> usize {
    let (_, index) = owner.rsplit_once('-').unwrap();
    index.parse().unwrap()
}

impl IdempotencyStore for GatedStore {
    fn claim<'a>(&'a self, claims: &'a [Claim]) -> StoreFuture<'a, ClaimOutcome> {
        self.records.claim(claims)
    }

    fn complete<'a>(
        &'a self,
        completions: &'a [Completion],
        batch_size: usize,
    ) -> StoreFuture<'a, CompleteOutcome> {
        Box::pin(async move {
            let indices: Vec<_> = completions
                .iter()
                .map(|it| index_of(it.owner.as_str()))
                .collect();
            {
                let mut seen = self.world.seen();
                assert!(!seen.completing, "two requests under way");
                seen.completing = true;
                seen.largest_group = seen.largest_group.max(indices.len());
                for index in &indices {
                    assert!(seen.unwritten.remove(index), "{index} has no result");
                    assert!(seen.written.insert(*index), "{index} is written twice");
                }
            }
            self.world.gates.pass().await;
            let mut answers = self.records.complete(completions, batch_size).await;
            let mut seen = self.world.seen();
            seen.completing = false;
            for (index, answer) in indices.into_iter().zip(&mut answers) {
                assert_eq!(answer.as_ref().ok(), Some(&CompleteOutcome::Recorded));
                match self.world.act(index) {
                    Act::Unanswered => *answer = Err(StoreError::new("as told")),
                    Act::Robbed => *answer = Ok(CompleteOutcome::LeaseLost),
                    _ => drop(seen.settled.insert(index)),
                }
            }
            answers
        })
    }

    fn release<'a>(
        &'a self,
        releases: &'a [Release],
        batch_size: usize,
    ) -> StoreFuture<'a, LeaseOutcome> {
        Box::pin(async move {
            {
                let mut seen = self.world.seen();
                assert!(!seen.releasing, "two requests under way");
                seen.releasing = true;
                for release in releases {
                    let index = index_of(release.owner.as_str());
                    assert!(
                        !seen.written.contains(&index),
                        "{index} is completed and released"
                    );
                    assert!(seen.released.insert(index), "{index} is released twice");
                }
            }
            self.world.gates.pass().await;
            self.world.seen().releasing = false;
            self.records.release(releases, batch_size).await
        })
    }

    fn extend<'a>(
        &'a self,
        extensions: &'a [Extension],
        batch_size: usize,
    ) -> StoreFuture<'a, LeaseOutcome> {
        self.records.extend(extensions, batch_size)
    }
}
