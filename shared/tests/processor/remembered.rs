//! Keys that a process remembers to be completed: replayed without the store, and never more than that.

use std::sync::atomic::Ordering;
use std::time::Duration;

use lambda_queue::idempotency::record::Status;
use lambda_queue::{
    BatchProcessor, BatchReport, Error, Handler, HandlerError, Idempotency, MessageContext, Outcome,
};
use serde::Deserialize;
use serde_json::json;
use tokio::time::advance;

use crate::events::{bodies, clock, far, outcomes};
use crate::stores::FaultyStore;

const RETENTION: Duration = Duration::from_secs(60);

#[derive(Deserialize)]
struct Order {
    id: u32,
    #[serde(default)]
    fails: bool,
}

fn order(id: u32, amount: u32) -> serde_json::Value {
    json!({"id": id, "amount": amount})
}

fn processor(
    store: &FaultyStore,
    capacity: Option<usize>,
) -> BatchProcessor<Order, impl Handler<Order, Output = ()> + use<>> {
    let idempotency = Idempotency::new(store.clone(), |order: &Order| order.id);
    let idempotency = idempotency.namespace("orders").retention(RETENTION);
    let idempotency = match capacity {
        Some(capacity) => idempotency.remember_completed(capacity),
        None => idempotency,
    };
    let handler = |order: Order, _: MessageContext| async move {
        match order.fails {
            true => Err(HandlerError::retryable("as told")),
            false => Ok::<_, HandlerError>(()),
        }
    };
    let builder = BatchProcessor::builder(handler).idempotency(idempotency);
    builder.clock(clock()).build().unwrap()
}

/// Claims so far: calls of the store.
fn claims(store: &FaultyStore) -> usize {
    store.faults.claims.load(Ordering::SeqCst)
}

async fn process<H: Handler<Order>>(
    processor: &BatchProcessor<Order, H>,
    orders: impl IntoIterator<Item = serde_json::Value>,
) -> BatchReport {
    processor.process(bodies(orders), far()).await
}

#[tokio::test(start_paused = true)]
async fn a_duplicate_in_a_later_batch_asks_the_store_nothing() -> Result<(), Error> {
    let store = FaultyStore::default();
    let processor = processor(&store, Some(10));
    process(&processor, [order(1, 5), order(2, 5)]).await;
    assert_eq!(claims(&store), 1);

    let report = process(&processor, [order(2, 5), order(1, 5), order(1, 5)]).await;
    assert_eq!(outcomes(&report), [Outcome::Replayed; 3]);
    assert_eq!(claims(&store), 1);
    // Clones are one process.
    let report = process(&processor.clone(), [order(1, 5), order(3, 5)]).await;
    let expected = [Outcome::Replayed, Outcome::Processed];
    assert_eq!(outcomes(&report), expected);
    assert_eq!(claims(&store), 2);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn nothing_is_remembered_unless_asked_for() {
    for capacity in [None, Some(0)] {
        let store = FaultyStore::default();
        let processor = processor(&store, capacity);
        process(&processor, [order(1, 5)]).await;
        let report = process(&processor, [order(1, 5)]).await;
        assert_eq!(outcomes(&report), [Outcome::Replayed]);
        assert_eq!(claims(&store), 2);
    }
}

#[tokio::test(start_paused = true)]
async fn what_expired_is_claimed_again() {
    let store = FaultyStore::default();
    let processor = processor(&store, Some(10));
    process(&processor, [order(1, 5)]).await;
    advance(RETENTION).await;
    let report = process(&processor, [order(1, 5)]).await;
    assert_eq!(outcomes(&report), [Outcome::Replayed]);
    assert_eq!(claims(&store), 1);
    advance(Duration::from_secs(2)).await;
    let report = process(&processor, [order(1, 5)]).await;
    assert_eq!(outcomes(&report), [Outcome::Processed]);
    assert_eq!(claims(&store), 2);
}

#[tokio::test(start_paused = true)]
async fn another_payload_is_still_a_mismatch_by_the_stores_word() {
    let store = FaultyStore::default();
    let processor = processor(&store, Some(10));
    process(&processor, [order(1, 5)]).await;
    let report = process(&processor, [order(1, 6), order(1, 5)]).await;
    let expected = [Outcome::Retry, Outcome::Replayed];
    assert_eq!(outcomes(&report), expected);
    assert!(
        report.messages[0]
            .error
            .as_ref()
            .unwrap()
            .contains("another payload")
    );
    assert_eq!(claims(&store), 2);
}

#[tokio::test(start_paused = true)]
async fn no_more_keys_are_kept_than_was_said() {
    let store = FaultyStore::default();
    let processor = processor(&store, Some(2));
    process(&processor, (1..=3).map(|id| order(id, 5))).await;
    process(&processor, [order(2, 5), order(3, 5)]).await;
    assert_eq!(claims(&store), 1);
    process(&processor, [order(1, 5)]).await;
    assert_eq!(claims(&store), 2);
}

#[tokio::test(start_paused = true)]
async fn what_is_not_known_to_be_recorded_is_not_remembered() {
    let store = FaultyStore::default();
    let processor = processor(&store, Some(10));
    let failing = json!({"id": 1, "fails": true});
    process(&processor, [failing.clone()]).await;
    let report = process(&processor, [failing]).await;
    assert_eq!(outcomes(&report), [Outcome::Retry]);
    assert_eq!(claims(&store), 2);

    store.faults.set(|it| &it.lose_complete_answers, true);
    let report = process(&processor, [order(2, 5)]).await;
    assert_eq!(outcomes(&report), [Outcome::Retry]);
    process(&processor, [order(2, 5)]).await;
    assert_eq!(claims(&store), 4);
}

/// By the documentation: whoever deletes a record restarts who remembers it.
#[tokio::test(start_paused = true)]
async fn a_record_that_somebody_changed_by_hand_stays_completed_to_who_remembers_it() {
    let store = FaultyStore::default();
    let remembering = processor(&store, Some(10));
    process(&remembering, [order(1, 5)]).await;
    let (id, mut record) = store.inner.records().remove(0);
    (record.status, record.lease_until_ms) = (Status::InProgress, Some(0));
    store.inner.put(id, record);

    let report = process(&remembering, [order(1, 5)]).await;
    assert_eq!(outcomes(&report), [Outcome::Replayed]);
    let restarted = processor(&store, Some(10));
    let report = process(&restarted, [order(1, 5)]).await;
    assert_eq!(outcomes(&report), [Outcome::Processed]);
}
