//! Completions in one transaction with other writes: all of it happens, once, or none of it.

use aws_sdk_dynamodb::types::{
    AttributeValue, ConditionCheck, Delete, Put, TransactWriteItem, Update,
};
use lambda_queue::idempotency::record::{Owner, Status};
use lambda_queue::idempotency::{Claim, CommitOutcome, CompleteOutcome, Completion, StoreError};
use lambda_queue::{DynamoDbStore, IdempotencyStore, MemoryStore};

use crate::dynamodb::{DynamoDb, NOTES};
use crate::faults::{Fault, TRANSACTION, every, first};
use crate::request::{LEASE_MS, MARGIN_MS, NOW_MS, claim, claim_at, completion, release};
use crate::stores::{WON, claim_on, only, won_again};

pub(crate) const RECORDED: CommitOutcome = CommitOutcome::Completed(CompleteOutcome::Recorded);
pub(crate) const LOST: CommitOutcome = CommitOutcome::Completed(CompleteOutcome::LeaseLost);
const DIVERGED: CommitOutcome = CommitOutcome::Completed(CompleteOutcome::Diverged);

pub(crate) fn text(text: &str) -> AttributeValue {
    AttributeValue::S(text.to_owned())
}

/// Adds one to a counter: made twice, it shows.
pub(crate) fn counting(note: &str) -> Update {
    let update = Update::builder().table_name(NOTES).key("note", text(note));
    update
        .update_expression("ADD #count :one")
        .expression_attribute_names("#count", "count")
        .expression_attribute_values(":one", AttributeValue::N("1".to_owned()))
        .build()
        .unwrap()
}

pub(crate) fn add_one(note: &str) -> TransactWriteItem {
    TransactWriteItem::builder().update(counting(note)).build()
}

pub(crate) fn put_new(note: &str) -> TransactWriteItem {
    let put = Put::builder().table_name(NOTES).item("note", text(note));
    let put = put.condition_expression("attribute_not_exists(note)");
    TransactWriteItem::builder()
        .put(put.build().unwrap())
        .build()
}

fn delete(note: &str) -> TransactWriteItem {
    let delete = Delete::builder().table_name(NOTES).key("note", text(note));
    TransactWriteItem::builder()
        .delete(delete.build().unwrap())
        .build()
}

fn exists(note: &str) -> TransactWriteItem {
    let check = ConditionCheck::builder()
        .table_name(NOTES)
        .key("note", text(note));
    let check = check.condition_expression("attribute_exists(note)");
    TransactWriteItem::builder()
        .condition_check(check.build().unwrap())
        .build()
}

pub(crate) async fn commit(
    store: &DynamoDbStore,
    completion: &Completion,
    writes: &[TransactWriteItem],
) -> Result<CommitOutcome, StoreError> {
    let store = store.transactions().unwrap();
    store.commit(completion, writes).await
}

/// A database, and a key that is claimed in it.
pub(crate) async fn claimed(key: &str) -> (DynamoDb, DynamoDbStore, Claim) {
    let db = DynamoDb::start().await;
    let (store, claim) = (db.with_defaults(), claim(key));
    assert_eq!(claim_on(&store, &claim).await, WON);
    (db, store, claim)
}

pub(crate) fn status(db: &DynamoDb, claim: &Claim) -> Status {
    db.get(&claim.id).unwrap().status
}

#[test]
fn a_store_in_memory_has_no_transactions() {
    assert!(MemoryStore::new().transactions().is_none());
}

#[tokio::test]
async fn a_commit_makes_all_writes_with_the_completion_in_one_request() {
    let (db, store, claim) = claimed("k").await;
    db.put_note("old");
    db.put_note("there");
    db.http.heal();
    let writes = [add_one("n"), put_new("new"), delete("old"), exists("there")];
    let result = Completion {
        data: Some("[1]".to_owned()),
        expires_at_s: 7,
        ..completion(&claim)
    };
    assert_eq!(commit(&store, &result, &writes).await.unwrap(), RECORDED);
    assert_eq!(db.http.calls(), [TRANSACTION]);
    assert_eq!(db.count("n"), 1);
    assert!(db.note("new").is_some() && db.note("old").is_none());
    let record = db.get(&claim.id).unwrap();
    assert_eq!(record.status, Status::Completed);
    assert_eq!(record.data.as_deref(), Some("[1]"));
    assert_eq!((record.expires_at_s, record.attempts), (7, 1));
    assert_eq!(record.validation, claim.validation);
}

#[tokio::test]
async fn a_commit_whose_answer_was_lost_is_recorded_and_its_writes_are_made_once() {
    for fault in [
        Fault::LoseAnswer,
        Fault::LoseRequest,
        Fault::Refuse(500, "InternalServerError"),
        Fault::Refuse(400, "ProvisionedThroughputExceededException"),
        Fault::Refuse(400, "TransactionInProgressException"),
    ] {
        let (db, store, claim) = claimed("k").await;
        db.http.inject(first(TRANSACTION, fault));
        let outcome = commit(&store, &completion(&claim), &[add_one("n")]).await;
        assert_eq!(outcome.unwrap(), RECORDED);
        assert_eq!(db.http.count(TRANSACTION), 2);
        assert_eq!(db.count("n"), 1);
    }
}

#[tokio::test]
async fn a_commit_recognises_itself_by_its_record_when_its_token_is_forgotten() {
    let (db, store, claim) = claimed("k").await;
    db.http.inject(|call| match call.before {
        0 => Some(Fault::LoseAnswer),
        _ => Some(Fault::ForgetToken),
    });
    let writes = [add_one("n"), put_new("new")];
    let outcome = commit(&store, &completion(&claim), &writes).await;
    assert_eq!(outcome.unwrap(), RECORDED);
    // No extra read: the cancelled transaction brought the record along.
    assert_eq!(db.http.calls(), [TRANSACTION, TRANSACTION]);
    assert_eq!(db.count("n"), 1);
}

#[tokio::test]
async fn a_commit_whose_answers_were_all_lost_is_unknown_and_recorded_when_it_is_sent_again() {
    let (db, store, claim) = claimed("k").await;
    db.http.inject(every(TRANSACTION, Fault::LoseAnswer));
    let outcome = commit(&store, &completion(&claim), &[add_one("n")]).await;
    assert!(outcome.is_err());
    db.http.heal();
    let outcome = commit(&store, &completion(&claim), &[add_one("n")]).await;
    assert_eq!(outcome.unwrap(), RECORDED);
    assert_eq!(db.count("n"), 1);
}

#[tokio::test]
async fn a_stale_owners_commit_changes_nothing_at_all() {
    let (db, store, stale) = claimed("k").await;
    let current = claim_at(NOW_MS + LEASE_MS + MARGIN_MS + 1, "k");
    assert_eq!(claim_on(&store, &current).await, won_again(2));
    let before = db.get(&stale.id);
    let outcome = commit(&store, &completion(&stale), &[add_one("n")]).await;
    assert_eq!(outcome.unwrap(), LOST);
    assert_eq!((db.get(&stale.id), db.count("n")), (before, 0));

    let outcome = commit(&store, &completion(&current), &[add_one("n")]).await;
    assert_eq!(outcome.unwrap(), RECORDED);
    let before = db.get(&stale.id);
    let outcome = commit(&store, &completion(&stale), &[add_one("n")]).await;
    assert_eq!(outcome.unwrap(), DIVERGED);
    assert_eq!((db.get(&stale.id), db.count("n")), (before, 1));
}

#[tokio::test]
async fn a_commit_to_a_record_that_is_gone_or_released_changes_nothing() {
    let (db, store, released) = claimed("released").await;
    store.release(&[release(&released)], 1).await;
    for claim in [released, claim("gone")] {
        let outcome = commit(&store, &completion(&claim), &[add_one("n")]).await;
        assert_eq!(outcome.unwrap(), LOST);
    }
    assert_eq!((db.get(&claim("gone").id), db.count("n")), (None, 0));
}

#[tokio::test]
async fn a_write_whose_condition_fails_is_named_and_nothing_is_written() {
    let (db, store, claim) = claimed("k").await;
    db.put_note("there");
    for (position, writes) in [
        (1, [add_one("n"), put_new("there"), delete("there too")]),
        (2, [add_one("n"), delete("there"), exists("not there")]),
    ] {
        let outcome = commit(&store, &completion(&claim), &writes).await;
        assert_eq!(outcome.unwrap(), CommitOutcome::Refused { position });
        assert_eq!(status(&db, &claim), Status::InProgress);
        assert_eq!(db.count("n"), 0);
        assert!(db.note("there").is_some());
    }
    let outcome = commit(&store, &completion(&claim), &[add_one("n")]).await;
    assert_eq!(outcome.unwrap(), RECORDED, "the claim still holds");
}

#[tokio::test]
async fn the_record_has_the_first_word_when_a_write_refuses_as_well() {
    let (db, store, claim) = claimed("k").await;
    db.http.inject(|call| match call.before {
        0 => Some(Fault::LoseAnswer),
        _ => Some(Fault::ForgetToken),
    });
    // Its own first try made the note that the second finds.
    let outcome = commit(&store, &completion(&claim), &[put_new("new")]).await;
    assert_eq!(outcome.unwrap(), RECORDED);
}

#[tokio::test]
async fn the_token_of_a_transaction_is_short_and_its_claims_own() {
    let (db, store, _) = claimed("k").await;
    let tokens = std::sync::Arc::new(std::sync::Mutex::new(Vec::new()));
    let noted = tokens.clone();
    db.http.inject(move |call| {
        let body: serde_json::Value = serde_json::from_str(call.body).unwrap();
        let token = body["ClientRequestToken"].as_str().unwrap().to_owned();
        noted.lock().unwrap().push(token);
        Some(Fault::LoseRequest)
    });
    for owner in ["1-0", "1-1", &"long".repeat(100)] {
        let completion = Completion {
            owner: Owner::new(owner),
            ..completion(&claim("k"))
        };
        // However often it is sent.
        for _ in 0..2 {
            assert!(commit(&store, &completion, &[add_one("n")]).await.is_err());
        }
    }
    let mut tokens = tokens.lock().unwrap().clone();
    assert!(tokens.len() > 6 && tokens.iter().all(|token| token.len() <= 36));
    tokens.dedup();
    assert_eq!(tokens.len(), 3);
}

#[tokio::test]
async fn a_commit_may_have_99_writes() {
    let (db, store, claim) = claimed("k").await;
    let writes: Vec<_> = (0..99).map(|n| add_one(&n.to_string())).collect();
    let outcome = commit(&store, &completion(&claim), &writes).await;
    assert_eq!(outcome.unwrap(), RECORDED);
    assert!((0..99).all(|n| db.count(&n.to_string()) == 1));
}

#[tokio::test]
async fn a_commit_refused_by_a_record_that_does_not_come_along_reads_it_back() {
    let (db, store, claim) = claimed("k").await;
    let result = completion(&claim);
    only(store.complete(std::slice::from_ref(&result), 1).await).unwrap();
    let fault = Fault::Cancel(&["ConditionalCheckFailed", "None"]);
    db.http.inject(every(TRANSACTION, fault));
    let outcome = commit(&store, &result, &[add_one("n")]).await;
    assert_eq!(outcome.unwrap(), RECORDED);
    assert_eq!(db.http.calls(), [TRANSACTION, "BatchGetItem"]);
}
