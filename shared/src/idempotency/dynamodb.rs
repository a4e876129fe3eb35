mod batched;
mod cancelled;
mod change;
mod commit;
mod concurrent;
mod expression;
mod failure;
mod item;
mod json;
mod partiql;
mod quoting;
mod read_back;
mod request;
mod single;
mod statement;
mod table;
mod takeover;
mod update;
mod wire;

use std::sync::Arc;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::TransactWriteItem;

use self::request::Request;
use self::table::Table;
use super::request::{
    Claim, ClaimOutcome, CompleteOutcome, Completion, Extension, LeaseOutcome, Release,
};
use super::store::{IdempotencyStore, StoreError, StoreFuture};
use super::transaction::{CommitFuture, TransactionalStore};

/// Batches of up to this many messages go the single way unless told otherwise.
const SINGLE_UP_TO: usize = 10;
/// An item holds 400 KB, names included. This leaves the other attributes more than they can
/// need: an id is at most 2 KB, the rest is hashes, tokens and numbers.
const MAX_DATA_BYTES: usize = 384 * 1024;

/// Records in a DynamoDB table with the partition key `id` (a string) and no sort key.
///
/// Switch on the table's time to live for the attribute `expiration`. The records are those of
/// Powertools, which may share the table, with a few attributes more.
///
/// # Two ways to the table
///
/// - *single*: one `UpdateItem` a message, up to 32 at once. Nothing is faster for few messages.
/// - *batched*: PartiQL statements, 25 to a `BatchExecuteStatement`. A call may take longer than
///   a single write, but n new messages cost ⌈n/25⌉ requests to claim and as many to complete,
///   and a fifth of the CPU at 10 messages, an eighth at 1,000 (`cargo bench` compares them).
///
/// Both mean the same and may be mixed freely. Batches of up to 10 messages go the single way,
/// since there the wait counts for more than the CPU; [`single_up_to`](Self::single_up_to) sets
/// another limit.
///
/// # Permissions
///
/// `dynamodb:UpdateItem` and `dynamodb:BatchGetItem`; for the batched way `dynamodb:PartiQLInsert`
/// and `dynamodb:PartiQLUpdate` as well. Where IAM denies those, the store keeps to single writes
/// and logs a warning once.
///
/// [Transactional effects](super#transactional-effects) need `dynamodb:UpdateItem` on this table,
/// and on those they write to `dynamodb:PutItem`, `UpdateItem`, `DeleteItem` and
/// `ConditionCheckItem`, as far as they use them. A transaction has no action of its own.
///
/// # Limits
///
/// An output of more than 384 KiB is not stored, with a warning in the log: the result is
/// recorded all the same, and replays of the message have no output.
#[derive(Clone, Debug)]
pub struct DynamoDbStore {
    table: Arc<Table>,
    single_up_to: usize,
}

impl DynamoDbStore {
    /// A store on this table. Its requests go where the client would send them, with its
    /// credentials, connections, timeouts and retries, but past its interceptors: only
    /// transactions are calls of the client itself.
    ///
    /// Retries are safe: every request carries the token of its claim, by which a repeated one
    /// recognises itself. A try without an answer is given up after 5 s, unless the client has an
    /// `operation_attempt_timeout` of its own.
    pub fn new(client: Client, table: impl Into<String>) -> Self {
        Self {
            table: Arc::new(Table::new(&client, table.into())),
            single_up_to: SINGLE_UP_TO,
        }
    }

    /// Sets the largest batch that goes the single way: 0 for none, `usize::MAX` for all.
    #[must_use]
    pub fn single_up_to(mut self, messages: usize) -> Self {
        self.single_up_to = messages;
        self
    }

    async fn run<R: Request>(
        &self,
        requests: &[R],
        batch_size: usize,
    ) -> Vec<Result<R::Outcome, StoreError>> {
        if batch_size <= self.single_up_to || self.table.is_partiql_denied() {
            return single::all(&self.table, requests.iter().collect()).await;
        }
        batched::all(&self.table, requests).await
    }
}

impl IdempotencyStore for DynamoDbStore {
    fn claim<'a>(&'a self, claims: &'a [Claim]) -> StoreFuture<'a, ClaimOutcome> {
        Box::pin(self.run(claims, claims.len()))
    }

    fn complete<'a>(
        &'a self,
        completions: &'a [Completion],
        batch_size: usize,
    ) -> StoreFuture<'a, CompleteOutcome> {
        Box::pin(self.run(completions, batch_size))
    }

    fn release<'a>(
        &'a self,
        releases: &'a [Release],
        batch_size: usize,
    ) -> StoreFuture<'a, LeaseOutcome> {
        Box::pin(self.run(releases, batch_size))
    }

    fn extend<'a>(
        &'a self,
        extensions: &'a [Extension],
        batch_size: usize,
    ) -> StoreFuture<'a, LeaseOutcome> {
        Box::pin(self.run(extensions, batch_size))
    }

    fn transactions(&self) -> Option<&dyn TransactionalStore> {
        Some(self)
    }
}

impl TransactionalStore for DynamoDbStore {
    fn commit<'a>(
        &'a self,
        completion: &'a Completion,
        writes: &'a [TransactWriteItem],
    ) -> CommitFuture<'a> {
        Box::pin(commit::commit(&self.table, completion, writes))
    }
}
