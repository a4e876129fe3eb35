//! DynamoDB's conditions and Redis's scripts decide as the pure functions do, whatever is stored.

use lambda_queue::idempotency::record::{Owner, Record, RecordId, Status};
use lambda_queue::idempotency::{Claim, Completion, Disposition, Extension, Release};
use lambda_queue::{IdempotencyStore, MemoryStore, Policy};
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::{Config, TestRunner};

use crate::request::{MARGIN_MS, NOW_MS};
use crate::stores::{only, real_stores};

const OWN: &str = "own";

fn record() -> impl Strategy<Value = Record> {
    let status = select(vec![
        Status::InProgress,
        // More of them, since most rules are about those.
        Status::InProgress,
        Status::Completed,
        Status::Quarantined,
    ]);
    let owner = option::of(select(vec![OWN, "other"]).prop_map(Owner::new));
    let edge = NOW_MS - MARGIN_MS;
    let lease = option::of(prop_oneof![
        Just(0),
        edge - 2..=edge + 2,
        NOW_MS - 2..=NOW_MS + 2,
        Just(NOW_MS + 30_000),
        any::<u64>(),
    ]);
    let now_s = NOW_MS / 1000;
    let expires = prop_oneof![Just(0), now_s - 2..=now_s + 2, any::<u64>()];
    let text = |words: &[&'static str]| option::of(select(words.to_vec()).prop_map(str::to_owned));
    let details = (text(&["a", "b"]), text(&["1", "{}"]), text(&["Orphaned"]));
    let attempts = prop_oneof![0..5_u32, Just(u32::MAX - 1)];
    (status, owner, lease, expires, details, attempts).prop_map(
        |(status, owner, lease_until_ms, expires_at_s, details, attempts)| Record {
            status,
            owner,
            lease_until_ms,
            expires_at_s,
            validation: details.0,
            data: details.1,
            attempts,
            last_error: details.2,
        },
    )
}

fn claim() -> impl Strategy<Value = Claim> {
    let policy = select(vec![Policy::Rerun, Policy::Quarantine]);
    let validation = option::of(select(vec!["a", "b"]).prop_map(str::to_owned));
    let now = prop_oneof![
        NOW_MS - 2..=NOW_MS + 2,
        Just(NOW_MS + 999),
        Just(1),
        Just(MARGIN_MS)
    ];
    let claims = (policy, any::<bool>(), validation, now);
    claims.prop_map(|(policy, reconciles, validation, now_ms)| Claim {
        id: RecordId::new("filled in"),
        owner: Owner::new(OWN),
        validation,
        policy,
        reconciles,
        now_ms,
        lease_until_ms: now_ms + 30_000,
        margin_ms: MARGIN_MS,
        expires_at_s: now_ms / 1000 + 86_400,
    })
}

/// Runs a request on this record in every store, and in memory: the answers and what is stored
/// afterwards must be the same.
fn agree<R: std::fmt::Debug>(
    request: impl Strategy<Value = R>,
    run: impl AsyncFn(&dyn IdempotencyStore, &RecordId, &R) -> String,
) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let stores = runtime.block_on(real_stores());
    let mut runner = TestRunner::new(Config {
        cases: 250,
        failure_persistence: None,
        ..Config::default()
    });
    let result = runner.run(
        &(option::weighted(0.95, record()), request),
        |(stored, request)| {
            runtime.block_on(async {
                let memory = MemoryStore::new();
                let id = RecordId::new("test#memory");
                if let Some(record) = &stored {
                    memory.put(id.clone(), record.clone());
                }
                let expected = run(&memory, &id, &request).await;
                let expected = (expected, memory.get(&id));
                for on in &stores {
                    let id = RecordId::new(format!("test#{}", on.name));
                    match &stored {
                        Some(record) => on.put(&id, record.clone()),
                        None => on.delete(&id),
                    }
                    let outcome = run(&*on.store, &id, &request).await;
                    prop_assert_eq!(&(outcome, on.get(&id)), &expected, "{}", on.name);
                }
                Ok(())
            })
        },
    );
    result.unwrap();
}

fn shown<T: std::fmt::Debug, E: std::fmt::Debug>(answers: Vec<Result<T, E>>) -> String {
    format!("{:?}", only(answers).unwrap())
}

#[test]
fn claims_are_decided_as_in_memory() {
    agree(claim(), async |store, id, claim| {
        let claim = Claim {
            id: id.clone(),
            ..claim.clone()
        };
        shown(store.claim(&[claim]).await)
    });
}

#[test]
fn completions_are_decided_as_in_memory() {
    let data = option::of(Just("[1]".to_owned()));
    agree(data, async |store, id, data| {
        let completion = Completion {
            id: id.clone(),
            owner: Owner::new(OWN),
            data: data.clone(),
            expires_at_s: 7,
        };
        shown(store.complete(&[completion], 1).await)
    });
}

#[test]
fn releases_are_decided_as_in_memory() {
    let disposition = select(vec![Disposition::Rerun, Disposition::Quarantine]);
    let last_error = option::of(Just("Retryable".to_owned()));
    agree((disposition, last_error), async |store, id, request| {
        let release = Release {
            id: id.clone(),
            owner: Owner::new(OWN),
            disposition: request.0,
            last_error: request.1.clone(),
        };
        shown(store.release(&[release], 1).await)
    });
}

#[test]
fn extensions_are_decided_as_in_memory() {
    agree(any::<u64>(), async |store, id, lease_until_ms| {
        let extension = Extension {
            id: id.clone(),
            owner: Owner::new(OWN),
            lease_until_ms: *lease_until_ms,
        };
        shown(store.extend(&[extension], 1).await)
    });
}
