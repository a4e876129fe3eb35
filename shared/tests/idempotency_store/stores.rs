//! The stores the suite runs on.

use lambda_queue::idempotency::record::{Record, RecordId};
use lambda_queue::idempotency::{
    Claim, ClaimOutcome, CompleteOutcome, Completion, Extension, LeaseOutcome, Release, StoreError,
};
use lambda_queue::{IdempotencyStore, MemoryStore};

use crate::dynamodb::DynamoDb;
#[cfg(feature = "redis")]
use crate::redis_server::RedisServer;

/// A store, and a way to see and write its records past it.
pub(crate) struct Subject {
    pub(crate) name: &'static str,
    pub(crate) store: Box<dyn IdempotencyStore>,
    records: Records,
}

enum Records {
    Memory(MemoryStore),
    DynamoDb(DynamoDb),
    #[cfg(feature = "redis")]
    Redis(RedisServer),
}

/// Runs a test on every store.
pub(crate) async fn on_every_store(test: impl AsyncFn(&Subject)) {
    let memory = MemoryStore::new();
    let memory = Subject {
        name: "memory",
        store: Box::new(memory.clone()),
        records: Records::Memory(memory),
    };
    for subject in [memory].into_iter().chain(real_stores().await) {
        // Shown when the test fails.
        println!("on {}", subject.name);
        test(&subject).await;
    }
}

/// The stores that put the protocol into words of their own.
pub(crate) async fn real_stores() -> Vec<Subject> {
    let (for_single, for_batched) = (DynamoDb::start().await, DynamoDb::start().await);
    let subjects = [
        Subject {
            name: "DynamoDB, single",
            store: Box::new(for_single.single()),
            records: Records::DynamoDb(for_single),
        },
        Subject {
            name: "DynamoDB, batched",
            store: Box::new(for_batched.batched()),
            records: Records::DynamoDb(for_batched),
        },
    ];
    #[cfg(feature = "redis")]
    let subjects = subjects.into_iter().chain(redis().await);
    subjects.into_iter().collect()
}

/// A server, and a cluster; neither where none is installed.
#[cfg(feature = "redis")]
async fn redis() -> Vec<Subject> {
    let mut subjects = Vec::new();
    if let Some(server) = RedisServer::start().await {
        subjects.push(Subject {
            name: "Redis",
            store: Box::new(server.store().await),
            records: Records::Redis(server),
        });
    }
    if let Some(server) = RedisServer::start_cluster().await {
        subjects.push(Subject {
            name: "Redis, as a cluster",
            store: Box::new(server.cluster_store().await),
            records: Records::Redis(server),
        });
    }
    subjects
}

impl Subject {
    pub(crate) async fn claim(&self, claim: &Claim) -> ClaimOutcome {
        claim_on(&*self.store, claim).await
    }

    pub(crate) async fn complete(&self, completion: &Completion) -> CompleteOutcome {
        let completions = std::slice::from_ref(completion);
        only(self.store.complete(completions, 1).await).unwrap()
    }

    pub(crate) async fn release(&self, release: &Release) -> LeaseOutcome {
        only(self.store.release(std::slice::from_ref(release), 1).await).unwrap()
    }

    pub(crate) async fn extend(&self, extension: &Extension) -> LeaseOutcome {
        let extensions = std::slice::from_ref(extension);
        only(self.store.extend(extensions, 1).await).unwrap()
    }

    pub(crate) fn get(&self, id: &RecordId) -> Option<Record> {
        match &self.records {
            Records::Memory(store) => store.get(id),
            Records::DynamoDb(db) => db.get(id),
            #[cfg(feature = "redis")]
            Records::Redis(server) => server.get(id),
        }
    }

    pub(crate) fn put(&self, id: &RecordId, record: Record) {
        match &self.records {
            Records::Memory(store) => store.put(id.clone(), record),
            Records::DynamoDb(db) => db.put(id, &record),
            #[cfg(feature = "redis")]
            Records::Redis(server) => server.put(id, &record),
        }
    }

    /// As if the key had never been seen.
    pub(crate) fn delete(&self, id: &RecordId) {
        match &self.records {
            Records::Memory(_) => panic!("a new store has forgotten as well"),
            Records::DynamoDb(db) => db.delete(id),
            #[cfg(feature = "redis")]
            Records::Redis(server) => server.delete(id),
        }
    }
}

pub(crate) async fn claim_on(store: &dyn IdempotencyStore, claim: &Claim) -> ClaimOutcome {
    only(store.claim(std::slice::from_ref(claim)).await).unwrap()
}

/// The only answer to a call about one message.
pub(crate) fn only<T>(mut answers: Vec<T>) -> T {
    assert_eq!(answers.len(), 1);
    answers.remove(0)
}

pub(crate) const WON: ClaimOutcome = ClaimOutcome::Won { attempts: 1 };

pub(crate) fn won_again(attempts: u32) -> ClaimOutcome {
    ClaimOutcome::Won { attempts }
}

pub(crate) fn all_won(outcomes: Vec<Result<ClaimOutcome, StoreError>>, n: usize) {
    assert_eq!(outcomes.len(), n);
    for outcome in outcomes {
        assert_eq!(outcome.unwrap(), WON);
    }
}
