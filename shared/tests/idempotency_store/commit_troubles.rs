//! Transactions that DynamoDB does not carry out, and what it means for the message.

use aws_sdk_dynamodb::types::{Put, TransactWriteItem, Update};
use lambda_queue::idempotency::CommitOutcome;
use lambda_queue::idempotency::record::Status;

use crate::commits::{RECORDED, add_one, claimed, commit, put_new, status, text};
use crate::dynamodb::NOTES;
use crate::faults::{Fault, TRANSACTION, every, first};
use crate::request::completion;

#[tokio::test]
async fn a_conflict_or_throttling_is_tried_again() {
    for reasons in [
        &["None", "TransactionConflict"],
        &["TransactionConflict", "None"],
        &["None", "ThrottlingError"],
        &["ProvisionedThroughputExceeded", "None"],
    ] {
        let (db, store, claim) = claimed("k").await;
        db.http.inject(first(TRANSACTION, Fault::Cancel(reasons)));
        let outcome = commit(&store, &completion(&claim), &[add_one("n")]).await;
        assert_eq!(outcome.unwrap(), RECORDED);
        assert_eq!(db.http.count(TRANSACTION), 2);
        assert_eq!(db.count("n"), 1);
    }
}

#[tokio::test]
async fn a_conflict_that_stays_has_written_nothing_and_says_where_it_is() {
    let (db, store, claim) = claimed("k").await;
    let conflict = Fault::Cancel(&["None", "TransactionConflict"]);
    db.http.inject(every(TRANSACTION, conflict));
    let outcome = commit(&store, &completion(&claim), &[add_one("n")]).await;
    let reason = "TransactionConflict at write 1 of 1 (Update on the table `notes`)".to_owned();
    assert_eq!(outcome.unwrap(), CommitOutcome::Cancelled { reason });
    assert_eq!(db.http.count(TRANSACTION), 6);
}

#[tokio::test]
async fn a_transaction_in_progress_for_too_long_is_unknown() {
    let (db, store, claim) = claimed("k").await;
    let fault = Fault::Refuse(400, "TransactionInProgressException");
    db.http.inject(every(TRANSACTION, fault));
    let outcome = commit(&store, &completion(&claim), &[add_one("n")]).await;
    assert!(outcome.is_err());
    assert_eq!(db.count("n"), 0);
}

#[tokio::test]
async fn what_is_denied_or_cancelled_for_an_unknown_reason_has_written_nothing() {
    for (fault, said) in [
        (
            Fault::Refuse(400, "AccessDeniedException"),
            "ConditionCheckItem",
        ),
        (
            Fault::Refuse(400, "ResourceNotFoundException"),
            "does not exist",
        ),
        (Fault::Cancel(&["None", "SomethingNew"]), "SomethingNew"),
        (Fault::Cancel(&[]), "cancelled"),
    ] {
        let (db, store, claim) = claimed("k").await;
        db.http.inject(every(TRANSACTION, fault));
        let outcome = commit(&store, &completion(&claim), &[add_one("n")]).await;
        let Ok(CommitOutcome::Cancelled { reason }) = outcome else {
            panic!("{outcome:?}");
        };
        assert!(reason.contains(said), "{reason}");
        assert_eq!(db.http.count(TRANSACTION), 1);
    }
}

#[tokio::test]
async fn writes_dynamodb_does_not_take_are_invalid_and_its_reason_quotes_no_item() {
    let two_on_one = vec![put_new("secret"), {
        let put = Put::builder().table_name(NOTES);
        let put = put.item("note", text("secret")).item("more", text("x"));
        TransactWriteItem::builder()
            .put(put.build().unwrap())
            .build()
    }];
    let large = (0..11)
        .map(|n| {
            let put = Put::builder().table_name(NOTES);
            let put = put.item("note", text(&format!("{n}")));
            let put = put.item("text", text(&"secret ".repeat(57_000)));
            TransactWriteItem::builder()
                .put(put.build().unwrap())
                .build()
        })
        .collect();
    let wrong_type = vec![{
        let update = Update::builder()
            .table_name(NOTES)
            .key("note", text("counter"))
            .update_expression("ADD #count :secret")
            .expression_attribute_names("#count", "count")
            .expression_attribute_values(":secret", text("secret"));
        TransactWriteItem::builder()
            .update(update.build().unwrap())
            .build()
    }];
    for (writes, said) in [
        (two_on_one, "multiple operations on one item"),
        (large, "4MB"),
        (wrong_type, "incorrect data type"),
    ] {
        let (db, store, claim) = claimed("k").await;
        let outcome = commit(&store, &completion(&claim), &writes).await;
        let Ok(CommitOutcome::Invalid { reason }) = outcome else {
            panic!("{outcome:?}");
        };
        assert!(
            reason.contains(said) && !reason.contains("secret"),
            "{reason}"
        );
        assert_eq!(status(&db, &claim), Status::InProgress);
    }
}

#[tokio::test]
async fn a_write_that_would_make_an_item_invalid_is_named() {
    let (db, store, claim) = claimed("k").await;
    let fault = Fault::Cancel(&["None", "None", "ItemCollectionSizeLimitExceeded"]);
    db.http.inject(every(TRANSACTION, fault));
    let outcome = commit(&store, &completion(&claim), &[add_one("n"), add_one("m")]).await;
    let reason = "DynamoDB refuses write 2 of 2 (Update on the table `notes`): injected".to_owned();
    assert_eq!(outcome.unwrap(), CommitOutcome::Invalid { reason });
    assert_eq!(db.http.count(TRANSACTION), 1);
}
