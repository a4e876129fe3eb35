//! What threads share, with every thread going first.

#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

use std::num::NonZeroUsize;

use aws_sdk_dynamodb::types::{AttributeValue, Delete};
use lambda_queue::Policy;
use lambda_queue::idempotency::record::{Owner, RecordId, Status};
use lambda_queue::idempotency::{
    Claim, ClaimOutcome, CompleteOutcome, Completion, Disposition, IdempotencyStore, LeaseOutcome,
    Release,
};
use lambda_queue_interleavings::idempotency::{Completed, MemoryStore, close, new_effects};
use lambda_queue_interleavings::worker::{Health, InHand};
use shuttle::future::block_on;
use shuttle::sync::Arc;
use shuttle::sync::atomic::{AtomicUsize, Ordering};
use shuttle::thread;

/// Schedules of what has too many, drawn by chance with few preemptions, where bugs are.
const SCHEDULES: usize = 2_000;
/// Preemptions in such a schedule.
const DEPTH: usize = 3;

/// Two threads in every order; three in many.
fn in_every_order<F: Fn() + Send + Sync + 'static>(world: impl Fn(usize) -> F) {
    shuttle::check_dfs(world(2), None);
    shuttle::check_pct(world(3), SCHEDULES, DEPTH);
}

fn in_parallel(threads: impl IntoIterator<Item = impl FnOnce() + Send + 'static>) {
    let threads: Vec<_> = threads.into_iter().map(thread::spawn).collect();
    for thread in threads {
        thread.join().unwrap();
    }
}

#[test]
fn a_group_is_in_one_hand_at_a_time_and_free_again_afterwards() {
    let world = |threads| {
        move || {
            let in_hand = InHand::default();
            let hands = Arc::new(AtomicUsize::new(0));
            in_parallel((0..threads).map(|_| {
                let (in_hand, hands) = (in_hand.clone(), Arc::clone(&hands));
                move || {
                    if let Some(taken) = in_hand.take("group") {
                        assert_eq!(hands.fetch_add(1, Ordering::SeqCst), 0);
                        thread::yield_now();
                        hands.fetch_sub(1, Ordering::SeqCst);
                        drop(taken);
                    }
                }
            }));
            assert!(in_hand.take("group").is_some());
        }
    };
    in_every_order(world);
}

#[test]
fn a_worker_that_stops_never_says_that_it_polls() {
    let world = || {
        let health = Health::default();
        let polling = {
            let health = health.clone();
            move || {
                health.succeeded();
                health.failed("no answer");
                health.succeeded();
            }
        };
        let thread = thread::spawn(polling);
        health.stops();
        assert!(health.is_stopping());
        thread.join().unwrap();
        assert!(health.is_stopping());
    };
    shuttle::check_dfs(world, None);
}

/// A write is in the transaction, or its handler was told that it is not.
#[test]
fn no_write_is_dropped_unseen_when_a_handler_ends() {
    let world = |threads: usize| {
        move || {
            let effects = new_effects();
            let added = Arc::new(AtomicUsize::new(0));
            let handlers: Vec<_> = (1..threads)
                .map(|n| {
                    let (effects, added) = (effects.clone(), Arc::clone(&added));
                    thread::spawn(move || {
                        let delete = Delete::builder().table_name("table");
                        let key = AttributeValue::N(n.to_string());
                        let delete = delete.key("id", key).build().unwrap();
                        if effects.delete(delete).is_ok() {
                            added.fetch_add(1, Ordering::SeqCst);
                        }
                    })
                })
                .collect();
            let writes = close(&effects).unwrap();
            for handler in handlers {
                handler.join().unwrap();
            }
            assert_eq!(writes.len(), added.load(Ordering::SeqCst));
            assert!(close(&effects).is_err(), "closed once");
        }
    };
    in_every_order(world);
}

#[test]
fn what_is_remembered_is_bounded_and_true() {
    let id = |n: u64| RecordId::new(format!("key-{n}"));
    let world = move |threads: usize| {
        move || {
            let completed = Arc::new(Completed::new(NonZeroUsize::MIN));
            in_parallel((0..threads as u64).map(|n| {
                let completed = Arc::clone(&completed);
                move || {
                    completed.remember(id(n), 10);
                    assert!(!completed.replays(&id(n), 10_001), "expired");
                    assert!(!completed.replays(&id(7), 0), "never completed");
                }
            }));
            let known = (0..threads as u64).filter(|n| completed.replays(&id(*n), 0));
            assert_eq!(known.count(), 1);
        }
    };
    in_every_order(world);
}

fn claim(worker: usize, now_ms: u64) -> Claim {
    Claim {
        id: RecordId::new("key"),
        owner: Owner::new(format!("worker-{worker}")),
        validation: None,
        policy: Policy::Rerun,
        reconciles: false,
        now_ms,
        lease_until_ms: now_ms + 100,
        margin_ms: 0,
        expires_at_s: 1_000,
    }
}

/// Works on the key, and tells whether its result was recorded.
fn work(store: &MemoryStore, worker: usize, now_ms: u64, fails: bool) -> bool {
    let claim = claim(worker, now_ms);
    let won = block_on(store.claim(std::slice::from_ref(&claim)))
        .remove(0)
        .unwrap();
    if !matches!(won, ClaimOutcome::Won { .. }) {
        return false;
    }
    thread::yield_now();
    if fails {
        let release = Release {
            id: claim.id,
            owner: claim.owner,
            disposition: Disposition::Rerun,
            last_error: None,
        };
        let released = block_on(store.release(&[release], 1)).remove(0).unwrap();
        assert!(matches!(
            released,
            LeaseOutcome::Applied | LeaseOutcome::LeaseLost
        ));
        return false;
    }
    let completion = Completion {
        id: claim.id,
        owner: claim.owner,
        data: Some(worker.to_string()),
        expires_at_s: 1_000,
    };
    let completed = block_on(store.complete(&[completion], 1))
        .remove(0)
        .unwrap();
    completed == CompleteOutcome::Recorded
}

/// The second comes while the first holds the key, the third when its lease is over.
#[test]
fn one_result_is_recorded_for_a_key_whoever_comes_between_whom() {
    let world = || {
        let store = MemoryStore::new();
        let recorded = Arc::new(AtomicUsize::new(0));
        let workers = [
            (0, 0, false),
            (1, 50, false),
            (2, 200, false),
            (3, 300, true),
        ];
        in_parallel(workers.map(|(worker, now_ms, fails)| {
            let (store, recorded) = (store.clone(), Arc::clone(&recorded));
            move || {
                if work(&store, worker, now_ms, fails) {
                    recorded.fetch_add(1, Ordering::SeqCst);
                }
            }
        }));
        let recorded = recorded.load(Ordering::SeqCst);
        let record = store.get(&RecordId::new("key")).unwrap();
        assert_eq!(recorded == 1, record.status == Status::Completed);
        assert!(recorded <= 1);
    };
    shuttle::check_pct(world, SCHEDULES, DEPTH);
    shuttle::check_random(world, SCHEDULES);
}
