use std::sync::Arc;

use futures_util::FutureExt;
use futures_util::future::{BoxFuture, join};
use tracing::warn;

use super::group_commit::GroupCommit;
use crate::IdempotencyStore;
use crate::idempotency::{CompleteOutcome, Completion, Release, StoreError};

/// Something to write into the idempotency store.
pub(super) enum Write {
    /// The result of the message at this index.
    Complete(usize, Completion),
    /// A claim handed back. Nobody waits for it: unwritten, the claim ends with its lease.
    Release(Release),
}

/// What became of a completion.
pub(super) type Recorded = (usize, Result<CompleteOutcome, StoreError>);

/// Writes to a store in groups.
pub(super) type Writer<'a> = GroupCommit<'a, Write, Vec<Recorded>>;

/// A writer for a batch of this size; without a store, nothing is ever written.
pub(super) fn writer(store: Option<&Arc<dyn IdempotencyStore>>, batch_size: usize) -> Writer<'_> {
    GroupCommit::new(move |group| match store {
        Some(store) => write(&**store, group, batch_size).boxed(),
        None => std::future::ready(Vec::new()).boxed(),
    })
}

fn write<'a>(
    store: &'a dyn IdempotencyStore,
    group: Vec<Write>,
    batch_size: usize,
) -> BoxFuture<'a, Vec<Recorded>> {
    let (mut indices, mut completions, mut releases) = (Vec::new(), Vec::new(), Vec::new());
    for write in group {
        match write {
            Write::Complete(index, completion) => {
                indices.push(index);
                completions.push(completion);
            }
            Write::Release(release) => releases.push(release),
        }
    }
    let both = async move {
        let (completed, ()) = join(
            complete(store, &completions, batch_size),
            release(store, &releases, batch_size),
        )
        .await;
        let mut completed = completed.into_iter();
        let answer = |index| {
            let unanswered = || Err(StoreError::new("no answer"));
            (index, completed.next().unwrap_or_else(unanswered))
        };
        indices.into_iter().map(answer).collect()
    };
    both.boxed()
}

async fn complete(
    store: &dyn IdempotencyStore,
    completions: &[Completion],
    batch_size: usize,
) -> Vec<Result<CompleteOutcome, StoreError>> {
    if completions.is_empty() {
        return Vec::new();
    }
    store.complete(completions, batch_size).await
}

async fn release(store: &dyn IdempotencyStore, releases: &[Release], batch_size: usize) {
    if releases.is_empty() {
        return;
    }
    for error in store
        .release(releases, batch_size)
        .await
        .into_iter()
        .filter_map(Result::err)
    {
        warn!(%error, "could not release a claim; it ends with its lease");
    }
}
