//! A store that has transactions, and can be told how each of them fares.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use aws_sdk_dynamodb::types::TransactWriteItem;
use lambda_queue::idempotency::{
    Claim, ClaimOutcome, CommitFuture, CommitOutcome, CompleteOutcome, Completion, Extension,
    LeaseOutcome, Release, StoreError, StoreFuture, TransactionalStore,
};
use lambda_queue::{IdempotencyStore, MemoryStore};
use tokio::time::sleep;

/// How a commit fares.
#[derive(Clone, Debug)]
pub enum Fate {
    /// It takes five seconds.
    Slow,
    /// It is never answered, and never made.
    Hang,
    /// It is not made, and answered with this.
    Answer(CommitOutcome),
    /// It is made, and the answer is lost.
    LoseAnswer,
}

/// Keeps records in memory, and notes what would be written to DynamoDB.
#[derive(Clone, Default)]
pub struct Store {
    pub records: MemoryStore,
    pub written: Arc<Mutex<Vec<String>>>,
    /// By the text a write puts; others succeed.
    pub fates: Arc<Mutex<HashMap<String, Fate>>>,
    at_once: Arc<AtomicUsize>,
    pub most_at_once: Arc<AtomicUsize>,
}

impl Store {
    pub fn doing(fates: impl IntoIterator<Item = (impl ToString, Fate)>) -> Self {
        let fates = fates.into_iter();
        Self {
            fates: Arc::new(Mutex::new(
                fates.map(|(id, fate)| (id.to_string(), fate)).collect(),
            )),
            ..Self::default()
        }
    }

    pub fn written(&self) -> Vec<String> {
        let mut written = self.written.lock().unwrap().clone();
        written.sort();
        written
    }

    async fn record(
        &self,
        completion: &Completion,
        ids: &[String],
    ) -> Result<CommitOutcome, StoreError> {
        let mut answers = self
            .records
            .complete(std::slice::from_ref(completion), 1)
            .await;
        let outcome = answers.remove(0)?;
        if outcome == CompleteOutcome::Recorded {
            self.written.lock().unwrap().extend_from_slice(ids);
        }
        Ok(CommitOutcome::Completed(outcome))
    }
}

impl TransactionalStore for Store {
    fn commit<'a>(
        &'a self,
        completion: &'a Completion,
        writes: &'a [TransactWriteItem],
    ) -> CommitFuture<'a> {
        Box::pin(async move {
            let now = self.at_once.fetch_add(1, Ordering::SeqCst) + 1;
            self.most_at_once.fetch_max(now, Ordering::SeqCst);
            let put = |write: &TransactWriteItem| {
                write.put().unwrap().item["id"].as_s().unwrap().to_owned()
            };
            let ids: Vec<String> = writes.iter().map(put).collect();
            let fate = self.fates.lock().unwrap().get(&ids[0]).cloned();
            sleep(Duration::from_millis(10)).await;
            let answer = match fate {
                None => self.record(completion, &ids).await,
                Some(Fate::Slow) => {
                    sleep(Duration::from_secs(5)).await;
                    self.record(completion, &ids).await
                }
                Some(Fate::Hang) => std::future::pending().await,
                Some(Fate::Answer(outcome)) => Ok(outcome),
                Some(Fate::LoseAnswer) => {
                    self.record(completion, &ids).await.unwrap();
                    Err(StoreError::new("the answer was lost"))
                }
            };
            self.at_once.fetch_sub(1, Ordering::SeqCst);
            answer
        })
    }
}

impl IdempotencyStore for Store {
    fn claim<'a>(&'a self, claims: &'a [Claim]) -> StoreFuture<'a, ClaimOutcome> {
        self.records.claim(claims)
    }

    fn complete<'a>(
        &'a self,
        completions: &'a [Completion],
        batch_size: usize,
    ) -> StoreFuture<'a, CompleteOutcome> {
        self.records.complete(completions, batch_size)
    }

    fn release<'a>(
        &'a self,
        releases: &'a [Release],
        batch_size: usize,
    ) -> StoreFuture<'a, LeaseOutcome> {
        self.records.release(releases, batch_size)
    }

    fn extend<'a>(
        &'a self,
        extensions: &'a [Extension],
        batch_size: usize,
    ) -> StoreFuture<'a, LeaseOutcome> {
        self.records.extend(extensions, batch_size)
    }

    fn transactions(&self) -> Option<&dyn TransactionalStore> {
        Some(self)
    }
}
