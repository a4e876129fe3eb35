//! The idempotency store as a process sees it, over a network that loses, delays and repeats.

mod fate;
mod network;
mod sabotaged;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use aws_sdk_dynamodb::types::TransactWriteItem;
use lambda_queue::IdempotencyStore;
use lambda_queue::idempotency::{
    Claim, ClaimOutcome, CommitFuture, CommitOutcome, CompleteOutcome, Completion, Extension,
    LeaseOutcome, Release, StoreError, StoreFuture, TransactionalStore,
};
use tokio::time::sleep_until;

use crate::process::Process;
use crate::shared::{Shared, lock};
pub(crate) use network::Network;
use network::{Answer, Request, Sent};

/// One process's connection to the store.
pub(crate) struct Connection {
    pub(crate) shared: Arc<Shared>,
    pub(crate) process: Arc<Process>,
}

impl Connection {
    /// Sends requests, and waits until all are answered or given up.
    async fn ask(&self, requests: Vec<Request>) -> Vec<Option<Answer>> {
        let Sent { slots, answered } = self.shared.send(&self.process, requests);
        sleep_until(answered).await;
        self.shared.settle();
        let answers = std::mem::take(&mut *lock(&slots));
        answers.into_iter().map(|it| it.answer).collect()
    }

    async fn ask_all<T>(
        &self,
        requests: Vec<Request>,
        read: fn(Answer) -> Option<T>,
    ) -> Vec<Result<T, StoreError>> {
        let answers = self.ask(requests).await.into_iter();
        let answers = answers.map(|it| it.and_then(read));
        answers
            .map(|it| it.ok_or_else(|| StoreError::new("no answer")))
            .collect()
    }
}

impl IdempotencyStore for Connection {
    fn claim<'a>(&'a self, claims: &'a [Claim]) -> StoreFuture<'a, ClaimOutcome> {
        // The processor has asked for the keys of these in their order, each once or more.
        let mut keys = lock(&self.process.keys);
        let mut seen = rustc_hash::FxHashSet::default();
        keys.retain(|key| seen.insert(*key));
        let requests = claims.iter().zip(keys.drain(..));
        let requests = requests
            .map(|(claim, key)| Request::Claim(key, claim.clone()))
            .collect();
        Box::pin(self.ask_all(requests, |answer| match answer {
            Answer::Claim(outcome) => Some(outcome),
            _ => None,
        }))
    }

    fn complete<'a>(
        &'a self,
        completions: &'a [Completion],
        _batch_size: usize,
    ) -> StoreFuture<'a, CompleteOutcome> {
        let requests = completions.iter().cloned().map(Request::Complete).collect();
        Box::pin(self.ask_all(requests, |answer| match answer {
            Answer::Complete(outcome) => Some(outcome),
            _ => None,
        }))
    }

    fn release<'a>(
        &'a self,
        releases: &'a [Release],
        _batch_size: usize,
    ) -> StoreFuture<'a, LeaseOutcome> {
        let requests = releases.iter().cloned().map(Request::Release).collect();
        Box::pin(self.ask_all(requests, lease))
    }

    fn extend<'a>(
        &'a self,
        extensions: &'a [Extension],
        _batch_size: usize,
    ) -> StoreFuture<'a, LeaseOutcome> {
        let requests = extensions.iter().cloned().map(Request::Extend).collect();
        Box::pin(self.ask_all(requests, lease))
    }

    fn transactions(&self) -> Option<&dyn TransactionalStore> {
        self.shared.is_transactional().then_some(self)
    }
}

impl TransactionalStore for Connection {
    fn commit<'a>(
        &'a self,
        completion: &'a Completion,
        _writes: &'a [TransactWriteItem],
    ) -> CommitFuture<'a> {
        Box::pin(async move {
            let requests = vec![Request::Commit(completion.clone())];
            let answer = self.ask(requests).await.pop().flatten();
            match answer {
                Some(Answer::Complete(outcome)) => Ok(CommitOutcome::Completed(outcome)),
                Some(Answer::Cancelled) => Ok(CommitOutcome::Cancelled {
                    reason: "in conflict with another".to_owned(),
                }),
                _ => Err(StoreError::new("no answer")),
            }
        })
    }
}

fn lease(answer: Answer) -> Option<LeaseOutcome> {
    match answer {
        Answer::Lease(outcome) => Some(outcome),
        _ => None,
    }
}

/// Slots of a call's answers; requests that are carried out after the call have nobody to tell.
type Slots = Arc<Mutex<Vec<Slot>>>;

/// The place of one answer.
#[derive(Debug, Default)]
struct Slot {
    answer: Option<Answer>,
}

/// How long a process waits for an answer before it gives up.
const PATIENCE: Duration = Duration::from_secs(3);
