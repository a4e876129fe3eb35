//! Statements and reads that DynamoDB puts off.

use lambda_queue::IdempotencyStore;
use lambda_queue::idempotency::{Claim, ClaimOutcome};

use crate::dynamodb::DynamoDb;
use crate::faults::{Fault, STATEMENTS, every, first};
use crate::request::{claim, claims};
use crate::stores::{WON, all_won, only};

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
async fn keys_left_unprocessed_at_read_back_are_read_again() {
    let db = DynamoDb::start().await;
    let held = claims(3);
    db.batched().claim(&held).await;
    db.http
        .inject(first("BatchGetItem", Fault::LeaveUnprocessed { read: 1 }));
    for outcome in db.batched().claim(&claims(3)).await {
        assert!(matches!(outcome.unwrap(), ClaimOutcome::Deferred { .. }));
    }
    assert_eq!(db.http.count("BatchGetItem"), 2);
}

#[tokio::test]
async fn what_cannot_be_read_back_is_unknown() {
    let db = DynamoDb::start().await;
    db.batched().claim(&claims(2)).await;
    for fault in [Fault::LeaveUnprocessed { read: 0 }, Fault::LoseAnswer] {
        db.http.inject(every("BatchGetItem", fault));
        let outcomes = db.batched().claim(&claims(3)).await;
        assert!(outcomes[0].is_err());
        assert!(outcomes[1].is_err());
        assert_eq!(outcomes[2].as_ref().unwrap(), &WON);
        db.delete(&claim("002").id);
    }
}

#[tokio::test]
async fn what_was_read_back_before_the_rest_was_lost_is_decided() {
    let db = DynamoDb::start().await;
    db.batched().claim(&claims(3)).await;
    db.http.inject(|call| match (call.operation, call.before) {
        ("BatchGetItem", 0) => Some(Fault::LeaveUnprocessed { read: 1 }),
        ("BatchGetItem", _) => Some(Fault::LoseAnswer),
        _ => None,
    });
    let outcomes = db.batched().claim(&claims(3)).await;
    let decided = outcomes.iter().filter(|it| it.is_ok());
    assert_eq!(decided.count(), 1);
}
