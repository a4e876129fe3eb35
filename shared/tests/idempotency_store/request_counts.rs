//! How many requests a batch costs.

use lambda_queue::IdempotencyStore;
use lambda_queue::idempotency::{Claim, Completion};

use crate::dynamodb::DynamoDb;
use crate::request::{claim, completion};

/// Requests to claim and complete n new messages, completed in one group.
async fn requests(db: &DynamoDb, store: impl IdempotencyStore, n: usize) -> usize {
    db.http.heal();
    let claims: Vec<Claim> = (0..n).map(|at| claim(&format!("{n}-{at}"))).collect();
    for outcome in store.claim(&claims).await {
        outcome.unwrap();
    }
    let completions: Vec<Completion> = claims.iter().map(completion).collect();
    for outcome in store.complete(&completions, n).await {
        outcome.unwrap();
    }
    db.http.calls().len()
}

#[tokio::test]
async fn batched_n_messages_cost_twice_n_over_25_requests_rounded_up() {
    let db = DynamoDb::start().await;
    for (messages, expected) in [(1, 2), (10, 2), (25, 2), (26, 4), (100, 8), (1_000, 80)] {
        assert_eq!(requests(&db, db.batched(), messages).await, expected);
    }
}

#[tokio::test]
async fn single_n_messages_cost_two_requests_each() {
    let db = DynamoDb::start().await;
    for messages in [1, 10, 26] {
        assert_eq!(requests(&db, db.single(), messages).await, 2 * messages);
    }
}

#[tokio::test]
async fn by_default_batches_of_up_to_ten_go_the_single_way() {
    let db = DynamoDb::start().await;
    assert_eq!(requests(&db, db.with_defaults(), 10).await, 20);
    assert_eq!(requests(&db, db.with_defaults(), 11).await, 2);
}

#[tokio::test]
async fn a_group_of_completions_goes_the_way_of_its_batch() {
    let db = DynamoDb::start().await;
    let claims: Vec<Claim> = (0..11).map(|at| claim(&format!("{at}"))).collect();
    let store = db.with_defaults();
    store.claim(&claims).await;
    let completions: Vec<Completion> = claims.iter().map(completion).collect();
    for (batch_size, operation) in [(11, "BatchExecuteStatement"), (10, "UpdateItem")] {
        db.http.heal();
        store.complete(&completions[..1], batch_size).await;
        assert_eq!(db.http.calls(), [operation]);
    }
}

#[tokio::test]
async fn a_hundred_duplicates_are_read_back_in_one_request() {
    let db = DynamoDb::start().await;
    let held: Vec<Claim> = (0..101).map(|at| claim(&format!("{at}"))).collect();
    db.batched().claim(&held).await;
    db.http.heal();
    let others: Vec<Claim> = (0..101).map(|at| claim(&format!("{at}"))).collect();
    db.batched().claim(&others).await;
    assert_eq!(db.http.count("BatchExecuteStatement"), 5);
    assert_eq!(db.http.count("BatchGetItem"), 2);
    assert_eq!(db.http.count("UpdateItem"), 0);
}
