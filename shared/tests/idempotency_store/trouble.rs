//! Lost requests, lost answers, throttling and missing permissions.

use lambda_queue::IdempotencyStore;
use lambda_queue::idempotency::record::Status;
use lambda_queue::idempotency::{
    Claim, ClaimOutcome, CompleteOutcome, Completion, Extension, LeaseOutcome, Release, StoreError,
};

use crate::dynamodb::DynamoDb;
use crate::faults::{Call, Fault};
use crate::request::{
    LEASE_MS, MARGIN_MS, NOW_MS, claim, claim_at, completion, extension, release,
};
use crate::stores::{WON, claim_on, only, won_again};

const STATEMENTS: &str = "BatchExecuteStatement";

/// Strikes the first request of an operation only.
fn first(operation: &'static str, fault: Fault) -> impl Fn(&Call<'_>) -> Option<Fault> {
    move |call| (call.operation == operation && call.before == 0).then(|| fault.clone())
}

/// Strikes all requests of an operation.
fn every(operation: &'static str, fault: Fault) -> impl Fn(&Call<'_>) -> Option<Fault> {
    move |call| (call.operation == operation).then(|| fault.clone())
}

fn claims(n: usize) -> Vec<Claim> {
    (0..n).map(|at| claim(&format!("{at:03}"))).collect()
}

fn all_won(outcomes: Vec<Result<ClaimOutcome, StoreError>>, n: usize) {
    assert_eq!(outcomes.len(), n);
    for outcome in outcomes {
        assert_eq!(outcome.unwrap(), WON);
    }
}

#[tokio::test]
async fn throttled_statements_alone_are_sent_again() {
    let db = DynamoDb::start().await;
    for code in [
        "ThrottlingError",
        "ProvisionedThroughputExceeded",
        "RequestLimitExceeded",
        "TransactionConflict",
        "InternalServerError",
    ] {
        let claims: Vec<Claim> = (0..5).map(|at| claim(&format!("{code}-{at}"))).collect();
        db.http
            .inject(first(STATEMENTS, Fault::SkipStatements(vec![0, 3], code)));
        all_won(db.batched().claim(&claims).await, 5);
        assert_eq!(db.http.calls(), [STATEMENTS, STATEMENTS], "{code}");
    }
}

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
async fn an_unanswered_statement_is_sent_again() {
    let db = DynamoDb::start().await;
    db.http.inject(first(STATEMENTS, Fault::TruncateAnswer(2)));
    all_won(db.batched().claim(&claims(5)).await, 5);
    assert_eq!(db.http.count(STATEMENTS), 2);
}

#[tokio::test]
async fn statements_throttled_for_good_are_unknown_and_the_rest_are_won() {
    let db = DynamoDb::start().await;
    let claims = claims(3);
    db.http.inject(|call| {
        let skipped = usize::from(call.before == 0);
        Some(Fault::SkipStatements(vec![skipped], "ThrottlingError"))
    });
    let outcomes = db.batched().claim(&claims).await;
    assert_eq!(outcomes[0].as_ref().unwrap(), &WON);
    let error = outcomes[1].as_ref().unwrap_err().to_string();
    assert!(error.contains("ThrottlingError"), "{error}");
    assert_eq!(outcomes[2].as_ref().unwrap(), &WON);
    assert_eq!(db.http.count(STATEMENTS), 6);
}

#[tokio::test]
async fn a_statement_that_is_plainly_wrong_is_not_sent_again() {
    let db = DynamoDb::start().await;
    let fault = Fault::SkipStatements(vec![0], "ValidationError");
    db.http.inject(every(STATEMENTS, fault));
    assert!(only(db.batched().claim(&claims(1)).await).is_err());
    assert_eq!(db.http.count(STATEMENTS), 1);
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
async fn keys_left_unprocessed_at_read_back_are_read_again() {
    let db = DynamoDb::start().await;
    let held = claims(3);
    db.batched().claim(&held).await;
    db.http
        .inject(first("BatchGetItem", Fault::LeaveUnprocessed));
    for outcome in db.batched().claim(&claims(3)).await {
        assert!(matches!(outcome.unwrap(), ClaimOutcome::Deferred { .. }));
    }
    assert_eq!(db.http.count("BatchGetItem"), 2);
}

#[tokio::test]
async fn what_cannot_be_read_back_is_unknown() {
    let db = DynamoDb::start().await;
    db.batched().claim(&claims(2)).await;
    for fault in [Fault::LeaveUnprocessed, Fault::LoseAnswer] {
        db.http.inject(every("BatchGetItem", fault));
        let outcomes = db.batched().claim(&claims(3)).await;
        assert!(outcomes[0].is_err());
        assert!(outcomes[1].is_err());
        assert_eq!(outcomes[2].as_ref().unwrap(), &WON);
        db.delete(&claim("002").id);
    }
}

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

#[tokio::test]
async fn where_partiql_is_denied_everything_goes_the_single_way_and_one_warning_is_logged() {
    for fault in [
        Fault::Refuse(400, "AccessDeniedException"),
        Fault::SkipStatements(vec![0, 1, 2], "AccessDenied"),
    ] {
        let db = DynamoDb::start().await;
        let store = db.batched();
        db.http.inject(every(STATEMENTS, fault));
        let log = crate::log::Captured::default();
        let _capturing = log.capture();
        let claims = claims(3);
        all_won(store.claim(&claims).await, 3);
        let extensions: Vec<Extension> = claims.iter().map(extension).collect();
        for outcome in store.extend(&extensions, 3).await {
            assert_eq!(outcome.unwrap(), LeaseOutcome::Applied);
        }
        let releases: Vec<Release> = claims.iter().map(release).collect();
        for outcome in store.clone().release(&releases, 3).await {
            assert_eq!(outcome.unwrap(), LeaseOutcome::Applied);
        }
        assert_eq!(db.http.count(STATEMENTS), 1);
        assert_eq!(db.http.count("UpdateItem"), 9);
        let log = log.text();
        assert_eq!(log.matches("PartiQLInsert").count(), 1, "{log}");
        assert_eq!(log.matches("PartiQLUpdate").count(), 1, "{log}");
    }
}

#[tokio::test]
async fn output_too_large_for_an_item_is_dropped_and_the_result_recorded() {
    let db = DynamoDb::start().await;
    const LARGEST: usize = 384 * 1024;
    for (name, store) in [("single", db.single()), ("batched", db.batched())] {
        for (bytes, stored) in [(LARGEST, true), (LARGEST + 1, false)] {
            let claim = claim(&format!("{}-{name}-{bytes}", "i".repeat(1_900)));
            claim_on(&store, &claim).await;
            let result = Completion {
                data: Some("x".repeat(bytes)),
                ..completion(&claim)
            };
            let outcome = only(store.complete(&[result], 1).await).unwrap();
            assert_eq!(outcome, CompleteOutcome::Recorded);
            let record = db.get(&claim.id).unwrap();
            assert_eq!(record.status, Status::Completed);
            assert_eq!(record.data.is_some(), stored);
        }
    }
}
