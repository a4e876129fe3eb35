//! Records that Powertools, or nobody sane, wrote.

use lambda_queue::Policy;
use lambda_queue::idempotency::record::{Record, Status};
use lambda_queue::idempotency::{Claim, ClaimOutcome};
use serde_json::{Value, json};

use crate::dynamodb::DynamoDb;
use crate::request::{MARGIN_MS, NOW_MS, claim, claim_at, id};
use crate::stores::{WON, claim_on, on_every_store, only};

/// As Powertools writes it, with nothing switched on.
fn bare(status: Status) -> Record {
    Record {
        status,
        owner: None,
        lease_until_ms: None,
        expires_at_s: NOW_MS / 1000 + 3_600,
        validation: None,
        data: None,
        attempts: 0,
        last_error: None,
    }
}

#[tokio::test]
async fn a_completed_record_is_replayed_whatever_the_payload() {
    on_every_store(async |on| {
        let data = Some("\"done\"".to_owned());
        let record = Record {
            data: data.clone(),
            ..bare(Status::Completed)
        };
        on.put(&id("k"), record);
        let outcome = on.claim(&claim("k")).await;
        assert_eq!(outcome, ClaimOutcome::Replayed { data });
    })
    .await;
}

#[tokio::test]
async fn a_record_in_progress_without_an_owner_is_taken_after_its_lease() {
    on_every_store(async |on| {
        let record = Record {
            lease_until_ms: Some(NOW_MS),
            ..bare(Status::InProgress)
        };
        on.put(&id("k"), record);
        let held = on.claim(&claim_at(NOW_MS + MARGIN_MS, "k")).await;
        let until_ms = NOW_MS + MARGIN_MS + 1;
        assert_eq!(held, ClaimOutcome::Deferred { until_ms });
        let next = claim_at(until_ms, "k");
        assert_eq!(on.claim(&next).await, WON);
        assert_eq!(on.get(&next.id).unwrap().validation, next.validation);
    })
    .await;
}

#[tokio::test]
async fn a_record_in_progress_without_a_lease_is_held_until_it_expires() {
    on_every_store(async |on| {
        let record = bare(Status::InProgress);
        let expires_ms = record.expires_at_s * 1000;
        on.put(&id("k"), record);
        let held = on.claim(&claim_at(expires_ms, "k")).await;
        let until_ms = expires_ms + 1;
        assert_eq!(held, ClaimOutcome::Deferred { until_ms });
        assert_eq!(on.claim(&claim_at(until_ms, "k")).await, WON);
    })
    .await;
}

#[tokio::test]
async fn a_record_without_a_lease_is_parked_under_quarantine_once_it_expired() {
    on_every_store(async |on| {
        let record = bare(Status::InProgress);
        let after_ms = record.expires_at_s * 1000 + 1;
        on.put(&id("k"), record);
        let careful = Claim {
            policy: Policy::Quarantine,
            ..claim_at(after_ms, "k")
        };
        assert_eq!(on.claim(&careful).await, ClaimOutcome::Quarantined);
        assert_eq!(on.get(&careful.id).unwrap().status, Status::Quarantined);
    })
    .await;
}

/// Every claim on this item, both ways and under both policies, must be an error and change
/// nothing.
async fn is_left_alone(item: Value) {
    let db = DynamoDb::start().await;
    let id = id("k");
    db.put_item(&id, item);
    let before = db.item(&id);
    for policy in [Policy::Rerun, Policy::Quarantine] {
        let claims = [Claim {
            policy,
            ..claim_at(NOW_MS * 2, "k")
        }];
        for store in [db.single(), db.batched()] {
            use lambda_queue::IdempotencyStore;
            let answer = only(store.claim(&claims).await);
            assert!(answer.is_err(), "{answer:?}");
            assert_eq!(db.item(&id), before);
        }
    }
}

fn expired() -> Value {
    json!({
        "status": {"S": "COMPLETED"},
        "expiration": {"N": "1"},
    })
}

fn with(mut item: Value, name: &str, value: Value) -> Value {
    item[name] = value;
    item
}

#[tokio::test]
async fn a_record_of_unknown_status_is_nobodys() {
    is_left_alone(with(expired(), "status", json!({"S": "EXPIRED"}))).await;
    is_left_alone(with(expired(), "status", json!({"N": "1"}))).await;
    is_left_alone(json!({"expiration": {"N": "1"}})).await;
}

#[tokio::test]
async fn a_record_whose_times_are_no_times_is_nobodys() {
    for time in [json!({"S": "1"}), json!({"N": "-1"})] {
        is_left_alone(with(expired(), "expiration", time.clone())).await;
        let in_progress = with(expired(), "status", json!({"S": "INPROGRESS"}));
        is_left_alone(with(in_progress, "in_progress_expiration", time)).await;
    }
    is_left_alone(json!({"status": {"S": "COMPLETED"}})).await;
}

#[tokio::test]
async fn a_record_with_an_owner_payload_or_count_of_another_type_is_nobodys() {
    for status in ["COMPLETED", "INPROGRESS"] {
        let item = with(expired(), "status", json!({"S": status}));
        is_left_alone(with(item.clone(), "owner", json!({"N": "1"}))).await;
        is_left_alone(with(item.clone(), "validation", json!({"BOOL": true}))).await;
        is_left_alone(with(item, "attempts", json!({"S": "1"}))).await;
    }
}

#[tokio::test]
async fn an_output_stored_as_native_attributes_is_replayed_as_json() {
    let db = DynamoDb::start().await;
    let output = json!({"M": {"count": {"N": "3"}, "ok": {"BOOL": true}}});
    let item = with(expired(), "data", output);
    let until = json!({"N": NOW_MS.to_string()});
    db.put_item(&id("k"), with(item, "expiration", until));
    for store in [db.single(), db.batched()] {
        let outcome = claim_on(&store, &claim("k")).await;
        let ClaimOutcome::Replayed { data: Some(data) } = outcome else {
            panic!("{outcome:?}");
        };
        let data: Value = serde_json::from_str(&data).unwrap();
        assert_eq!(data, json!({"count": 3, "ok": true}));
    }
}

#[tokio::test]
async fn an_empty_payload_hash_says_as_little_as_none() {
    let db = DynamoDb::start().await;
    for (key, store) in [("single", db.single()), ("batched", db.batched())] {
        let item = with(expired(), "status", json!({"S": "INPROGRESS"}));
        db.put_item(&id(key), with(item, "validation", json!({"S": ""})));
        assert_eq!(claim_on(&store, &claim(key)).await, WON);
    }
}
