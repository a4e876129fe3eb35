//! Outputs that an item cannot hold.

use lambda_queue::IdempotencyStore;
use lambda_queue::idempotency::record::Status;
use lambda_queue::idempotency::{CompleteOutcome, Completion};

use crate::dynamodb::DynamoDb;
use crate::request::{claim, claims, completion};
use crate::stores::{claim_on, only};

const LARGEST: usize = 384 * 1024;

#[tokio::test]
async fn output_too_large_for_an_item_is_dropped_and_the_result_recorded() {
    let db = DynamoDb::start().await;
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

/// Redis takes what fits into its memory.
#[cfg(feature = "redis")]
#[tokio::test]
async fn redis_keeps_an_output_of_any_size() {
    let Some(server) = crate::redis_server::RedisServer::start().await else {
        return;
    };
    let (store, claim) = (server.store().await, claim("k"));
    claim_on(&store, &claim).await;
    let data = Some("x".repeat(8 * LARGEST));
    let result = Completion {
        data: data.clone(),
        ..completion(&claim)
    };
    let outcome = only(store.complete(&[result], 1).await).unwrap();
    assert_eq!(outcome, CompleteOutcome::Recorded);
    assert_eq!(server.get(&claim.id).unwrap().data, data);
}

#[tokio::test]
async fn outputs_too_large_for_one_request_are_spread_over_several() {
    let db = DynamoDb::start().await;
    let claims = claims(25);
    db.batched().claim(&claims).await;
    // Each of these quotes takes two bytes on the wire: 19 MB in all, where 16 are allowed.
    let data = "\"".repeat(LARGEST);
    let completions: Vec<Completion> = claims
        .iter()
        .map(|claim| Completion {
            data: Some(data.clone()),
            ..completion(claim)
        })
        .collect();
    for outcome in db.batched().complete(&completions, 25).await {
        assert_eq!(outcome.unwrap(), CompleteOutcome::Recorded);
    }
    for claim in &claims {
        assert_eq!(db.get(&claim.id).unwrap().data.as_ref(), Some(&data));
    }
}
