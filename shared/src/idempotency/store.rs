use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use super::request::{
    Claim, ClaimOutcome, CompleteOutcome, Completion, Extension, LeaseOutcome, Release,
};

/// The answer to a batch of requests: one result for each, in the order asked.
pub type StoreFuture<'a, T> = Pin<Box<dyn Future<Output = Vec<Result<T, StoreError>>> + Send + 'a>>;

/// Holds one record per idempotency key and decides who may work on it.
///
/// Methods take whole batches, so that a store can answer them in few requests. `batch_size` is
/// the number of messages in the batch that the requests belong to: a store may choose its way
/// by it. An `Err` says that the outcome is unknown: the write may or may not have happened.
///
/// A store carries out the decisions of [`record`](super::record) atomically per record, whatever
/// else runs. Two requests of one call may name the same record; they are decided in some order.
pub trait IdempotencyStore: Send + Sync + 'static {
    /// Claims keys; see [`on_claim`](super::record::on_claim).
    fn claim<'a>(&'a self, claims: &'a [Claim]) -> StoreFuture<'a, ClaimOutcome>;

    /// Records results; see [`on_complete`](super::record::on_complete).
    fn complete<'a>(
        &'a self,
        completions: &'a [Completion],
        batch_size: usize,
    ) -> StoreFuture<'a, CompleteOutcome>;

    /// Hands claims back without a result; see [`on_release`](super::record::on_release).
    fn release<'a>(
        &'a self,
        releases: &'a [Release],
        batch_size: usize,
    ) -> StoreFuture<'a, LeaseOutcome>;

    /// Moves the end of leases; see [`on_extend`](super::record::on_extend).
    fn extend<'a>(
        &'a self,
        extensions: &'a [Extension],
        batch_size: usize,
    ) -> StoreFuture<'a, LeaseOutcome>;

    /// The store as one that has transactions; none if it has not, and then handlers have no
    /// [`effects`](crate::MessageContext::effects).
    #[cfg(feature = "dynamodb")]
    fn transactions(&self) -> Option<&dyn super::TransactionalStore> {
        None
    }
}

impl<S: IdempotencyStore + ?Sized> IdempotencyStore for Arc<S> {
    fn claim<'a>(&'a self, claims: &'a [Claim]) -> StoreFuture<'a, ClaimOutcome> {
        (**self).claim(claims)
    }

    fn complete<'a>(
        &'a self,
        completions: &'a [Completion],
        batch_size: usize,
    ) -> StoreFuture<'a, CompleteOutcome> {
        (**self).complete(completions, batch_size)
    }

    fn release<'a>(
        &'a self,
        releases: &'a [Release],
        batch_size: usize,
    ) -> StoreFuture<'a, LeaseOutcome> {
        (**self).release(releases, batch_size)
    }

    fn extend<'a>(
        &'a self,
        extensions: &'a [Extension],
        batch_size: usize,
    ) -> StoreFuture<'a, LeaseOutcome> {
        (**self).extend(extensions, batch_size)
    }

    #[cfg(feature = "dynamodb")]
    fn transactions(&self) -> Option<&dyn super::TransactionalStore> {
        (**self).transactions()
    }
}

/// The store gave no usable answer: what was asked may or may not have happened.
#[derive(Debug, thiserror::Error)]
#[error("idempotency store: {what}")]
pub struct StoreError {
    what: String,
    #[source]
    source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

impl StoreError {
    /// An error that stands for itself.
    pub fn new(what: impl Into<String>) -> Self {
        Self {
            what: what.into(),
            source: None,
        }
    }

    /// An error with what caused it.
    pub fn caused_by(
        what: impl Into<String>,
        source: impl Into<Box<dyn std::error::Error + Send + Sync>>,
    ) -> Self {
        Self {
            what: what.into(),
            source: Some(source.into()),
        }
    }
}
