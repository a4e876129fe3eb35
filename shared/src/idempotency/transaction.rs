use std::future::Future;
use std::pin::Pin;

use aws_sdk_dynamodb::types::TransactWriteItem;

use super::request::{CompleteOutcome, Completion};
use super::store::StoreError;

/// The answer to one commit.
pub type CommitFuture<'a> =
    Pin<Box<dyn Future<Output = Result<CommitOutcome, StoreError>> + Send + 'a>>;

/// A store that can complete a record and make DynamoDB writes in one transaction.
pub trait TransactionalStore: Send + Sync {
    /// Records a result as [`complete`](super::IdempotencyStore::complete) does, and makes these
    /// writes with it: both happen or neither does. At most
    /// [`MAX_WRITES`](super::TransactionalEffects::MAX_WRITES).
    ///
    /// An `Err` says that the outcome is unknown: the transaction may or may not have happened.
    fn commit<'a>(
        &'a self,
        completion: &'a Completion,
        writes: &'a [TransactWriteItem],
    ) -> CommitFuture<'a>;
}

/// What a commit came to.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum CommitOutcome {
    /// The record decided: the writes were made if it is
    /// [`Recorded`](CompleteOutcome::Recorded), and nothing was written otherwise.
    Completed(CompleteOutcome),
    /// The condition of one of the writes failed: nothing was written.
    Refused {
        /// Position among the writes, from 0.
        position: usize,
    },
    /// Nothing was written, and later it may be.
    Cancelled {
        /// Why; never quotes an item.
        reason: String,
    },
    /// Nothing was written, and these writes never will be.
    Invalid {
        /// Why; never quotes an item.
        reason: String,
    },
}
