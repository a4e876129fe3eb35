mod keys;
mod record;
mod request;
mod script;

use std::fmt;

use redis::aio::ConnectionLike;

use self::request::Request;
use super::request::{
    Claim, ClaimOutcome, CompleteOutcome, Completion, Extension, LeaseOutcome, Release,
};
use super::store::{IdempotencyStore, StoreError, StoreFuture};
use keys::{Keys, Topology};

/// Records in Redis or Valkey, each a hash with the fields of the DynamoDB store's items.
///
/// The protocol's decisions are made by scripts, and so atomically: one call for all messages of a
/// batch on one server; in a cluster one for each [partition](Self::partitions) that they fall
/// into, side by side. Records end their life by themselves when they expire.
///
/// ```no_run
/// use lambda_queue::RedisStore;
///
/// # async fn stores() -> Result<(), redis::RedisError> {
/// let client = redis::Client::open("rediss://cache.example.com:6379")?;
/// let settings = redis::aio::ConnectionManagerConfig::new().set_number_of_retries(1);
/// let store = RedisStore::new(client.get_connection_manager_with_config(settings).await?);
///
/// let cluster = redis::cluster::ClusterClient::new(["rediss://cluster.example.com:6379"])?;
/// let store = RedisStore::cluster(cluster.get_async_connection().await?);
/// # Ok(())
/// # }
/// ```
///
/// The connection is yours, of the crate [`redis`] in the version this one uses: with TLS
/// (`rediss://`), user and password, and limits of time. Take one that connects again by itself,
/// such as [`ConnectionManager`](redis::aio::ConnectionManager), once or twice: the store makes second
/// tries as well, and with the manager's own six, a server that is gone is given up after most of a
/// minute. Connect once, at cold start.
///
/// # What a failover may lose
///
/// Redis and Valkey answer before their replicas have a write. Where a primary fails, its last
/// writes may be gone: a claim, and then two workers may run one key at once, or a completion, and
/// then a message runs again, as if it had never run. The same is so where memory runs out under an
/// eviction policy other than `noeviction`: records are evicted early. [`DynamoDbStore`] loses
/// neither; MemoryDB for Redis, which keeps writes in a log over several zones, none that it has
/// acknowledged. Choose this store where an effect that repeats once in a failover does no harm.
///
/// # Outputs
///
/// An output that is [stored](crate::BatchProcessorBuilder::store_output) is kept whatever its size,
/// up to the 512 MB of a Redis string (`proto-max-bulk-len`), where [`DynamoDbStore`] drops what an
/// item cannot hold. It lies in memory as long as its record, and every replay reads it: keep it
/// small, or elsewhere.
///
/// There are no transactions with a handler's own writes: handlers that use
/// [`effects`](crate::MessageContext::effects) need DynamoDB.
///
/// [`DynamoDbStore`]: crate::DynamoDbStore
#[derive(Clone)]
pub struct RedisStore<C> {
    connection: C,
    keys: Keys,
}

impl<C> RedisStore<C>
where
    C: ConnectionLike + Clone + Send + Sync + 'static,
{
    /// A store on one server, or on a primary with replicas.
    pub fn new(connection: C) -> Self {
        Self::with(connection, Topology::Server)
    }

    /// A store on a cluster, such as ElastiCache Serverless is.
    pub fn cluster(connection: C) -> Self {
        Self::with(connection, Topology::Cluster)
    }

    fn with(connection: C, topology: Topology) -> Self {
        Self {
            connection,
            keys: Keys::new(topology),
        }
    }

    /// Sets what the names of all records begin with; `lambda-queue` unless told otherwise.
    ///
    /// Another prefix finds none of the records there are: what was done before can run again.
    #[must_use]
    pub fn prefix(mut self, prefix: impl Into<String>) -> Self {
        self.keys.prefix = prefix.into();
        self
    }

    /// Sets over how many hash slots of a cluster records are spread, 1 to 256; 16 unless told
    /// otherwise. A batch takes up to so many calls; a large cluster is used evenly by more.
    ///
    /// Another number finds few of the records there are: what was done before can run again.
    #[must_use]
    pub fn partitions(mut self, partitions: u16) -> Self {
        self.keys.partitions = partitions.clamp(1, 256);
        self
    }

    async fn run<R: Request>(&self, requests: &[R]) -> Vec<Result<R::Outcome, StoreError>> {
        let calls = self.keys.calls(requests);
        let calls = calls.into_iter().map(async |call| {
            let answers = script::run(self.connection.clone(), &call).await;
            (call.places, answers)
        });
        let mut outcomes: Vec<_> = requests.iter().map(|_| None).collect();
        for (places, answers) in futures_util::future::join_all(calls).await {
            for (place, answer) in places.into_iter().zip(answers) {
                outcomes[place] = Some(answer);
            }
        }
        let unanswered = || Err(StoreError::new("Redis left a key out of its answer"));
        let outcomes = outcomes.into_iter();
        outcomes.map(|it| it.unwrap_or_else(unanswered)).collect()
    }
}

impl<C> IdempotencyStore for RedisStore<C>
where
    C: ConnectionLike + Clone + Send + Sync + 'static,
{
    fn claim<'a>(&'a self, claims: &'a [Claim]) -> StoreFuture<'a, ClaimOutcome> {
        Box::pin(self.run(claims))
    }

    fn complete<'a>(
        &'a self,
        completions: &'a [Completion],
        _batch_size: usize,
    ) -> StoreFuture<'a, CompleteOutcome> {
        Box::pin(self.run(completions))
    }

    fn release<'a>(
        &'a self,
        releases: &'a [Release],
        _batch_size: usize,
    ) -> StoreFuture<'a, LeaseOutcome> {
        Box::pin(self.run(releases))
    }

    fn extend<'a>(
        &'a self,
        extensions: &'a [Extension],
        _batch_size: usize,
    ) -> StoreFuture<'a, LeaseOutcome> {
        Box::pin(self.run(extensions))
    }
}

impl<C> fmt::Debug for RedisStore<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let keys = &self.keys;
        f.debug_struct("RedisStore")
            .field("keys", keys)
            .finish_non_exhaustive()
    }
}
