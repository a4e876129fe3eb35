//! Messages that were seen before, and stores that do not answer.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use lambda_queue::idempotency::record::Status;
use lambda_queue::{
    BatchProcessor, Classify, Deadline, HandlerError, Idempotency, MemoryStore, MessageContext,
    Outcome, Policy,
};
use serde::Deserialize;
use serde_json::json;
use tokio::time::{Instant, sleep};

use crate::events::{bodies, clock, event, far, in_group, in_seconds, message, outcomes};
use crate::stores::FaultyStore;

#[derive(Clone, Deserialize)]
struct Order {
    id: Option<String>,
    #[serde(default)]
    order: String,
}

fn order(id: &str, order: &str) -> serde_json::Value {
    json!({"id": id, "order": order})
}

/// Counts its runs, and does what the order says.
#[derive(Clone, Default)]
struct Clerk(Arc<AtomicUsize>);

impl Clerk {
    fn runs(&self) -> usize {
        self.0.load(Ordering::SeqCst)
    }
}

impl lambda_queue::Handler<Order> for Clerk {
    type Output = String;

    async fn handle(&self, order: Order, _: MessageContext) -> Result<String, HandlerError> {
        self.0.fetch_add(1, Ordering::SeqCst);
        let failure = || Err::<(), _>(std::io::Error::other("as told"));
        match order.order.as_str() {
            "fail" => failure().retryable()?,
            "?" => failure()?,
            "refuse" => failure().permanent()?,
            "unsure" => failure().indeterminate()?,
            "panic" => panic!("as told"),
            "linger" => sleep(Duration::from_secs(3600)).await,
            _ => {}
        }
        Ok(format!("did {}", order.id.unwrap_or_default()))
    }
}

fn by_id(store: impl lambda_queue::IdempotencyStore) -> Idempotency<Order> {
    Idempotency::new(store, |order: &Order| order.id.clone()).namespace("orders")
}

fn processor(clerk: &Clerk, idempotency: Idempotency<Order>) -> BatchProcessor<Order, Clerk> {
    BatchProcessor::builder(clerk.clone())
        .idempotency(idempotency)
        .clock(clock())
        .build()
        .unwrap()
}

#[tokio::test(start_paused = true)]
async fn a_second_delivery_is_replayed() {
    let clerk = Clerk::default();
    let processor = processor(&clerk, by_id(MemoryStore::new()));
    let batch = bodies([order("1", ""), order("2", "")]);
    processor.process(batch.clone(), far()).await;
    let report = processor.process(batch, far()).await;
    assert_eq!(outcomes(&report), [Outcome::Replayed, Outcome::Replayed]);
    assert_eq!(clerk.runs(), 2);
}

#[tokio::test(start_paused = true)]
async fn duplicates_in_a_batch_run_once() {
    let clerk = Clerk::default();
    let processor = processor(&clerk, by_id(MemoryStore::new()));
    let report = processor
        .process(bodies([order("1", ""), order("1", "")]), far())
        .await;
    assert_eq!(outcomes(&report), [Outcome::Processed, Outcome::Replayed]);
    assert_eq!(clerk.runs(), 1);
}

#[tokio::test(start_paused = true)]
async fn duplicates_of_a_failed_message_come_back_with_it() {
    let clerk = Clerk::default();
    let processor = processor(&clerk, by_id(MemoryStore::new()));
    let report = processor
        .process(bodies([order("1", "fail"), order("1", "fail")]), far())
        .await;
    assert_eq!(outcomes(&report), [Outcome::Retry, Outcome::Deferred]);
    assert_eq!(clerk.runs(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_key_used_for_another_payload_is_a_permanent_error() {
    let clerk = Clerk::default();
    let processor = processor(&clerk, by_id(MemoryStore::new()));
    let report = processor
        .process(bodies([order("1", "a"), order("1", "b")]), far())
        .await;
    assert_eq!(outcomes(&report), [Outcome::Processed, Outcome::Retry]);
    let report = processor.process(bodies([order("1", "b")]), far()).await;
    assert_eq!(outcomes(&report), [Outcome::Retry]);
    insta::assert_snapshot!(report.messages[0].error.clone().unwrap());
    assert_eq!(clerk.runs(), 1);
}

#[tokio::test(start_paused = true)]
async fn parts_that_do_not_matter_can_be_left_out_of_the_payload() {
    let clerk = Clerk::default();
    let idempotency = by_id(MemoryStore::new()).payload(|order: &Order| order.id.clone());
    let processor = processor(&clerk, idempotency);
    let report = processor
        .process(bodies([order("1", "a"), order("1", "b")]), far())
        .await;
    assert_eq!(outcomes(&report), [Outcome::Processed, Outcome::Replayed]);
}

#[tokio::test(start_paused = true)]
async fn a_missing_key_is_that_messages_permanent_error() {
    let clerk = Clerk::default();
    let processor = processor(&clerk, by_id(MemoryStore::new()));
    let batch = bodies([json!({"order": "a"}), json!({"id": ""}), order("1", "")]);
    let report = processor.process(batch, far()).await;
    assert_eq!(
        outcomes(&report),
        [Outcome::Retry, Outcome::Retry, Outcome::Processed]
    );
    insta::assert_snapshot!(report.messages[0].error.clone().unwrap());
}

#[tokio::test(start_paused = true)]
async fn a_key_can_be_taken_from_the_body_by_jmespath() {
    let clerk = Clerk::default();
    let idempotency = Idempotency::by_jmespath(MemoryStore::new(), "[id, order]").unwrap();
    let processor = processor(&clerk, idempotency.namespace("orders"));
    let batch = bodies([
        order("1", "a"),
        order("1", "b"),
        json!({"id": "2"}),
        order("1", "a"),
    ]);
    let report = processor.process(batch, far()).await;
    use Outcome::{Processed, Replayed, Retry};
    assert_eq!(outcomes(&report), [Processed, Processed, Retry, Replayed]);
}

#[tokio::test(start_paused = true)]
async fn a_failed_message_can_be_claimed_again_at_once() {
    let clerk = Clerk::default();
    let processor = processor(&clerk, by_id(MemoryStore::new()));
    for runs in 1..=3 {
        let report = processor.process(bodies([order("1", "fail")]), far()).await;
        assert_eq!(outcomes(&report), [Outcome::Retry]);
        assert_eq!(clerk.runs(), runs);
    }
}

#[tokio::test(start_paused = true)]
async fn two_workers_never_run_one_key_at_once() {
    let (clerk, store) = (Clerk::default(), MemoryStore::new());
    let (a, b) = (
        processor(&clerk, by_id(store.clone())),
        processor(&clerk, by_id(store)),
    );
    let batch = bodies([order("1", "linger")]);
    let (a, b) = tokio::join!(a.process(batch.clone(), in_seconds(60)), async {
        sleep(Duration::from_secs(5)).await;
        b.process(batch, in_seconds(10)).await
    });
    assert_eq!(outcomes(&a), [Outcome::Retry]);
    assert_eq!(outcomes(&b), [Outcome::Deferred]);
    assert_eq!(clerk.runs(), 1);
}

#[tokio::test(start_paused = true)]
async fn outputs_are_stored_only_when_asked_for() {
    for (asked, expected) in [(false, None), (true, Some("\"did 1\""))] {
        let (clerk, store) = (Clerk::default(), FaultyStore::default());
        let builder = BatchProcessor::builder(clerk).idempotency(by_id(store.clone()));
        let builder = if asked {
            builder.store_output()
        } else {
            builder
        };
        let processor = builder.clock(clock()).build().unwrap();
        processor.process(bodies([order("1", "")]), far()).await;
        let record = store.inner.records().pop().unwrap().1;
        assert_eq!(record.data.as_deref(), expected);
        assert_eq!(record.status, Status::Completed);
    }
}

#[tokio::test(start_paused = true)]
async fn results_are_remembered_for_30_days_unless_told_otherwise() {
    let (clerk, store) = (Clerk::default(), MemoryStore::new());
    let processor = processor(&clerk, by_id(store.clone()));
    processor.process(bodies([order("1", "")]), far()).await;
    let record = store.records().pop().unwrap().1;
    assert_eq!(
        record.expires_at_s,
        crate::events::START_MS / 1000 + 30 * 24 * 3600
    );
}

#[tokio::test(start_paused = true)]
async fn a_lost_claim_answer_is_reported_and_hides_the_message_until_our_lease_ends() {
    let (clerk, store) = (Clerk::default(), FaultyStore::default());
    store.faults.set(|faults| &faults.lose_claim_answers, true);
    let processor = processor(&clerk, by_id(store));
    let report = processor
        .process(bodies([order("1", "")]), in_seconds(60))
        .await;
    assert_eq!(outcomes(&report), [Outcome::Retry]);
    // The deadline and twice the margin, in whole seconds.
    assert_eq!(report.messages[0].hidden_for, Some(Duration::from_secs(63)));
    assert_eq!(clerk.runs(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_lost_completion_answer_is_reported_and_then_replayed() {
    let (clerk, store) = (Clerk::default(), FaultyStore::default());
    store
        .faults
        .set(|faults| &faults.lose_complete_answers, true);
    let processor = processor(&clerk, by_id(store.clone()));
    let report = processor.process(bodies([order("1", "")]), far()).await;
    assert_eq!(outcomes(&report), [Outcome::Retry]);
    store
        .faults
        .set(|faults| &faults.lose_complete_answers, false);
    let report = processor.process(bodies([order("1", "")]), far()).await;
    assert_eq!(outcomes(&report), [Outcome::Replayed]);
    assert_eq!(clerk.runs(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_store_that_hangs_does_not_keep_the_response() {
    let (clerk, store) = (Clerk::default(), FaultyStore::default());
    store.faults.set(|faults| &faults.hang_on_complete, true);
    let processor = processor(&clerk, by_id(store));
    let begin = Instant::now();
    let report = processor
        .process(bodies([order("1", "")]), in_seconds(60))
        .await;
    assert_eq!(outcomes(&report), [Outcome::Retry]);
    assert!(begin.elapsed() < Duration::from_secs(60));
}

#[tokio::test(start_paused = true)]
async fn a_handler_whose_claim_is_lost_is_stopped() {
    let (clerk, store) = (Clerk::default(), FaultyStore::default());
    store.faults.set(|faults| &faults.steal_on_extend, true);
    let processor = processor(&clerk, by_id(store));
    let begin = Instant::now();
    let report = processor
        .process(bodies([order("1", "linger")]), Deadline::unknown())
        .await;
    assert_eq!(outcomes(&report), [Outcome::LeaseLost]);
    assert_eq!(
        begin.elapsed().as_secs(),
        20,
        "the first heartbeat, a third of the lease"
    );
}

#[tokio::test(start_paused = true)]
async fn a_message_whose_claim_is_lost_while_it_waits_never_runs() {
    let (clerk, store) = (Clerk::default(), FaultyStore::default());
    store.faults.set(|faults| &faults.steal_on_extend, true);
    let processor = BatchProcessor::builder(clerk.clone())
        .max_concurrency(1)
        .idempotency(by_id(store))
        .clock(clock())
        .build()
        .unwrap();
    let batch = bodies([order("1", "linger"), order("2", "")]);
    let report = processor.process(batch, Deadline::unknown()).await;
    assert_eq!(outcomes(&report), [Outcome::LeaseLost, Outcome::LeaseLost]);
    assert_eq!(clerk.runs(), 1);
}

#[tokio::test(start_paused = true)]
async fn handlers_that_finish_together_share_one_write() {
    let (clerk, store) = (Clerk::default(), FaultyStore::default());
    let processor = processor(&clerk, by_id(store.clone()));
    let report = processor
        .process(bodies((0..100).map(|n| order(&n.to_string(), ""))), far())
        .await;
    assert_eq!(report.count(Outcome::Processed), 100);
    assert_eq!(store.faults.claims.load(Ordering::SeqCst), 1);
    assert_eq!(store.faults.completes.load(Ordering::SeqCst), 1);
}

#[tokio::test(start_paused = true)]
async fn the_claims_of_a_blocked_group_are_released() {
    let clerk = Clerk::default();
    let processor = processor(&clerk, by_id(MemoryStore::new()));
    let batch = event([
        in_group("a", "a1", order("1", "fail")),
        in_group("a", "a2", order("2", "")),
    ]);
    let report = processor.process(batch, far()).await;
    assert_eq!(outcomes(&report), [Outcome::Retry, Outcome::Blocked]);
    let report = processor
        .process(event([in_group("a", "a2", order("2", ""))]), far())
        .await;
    assert_eq!(outcomes(&report), [Outcome::Processed]);
}

#[tokio::test(start_paused = true)]
async fn a_lost_completion_stops_its_group() {
    let (clerk, store) = (Clerk::default(), FaultyStore::default());
    store
        .faults
        .set(|faults| &faults.lose_complete_answers, true);
    let processor = processor(&clerk, by_id(store));
    let batch = event([
        in_group("a", "a1", order("1", "")),
        in_group("a", "a2", order("2", "")),
    ]);
    let report = processor.process(batch, far()).await;
    assert_eq!(outcomes(&report), [Outcome::Retry, Outcome::Blocked]);
    assert_eq!(clerk.runs(), 1);
}

#[tokio::test(start_paused = true)]
async fn duplicates_across_groups_wait_for_the_first() {
    let clerk = Clerk::default();
    let processor = processor(&clerk, by_id(MemoryStore::new()));
    let batch = event([
        in_group("a", "a1", order("1", "")),
        in_group("a", "a2", order("2", "")),
        in_group("b", "b1", order("2", "")),
        in_group("b", "b2", order("3", "")),
    ]);
    let report = processor.process(batch, far()).await;
    use Outcome::{Processed, Replayed};
    assert_eq!(
        outcomes(&report),
        [Processed, Processed, Replayed, Processed]
    );
}

#[tokio::test(start_paused = true)]
async fn quarantine_never_reruns_what_may_have_happened() {
    for (doing, reruns) in [
        ("fail", true),
        ("?", false),
        ("unsure", false),
        ("panic", false),
        ("linger", false),
    ] {
        let (clerk, store) = (Clerk::default(), MemoryStore::new());
        let idempotency = by_id(store.clone()).policy(Policy::Quarantine);
        let processor = processor(&clerk, idempotency);
        let batch = bodies([order("1", doing)]);
        for _ in 0..2 {
            let report = processor.process(batch.clone(), in_seconds(60)).await;
            assert_eq!(outcomes(&report), [Outcome::Retry], "{doing}");
        }
        assert_eq!(clerk.runs(), if reruns { 2 } else { 1 }, "{doing}");
        let expected = if reruns {
            Status::InProgress
        } else {
            Status::Quarantined
        };
        assert_eq!(store.records().pop().unwrap().1.status, expected, "{doing}");
    }
}

#[tokio::test(start_paused = true)]
async fn without_a_namespace_there_is_no_processor() {
    let idempotency = Idempotency::new(MemoryStore::new(), |order: &Order| order.id.clone());
    let error = BatchProcessor::builder(Clerk::default())
        .idempotency(idempotency)
        .build()
        .err();
    insta::assert_snapshot!(error.unwrap());
}

#[tokio::test(start_paused = true)]
async fn concurrent_invocations_share_one_processor() {
    let clerk = Clerk::default();
    let processor = processor(&clerk, by_id(MemoryStore::new()));
    let invocations = (0..8).map(|_| {
        let processor = processor.clone();
        async move {
            let batch = event([message("m0", order("1", "")), message("m1", order("2", ""))]);
            processor.process(batch, far()).await
        }
    });
    let reports = futures_util::future::join_all(invocations).await;
    let processed: usize = reports
        .iter()
        .map(|report| report.count(Outcome::Processed))
        .sum();
    assert_eq!((processed, clerk.runs()), (2, 2));
}
