//! The hook that finds out what became of a run that `Quarantine` does not repeat.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use lambda_queue::idempotency::record::{Record, Status};
use lambda_queue::{
    BatchProcessor, Classify, Clock, Deadline, Handler, HandlerError, Idempotency, MemoryStore,
    MessageContext, Outcome, Policy, Reconciliation,
};
use serde_json::{Value, json};
use tokio::time::{sleep, timeout};

use crate::events::{bodies, clock, event, in_group, outcomes};
use crate::sqs::{Requests, client, of};

const DLQ: &str = "https://sqs.eu-west-1.amazonaws.com/123456789012/payments-dlq";

/// Makes payments, and can be asked whether one was made.
#[derive(Clone)]
struct Bank {
    runs: Arc<AtomicUsize>,
    asked: Arc<AtomicUsize>,
    answer: Arc<Mutex<&'static str>>,
}

impl Bank {
    fn that_says(answer: &'static str) -> Self {
        Self {
            runs: Arc::default(),
            asked: Arc::default(),
            answer: Arc::new(Mutex::new(answer)),
        }
    }

    fn says(&self, answer: &'static str) {
        *self.answer.lock().unwrap() = answer;
    }

    fn counts(&self) -> [usize; 2] {
        [&self.runs, &self.asked].map(|it| it.load(Ordering::SeqCst))
    }

    async fn ask(&self) -> Result<Reconciliation, HandlerError> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        let answer = *self.answer.lock().unwrap();
        let failure = || Err::<(), _>(std::io::Error::other("as told"));
        match answer {
            "made" => return Ok(Reconciliation::Completed(Some(json!("receipt 7")))),
            "fail" => failure().retryable()?,
            "?" => failure()?,
            "refuse" => failure().permanent()?,
            "panic" => panic!("as told"),
            "linger" => sleep(Duration::from_secs(3600)).await,
            _ => {}
        }
        Ok(Reconciliation::Unknown)
    }
}

impl Handler<String> for Bank {
    type Output = String;

    async fn handle(&self, order: String, _: MessageContext) -> Result<String, HandlerError> {
        self.runs.fetch_add(1, Ordering::SeqCst);
        match order.as_str() {
            "linger" => sleep(Duration::from_secs(3600)).await,
            "retry" => return Err(HandlerError::retryable("as told")),
            _ => return Err(HandlerError::indeterminate("as told")),
        }
        Ok(order)
    }
}

struct World {
    bank: Bank,
    clock: Clock,
    store: MemoryStore,
    requests: Requests,
    processor: BatchProcessor<String, Bank>,
}

impl World {
    fn with(bank: &Bank) -> Self {
        let store = MemoryStore::new();
        let (sqs, requests) = client(|_| false);
        let (asked, clock) = (bank.clone(), clock());
        let idempotency = Idempotency::new(store.clone(), |order: &String| order.clone())
            .namespace("payments")
            .policy(Policy::Quarantine)
            .reconcile(move |_, _| {
                let bank = asked.clone();
                async move { bank.ask().await }
            });
        let processor = BatchProcessor::builder(bank.clone())
            .idempotency(idempotency)
            .dead_letter_queue(sqs, DLQ)
            .clock(clock)
            .build()
            .unwrap();
        Self {
            bank: bank.clone(),
            clock,
            store,
            requests,
            processor,
        }
    }

    async fn deliver(&self, order: &str) -> Outcome {
        let deadline = Deadline::after(Duration::from_secs(60), &self.clock);
        let batch = bodies([json!(order)]);
        let report = self.processor.process(batch, deadline).await;
        outcomes(&report)[0]
    }

    /// Its process ends after a second.
    async fn deliver_and_die(&self, order: &str) {
        let delivery = self.deliver(order);
        timeout(Duration::from_secs(1), delivery).await.unwrap_err();
    }

    fn record(&self) -> Record {
        self.store.records().pop().unwrap().1
    }

    fn dead_letters(&self) -> Vec<Value> {
        of(&self.requests, "SendMessageBatch")
    }
}

#[tokio::test(start_paused = true)]
async fn what_was_done_is_recorded_and_not_done_again() {
    let world = World::with(&Bank::that_says("made"));
    assert_eq!(world.deliver("pay").await, Outcome::Retry);
    assert_eq!(world.record().status, Status::Quarantined);
    assert_eq!(world.deliver("pay").await, Outcome::Processed);
    assert_eq!(world.record().status, Status::Completed);
    assert_eq!(world.record().data.as_deref(), Some("\"receipt 7\""));
    assert_eq!(world.deliver("pay").await, Outcome::Replayed);
    assert_eq!(world.bank.counts(), [1, 1]);
    assert!(world.dead_letters().is_empty());
}

#[tokio::test(start_paused = true)]
async fn an_orphaned_run_is_asked_about_when_its_lease_is_over() {
    let world = World::with(&Bank::that_says("made"));
    world.deliver_and_die("linger").await;
    assert_eq!(world.deliver("linger").await, Outcome::Deferred);
    assert_eq!(world.bank.counts(), [1, 0]);
    sleep(Duration::from_secs(70)).await;
    assert_eq!(world.deliver("linger").await, Outcome::Processed);
    assert_eq!(world.bank.counts(), [1, 1]);
}

#[tokio::test(start_paused = true)]
async fn what_nobody_knows_is_dead_lettered_and_asked_about_after_a_redrive() {
    let world = World::with(&Bank::that_says("unknown"));
    world.deliver("pay").await;
    assert_eq!(world.deliver("pay").await, Outcome::DeadLettered);
    assert_eq!(world.record().status, Status::Quarantined);
    assert_eq!(world.dead_letters().len(), 1);
    world.bank.says("made");
    assert_eq!(world.deliver("pay").await, Outcome::Processed);
    assert_eq!(world.bank.counts(), [1, 2]);
}

#[tokio::test(start_paused = true)]
async fn a_hook_that_fails_is_asked_again_and_the_handler_never() {
    for answer in ["fail", "?", "panic", "linger"] {
        let world = World::with(&Bank::that_says(answer));
        for _ in 0..3 {
            assert_eq!(world.deliver("pay").await, Outcome::Retry, "{answer}");
            assert_eq!(world.record().status, Status::Quarantined, "{answer}");
        }
        assert_eq!(world.bank.counts(), [1, 2], "{answer}");
        assert!(world.dead_letters().is_empty(), "{answer}");
    }
    let world = World::with(&Bank::that_says("refuse"));
    world.deliver("pay").await;
    assert_eq!(world.deliver("pay").await, Outcome::DeadLettered);
    assert_eq!(world.record().status, Status::Quarantined);
}

#[tokio::test(start_paused = true)]
async fn a_hook_that_is_cut_off_by_the_end_of_its_process_is_asked_again() {
    let world = World::with(&Bank::that_says("linger"));
    world.deliver("pay").await;
    world.deliver_and_die("pay").await;
    world.bank.says("made");
    sleep(Duration::from_secs(70)).await;
    assert_eq!(world.deliver("pay").await, Outcome::Processed);
    assert_eq!(world.bank.counts(), [1, 2]);
}

#[tokio::test(start_paused = true)]
async fn a_retryable_failure_is_run_again_and_not_asked_about() {
    let world = World::with(&Bank::that_says("made"));
    for _ in 0..2 {
        assert_eq!(world.deliver("retry").await, Outcome::Retry);
    }
    assert_eq!(world.bank.counts(), [2, 0]);
}

#[tokio::test(start_paused = true)]
async fn a_claim_in_doubt_whose_turn_does_not_come_is_not_released_to_be_run() {
    let world = World::with(&Bank::that_says("made"));
    world.deliver("pay").await;
    let group = [("m0", "retry"), ("m1", "pay")];
    let batch = event(group.map(|(id, order)| in_group("g", id, json!(order))));
    let deadline = Deadline::after(Duration::from_secs(60), &world.clock);
    let report = world.processor.process(batch, deadline).await;
    assert_eq!(outcomes(&report), [Outcome::Retry, Outcome::Blocked]);
    let records = world.store.records();
    let parked = records.iter().map(|(_, it)| it.status);
    assert_eq!(parked.filter(|it| *it == Status::Quarantined).count(), 1);
    assert_eq!(world.deliver("pay").await, Outcome::Processed);
    assert_eq!(world.bank.counts(), [2, 1]);
}
