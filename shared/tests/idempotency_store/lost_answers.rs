//! Requests and answers that get lost: what was applied is never applied twice, and what is unknown
//! is said to be.

use lambda_queue::IdempotencyStore;
use lambda_queue::idempotency::{ClaimOutcome, CompleteOutcome, Completion, LeaseOutcome};

use crate::dynamodb::DynamoDb;
use crate::faults::{Fault, STATEMENTS, first};
use crate::request::{
    LEASE_MS, MARGIN_MS, NOW_MS, claim, claim_at, claims, completion, extension, release,
};
use crate::stores::{WON, all_won, claim_on, only, won_again};

#[tokio::test]
async fn a_statement_that_was_applied_but_reported_failed_recognises_itself() {
    let db = DynamoDb::start().await;
    let claims = claims(5);
    let fault = Fault::MisreportStatements(vec![1, 4], "InternalServerError");
    db.http.inject(first(STATEMENTS, fault.clone()));
    all_won(db.batched().claim(&claims).await, 5);

    db.http.inject(first(STATEMENTS, fault));
    let completions: Vec<Completion> = claims.iter().map(completion).collect();
    for outcome in db.batched().complete(&completions, 5).await {
        assert_eq!(outcome.unwrap(), CompleteOutcome::Recorded);
    }
}

#[tokio::test]
async fn a_lost_request_or_answer_is_made_up_for_by_the_sdk_and_counted_as_one_attempt() {
    let db = DynamoDb::start().await;
    let faults = [
        Fault::LoseRequest,
        Fault::LoseAnswer,
        Fault::Refuse(500, "InternalServerError"),
        Fault::Refuse(400, "ProvisionedThroughputExceededException"),
    ];
    for (at, fault) in faults.into_iter().enumerate() {
        for (operation, store) in [("UpdateItem", db.single()), (STATEMENTS, db.batched())] {
            db.http.inject(first(operation, fault.clone()));
            let claim = claim(&format!("{operation}-{at}"));
            assert_eq!(claim_on(&store, &claim).await, WON);
            assert_eq!(db.http.count(operation), 2);

            db.http.inject(first(operation, fault.clone()));
            let extended = only(store.extend(&[extension(&claim)], 1).await).unwrap();
            assert_eq!(extended, LeaseOutcome::Applied);

            db.http.inject(first(operation, fault.clone()));
            let completed = only(store.complete(&[completion(&claim)], 1).await).unwrap();
            assert_eq!(completed, CompleteOutcome::Recorded);
            assert_eq!(db.get(&claim.id).unwrap().attempts, 1);
        }
    }
}

#[tokio::test]
async fn a_takeover_whose_answer_was_lost_counts_one_attempt() {
    let db = DynamoDb::start().await;
    for (key, store) in [("single", db.single()), ("batched", db.batched())] {
        claim_on(&store, &claim(key)).await;
        db.http.inject(first("UpdateItem", Fault::LoseAnswer));
        let next = claim_at(NOW_MS + LEASE_MS + MARGIN_MS + 1, key);
        assert_eq!(claim_on(&store, &next).await, won_again(2));
        assert_eq!(db.get(&next.id).unwrap().attempts, 2);
    }
}

#[tokio::test]
async fn a_claim_whose_answers_were_all_lost_is_unknown_holds_the_key_and_wins_when_retried() {
    let db = DynamoDb::start().await;
    for (key, store) in [("single", db.single()), ("batched", db.batched())] {
        let lost = claim(key);
        db.http.inject(|_| Some(Fault::LoseAnswer));
        assert!(only(store.claim(std::slice::from_ref(&lost)).await).is_err());
        db.http.heal();
        let until_ms = NOW_MS + LEASE_MS + MARGIN_MS + 1;
        let other = claim_on(&store, &claim(key)).await;
        assert_eq!(other, ClaimOutcome::Deferred { until_ms });
        assert_eq!(claim_on(&store, &lost).await, WON);
        let after = claim_on(&store, &claim_at(until_ms, key)).await;
        assert_eq!(after, won_again(2));
    }
}

#[tokio::test]
async fn a_claim_whose_requests_were_all_lost_is_unknown_and_holds_nothing() {
    let db = DynamoDb::start().await;
    for (key, store) in [("single", db.single()), ("batched", db.batched())] {
        db.http.inject(|_| Some(Fault::LoseRequest));
        assert!(only(store.claim(&[claim(key)]).await).is_err());
        db.http.heal();
        assert_eq!(claim_on(&store, &claim(key)).await, WON);
    }
}

#[tokio::test]
async fn a_call_that_fails_leaves_only_its_own_messages_unknown() {
    let db = DynamoDb::start().await;
    for fault in [Fault::LoseAnswer, Fault::Refuse(500, "InternalServerError")] {
        let claims = claims(60);
        // The second call's messages, and no other, name this key.
        db.http
            .inject(move |call| call.body.contains("test#030").then(|| fault.clone()));
        let outcomes = db.batched().claim(&claims).await;
        for (at, outcome) in outcomes.into_iter().enumerate() {
            match at {
                25..50 => assert!(outcome.is_err(), "{at}"),
                _ => assert_eq!(outcome.unwrap(), WON, "{at}"),
            }
        }
        for claim in &claims {
            db.delete(&claim.id);
        }
    }
}

#[tokio::test]
async fn a_single_write_that_fails_leaves_only_its_own_message_unknown() {
    let db = DynamoDb::start().await;
    db.http
        .inject(|call| call.body.contains("test#001").then_some(Fault::LoseRequest));
    let outcomes = db.single().claim(&claims(3)).await;
    assert_eq!(outcomes[0].as_ref().unwrap(), &WON);
    assert!(outcomes[1].is_err());
    assert_eq!(outcomes[2].as_ref().unwrap(), &WON);
}

#[tokio::test]
async fn a_release_whose_answer_was_lost_is_taken_for_a_lost_lease_but_did_release() {
    let db = DynamoDb::start().await;
    let claim = claim("k");
    claim_on(&db.single(), &claim).await;
    db.http.inject(first("UpdateItem", Fault::LoseAnswer));
    let outcome = only(db.single().release(&[release(&claim)], 1).await).unwrap();
    // A released record knows its last owner no more.
    assert_eq!(outcome, LeaseOutcome::LeaseLost);
    assert_eq!(db.get(&claim.id).unwrap().lease_until_ms, Some(0));
}
