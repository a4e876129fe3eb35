//! Outputs that an item cannot hold.

use lambda_queue::IdempotencyStore;
use lambda_queue::idempotency::record::Status;
use lambda_queue::idempotency::{CompleteOutcome, Completion};

use crate::dynamodb::DynamoDb;
use crate::request::{claim, completion};
use crate::stores::{claim_on, only};

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
