//! Handlers' transactional effects: collected while they run, committed with their completions.

use std::collections::VecDeque;
use std::future::pending;

use aws_sdk_dynamodb::types::TransactWriteItem;
use futures_util::future::BoxFuture;
use futures_util::stream::FuturesUnordered;
use futures_util::{FutureExt, StreamExt};
use rustc_hash::FxHashMap;

use crate::idempotency::{
    CommitOutcome, CompleteOutcome, Completion, ItemOf, StoreError, TransactionalStore,
};
use crate::{HandlerError, IdempotencyStore, MessageContext, TransactionalEffects};

/// Transactions under way at most. They have little in common with each other, so that a slow one
/// holds nobody up while there are others' places.
const AT_ONCE: usize = 16;

/// What handlers want written.
pub(super) type Writes = Vec<TransactWriteItem>;

/// What became of a message's commit. An error of the handler's kind says that nothing was
/// written.
pub(super) type Committed = (
    usize,
    Result<Result<CompleteOutcome, StoreError>, HandlerError>,
);

/// Commits beside the writes in groups: each in a transaction of its own.
pub(super) struct Commits<'a> {
    store: Option<&'a dyn TransactionalStore>,
    open: FxHashMap<usize, TransactionalEffects>,
    waiting: VecDeque<(usize, Completion, Writes)>,
    under_way: FuturesUnordered<BoxFuture<'a, Committed>>,
}

impl<'a> Commits<'a> {
    pub(super) fn new(store: Option<&'a dyn IdempotencyStore>) -> Self {
        Self {
            store: store.and_then(IdempotencyStore::transactions),
            open: FxHashMap::default(),
            waiting: VecDeque::new(),
            under_way: FuturesUnordered::new(),
        }
    }

    /// Lets a handler whose claim is held add writes.
    pub(super) fn open(&mut self, index: usize, context: MessageContext) -> MessageContext {
        if self.store.is_none() {
            return context;
        }
        let effects = TransactionalEffects::new();
        self.open.insert(index, effects.clone());
        context.with_effects(effects)
    }

    /// The handler has ended: takes what it added, if anything.
    ///
    /// # Errors
    /// A write was refused when it was added.
    pub(super) fn close(&mut self, index: usize) -> Result<Option<Writes>, HandlerError> {
        let Some(effects) = self.open.remove(&index) else {
            return Ok(None);
        };
        let writes = effects.close()?;
        Ok(Some(writes).filter(|writes| !writes.is_empty()))
    }

    pub(super) fn push(&mut self, index: usize, completion: Completion, writes: Writes) {
        self.waiting.push_back((index, completion, writes));
    }

    /// Starts what waits, as far as there is a place.
    pub(super) fn flush(&mut self) {
        let Some(store) = self.store else { return };
        while self.under_way.len() < AT_ONCE
            && let Some((index, completion, writes)) = self.waiting.pop_front()
        {
            let commit = async move {
                let answer = store.commit(&completion, &writes).await;
                (index, judge(answer, &writes))
            };
            self.under_way.push(commit.boxed());
        }
    }

    /// Whether as many wait as are under way: no handler should add to them, since what it wants
    /// written may be megabytes.
    pub(super) fn is_full(&self) -> bool {
        self.waiting.len() >= AT_ONCE
    }

    /// Whether nothing waits and nothing is under way.
    pub(super) fn is_idle(&self) -> bool {
        self.waiting.is_empty() && self.under_way.is_empty()
    }

    /// The next answer; never resolves if nothing is under way. Safe to cancel.
    pub(super) async fn answer(&mut self) -> Committed {
        match self.under_way.next().await {
            Some(committed) => committed,
            None => pending().await,
        }
    }
}

fn judge(
    answer: Result<CommitOutcome, StoreError>,
    writes: &[TransactWriteItem],
) -> Result<Result<CompleteOutcome, StoreError>, HandlerError> {
    match answer {
        Ok(CommitOutcome::Completed(outcome)) => Ok(Ok(outcome)),
        Ok(CommitOutcome::Refused { position }) => Err(refused(position, writes)),
        Ok(CommitOutcome::Cancelled { reason }) => Err(HandlerError::retryable(format!(
            "its transactional writes were not made: {reason}"
        ))
        .named("TransactionCancelled")),
        Ok(CommitOutcome::Invalid { reason }) => Err(HandlerError::permanent(format!(
            "its transactional writes cannot be made: {reason}"
        ))
        .named("TransactionInvalid")),
        Err(error) => Ok(Err(error)),
    }
}

fn refused(position: usize, writes: &[TransactWriteItem]) -> HandlerError {
    let item = writes.get(position).and_then(ItemOf::of);
    let item = item.map_or_else(String::new, |item| format!(" ({item})"));
    HandlerError::retryable(format!(
        "its transactional writes were not made: the condition of write {} of {}{item} failed",
        position + 1,
        writes.len(),
    ))
    .named("TransactionRefused")
}
