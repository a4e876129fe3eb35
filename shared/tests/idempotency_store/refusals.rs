//! Writes refused without a reason that holds by the time it is looked at.

use lambda_queue::idempotency::record::{Owner, Record, Status};
use lambda_queue::idempotency::{Claim, ClaimOutcome, CompleteOutcome};
use lambda_queue::{IdempotencyStore, Policy};

use crate::dynamodb::DynamoDb;
use crate::faults::{Fault, STATEMENTS, every, first};
use crate::request::{LEASE_MS, MARGIN_MS, NOW_MS, claim, claim_at, completion};
use crate::stores::{WON, claim_on, only};

#[tokio::test]
async fn a_duplicate_that_is_gone_when_it_is_read_back_is_claimed_after_all() {
    let db = DynamoDb::start().await;
    let fault = Fault::SkipStatements(vec![0], "DuplicateItem");
    db.http.inject(first(STATEMENTS, fault));
    assert_eq!(claim_on(&db.batched(), &claim("k")).await, WON);
    assert_eq!(db.http.calls(), [STATEMENTS, "BatchGetItem", "UpdateItem"]);
}

#[tokio::test]
async fn a_failed_condition_that_brings_no_record_along_is_read_back() {
    let db = DynamoDb::start().await;
    let winner = claim("k");
    claim_on(&db.batched(), &winner).await;
    db.batched().complete(&[completion(&winner)], 1).await;
    let late = completion(&claim("k"));
    let fault = Fault::SkipStatements(vec![0], "ConditionalCheckFailed");
    db.http.inject(first(STATEMENTS, fault));
    let outcome = only(db.batched().complete(std::slice::from_ref(&late), 1).await);
    assert_eq!(outcome.unwrap(), CompleteOutcome::Diverged);

    db.http.inject(first(
        "UpdateItem",
        Fault::Refuse(400, "ConditionalCheckFailedException"),
    ));
    let outcome = only(db.single().complete(&[late], 1).await);
    assert_eq!(outcome.unwrap(), CompleteOutcome::Diverged);
    assert_eq!(db.http.calls(), ["UpdateItem", "BatchGetItem"]);
}

#[tokio::test]
async fn a_claim_refused_for_no_reason_tries_again_but_not_for_ever() {
    let db = DynamoDb::start().await;
    let fault = Fault::Refuse(400, "ConditionalCheckFailedException");
    db.http.inject(first("UpdateItem", fault.clone()));
    assert_eq!(claim_on(&db.single(), &claim("a")).await, WON);
    db.http.inject(every("UpdateItem", fault));
    assert!(only(db.single().claim(&[claim("b")]).await).is_err());
    assert_eq!(db.http.count("UpdateItem"), 4);
}

#[tokio::test]
async fn a_change_refused_for_no_reason_is_unknown() {
    let db = DynamoDb::start().await;
    let claim = claim("k");
    claim_on(&db.single(), &claim).await;
    let fault = Fault::Refuse(400, "ConditionalCheckFailedException");
    db.http.inject(every("UpdateItem", fault));
    assert!(only(db.single().complete(&[completion(&claim)], 1).await).is_err());
}

/// A key whose orphaned claim a careful claimant finds, and parks unless something happens to it
/// first.
async fn parking(changed: impl Fn(Record) -> Record) -> (DynamoDb, ClaimOutcome) {
    let db = DynamoDb::start().await;
    let orphan = claim("k");
    claim_on(&db.single(), &orphan).await;
    let table = db.clone();
    let changed = changed(db.get(&orphan.id).unwrap());
    db.http.inject(move |call| {
        if call.before == 1 {
            table.put(&orphan.id, &changed);
        }
        None
    });
    let careful = Claim {
        policy: Policy::Quarantine,
        ..claim_at(NOW_MS + LEASE_MS + MARGIN_MS + 1, "k")
    };
    let outcome = claim_on(&db.single(), &careful).await;
    (db, outcome)
}

#[tokio::test]
async fn an_orphan_is_not_parked_once_its_owner_extended_it() {
    let until_ms = NOW_MS * 2;
    let (_, outcome) = parking(|record| Record {
        lease_until_ms: Some(until_ms),
        ..record
    })
    .await;
    let until_ms = until_ms + MARGIN_MS + 1;
    assert_eq!(outcome, ClaimOutcome::Deferred { until_ms });
}

#[tokio::test]
async fn an_orphan_is_not_parked_once_its_owner_completed_it() {
    let (_, outcome) = parking(|record| Record {
        status: Status::Completed,
        ..record
    })
    .await;
    assert_eq!(outcome, ClaimOutcome::Replayed { data: None });
}

#[tokio::test]
async fn an_orphan_that_changed_hands_is_looked_at_again_before_it_is_parked() {
    let (db, outcome) = parking(|record| Record {
        owner: Some(Owner::new("successor")),
        ..record
    })
    .await;
    assert_eq!(outcome, ClaimOutcome::Quarantined);
    // Claim, park refused, claim, park.
    assert_eq!(db.http.count("UpdateItem"), 4);
}
