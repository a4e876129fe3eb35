//! Transactional effects: what is committed, what is not, and what becomes of the message.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use aws_sdk_dynamodb::types::{AttributeValue, Delete, Put};
use lambda_queue::idempotency::record::Status;
use lambda_queue::idempotency::{CommitOutcome, CompleteOutcome};
use lambda_queue::{
    BatchProcessor, BatchReport, Deadline, Handler, HandlerError, Idempotency, IdempotencyStore,
    MemoryStore, MessageContext, Outcome, Policy,
};
use serde::Deserialize;
use serde_json::json;
use tokio::time::{Instant, sleep};

use crate::events::{bodies, clock, event, far, in_group, in_seconds, outcomes};
use crate::transactions::{Fate, Store};

#[derive(Deserialize)]
pub struct Line {
    id: String,
    #[serde(default)]
    then: String,
}

pub fn line(id: &str, then: &str) -> serde_json::Value {
    json!({"id": id, "then": then})
}

fn put(id: &str) -> Put {
    let id = AttributeValue::S(id.to_owned());
    let put = Put::builder().table_name("lines").item("id", id);
    put.build().unwrap()
}

/// Puts its line, and then does what the line says.
async fn append(line: Line, context: MessageContext) -> Result<(), HandlerError> {
    if line.then == "nothing" {
        return Ok(());
    }
    let effects = context.effects()?;
    effects.put(put(&line.id))?;
    match line.then.as_str() {
        "fail" => return Err(HandlerError::retryable("as told")),
        "refuse" => return Err(HandlerError::permanent("as told")),
        "panic" => panic!("as told"),
        "linger" => sleep(Duration::from_secs(3600)).await,
        "just in time" => sleep(Duration::from_millis(58_995)).await,
        "again" => {
            // Refused, and the refusal overlooked.
            let key = AttributeValue::S(line.id);
            let delete = Delete::builder().table_name("lines").key("id", key);
            effects.delete(delete.build()?).unwrap_err();
        }
        "late" => {
            let effects = effects.clone();
            tokio::spawn(async move {
                sleep(Duration::from_millis(1)).await;
                effects.put(put("late")).unwrap_err();
            });
        }
        _ => {}
    }
    Ok(())
}

pub fn by_id(store: impl IdempotencyStore) -> Idempotency<Line> {
    Idempotency::new(store, |line: &Line| line.id.clone()).namespace("lines")
}

pub fn processor(
    idempotency: Idempotency<Line>,
) -> BatchProcessor<Line, impl Handler<Line, Output = ()>> {
    BatchProcessor::builder(append)
        .idempotency(idempotency)
        .clock(clock())
        .build()
        .unwrap()
}

async fn run(store: &Store, lines: impl IntoIterator<Item = serde_json::Value>) -> BatchReport {
    let batch = bodies(lines);
    processor(by_id(store.clone()))
        .process(batch, in_seconds(60))
        .await
}

fn error(report: &BatchReport) -> &str {
    report.messages[0].error.as_deref().unwrap()
}

fn status(store: &Store) -> (Status, bool) {
    let (_, record) = store.records.records().pop().unwrap();
    (record.status, record.owner.is_some())
}

const RELEASED: (Status, bool) = (Status::InProgress, false);
const REFUSED: Fate = Fate::Answer(CommitOutcome::Refused { position: 0 });

#[tokio::test(start_paused = true)]
async fn writes_are_made_with_the_completion_and_once() {
    let store = Store::default();
    let report = run(&store, [line("1", ""), line("2", ""), line("1", "")]).await;
    use Outcome::{Processed, Replayed};
    assert_eq!(outcomes(&report), [Processed, Processed, Replayed]);
    let report = run(&store, [line("1", ""), line("2", "")]).await;
    assert_eq!(outcomes(&report), [Replayed, Replayed]);
    assert_eq!(store.written(), ["1", "2"]);
}

#[tokio::test(start_paused = true)]
async fn a_handler_that_adds_no_writes_completes_as_ever() {
    let store = Store::default();
    let report = run(&store, [line("1", "nothing")]).await;
    assert_eq!(outcomes(&report), [Outcome::Processed]);
    assert_eq!(status(&store), (Status::Completed, true));
    assert_eq!(store.most_at_once.load(Ordering::SeqCst), 0);
}

#[tokio::test(start_paused = true)]
async fn a_handler_that_fails_panics_or_is_cut_off_writes_nothing() {
    for then in ["fail", "refuse", "panic", "linger"] {
        let store = Store::default();
        let report = run(&store, [line("1", then)]).await;
        assert_eq!(outcomes(&report), [Outcome::Retry], "{then}");
        let tried = store.most_at_once.load(Ordering::SeqCst);
        assert_eq!((store.written().len(), tried), (0, 0), "{then}");
        assert_eq!(status(&store), RELEASED, "{then}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_write_that_was_refused_fails_the_message_even_if_its_handler_succeeds() {
    let store = Store::default();
    let report = run(&store, [line("1", "again")]).await;
    assert_eq!(outcomes(&report), [Outcome::Retry]);
    assert!(error(&report).contains("two transactional writes on one item"));
    assert_eq!(store.written(), [""; 0]);
}

#[tokio::test(start_paused = true)]
async fn a_write_added_after_the_handler_ended_is_an_error_and_not_made() {
    let store = Store::default();
    let report = run(&store, [line("1", "late")]).await;
    sleep(Duration::from_millis(10)).await;
    assert_eq!(outcomes(&report), [Outcome::Processed]);
    assert_eq!(store.written(), ["1"]);
}

#[tokio::test(start_paused = true)]
async fn without_idempotency_or_transactions_asking_for_effects_is_an_error() {
    let without = BatchProcessor::builder(append).build().unwrap();
    let report = without.process(bodies([line("1", "")]), far()).await;
    assert_eq!(outcomes(&report), [Outcome::Retry]);
    insta::assert_snapshot!(error(&report));

    let in_memory = processor(by_id(MemoryStore::new()));
    let again = in_memory.process(bodies([line("1", "")]), far()).await;
    assert_eq!(error(&again), error(&report));
}

#[tokio::test(start_paused = true)]
async fn a_shared_store_keeps_its_transactions() {
    let store = Store::default();
    let shared: Arc<dyn IdempotencyStore> = Arc::new(store.clone());
    let report = processor(by_id(shared))
        .process(bodies([line("1", "")]), far())
        .await;
    assert_eq!(outcomes(&report), [Outcome::Processed]);
    assert_eq!(store.written(), ["1"]);
}

#[tokio::test(start_paused = true)]
async fn a_refused_commit_is_released_and_tried_again_under_either_policy() {
    for policy in [Policy::Rerun, Policy::Quarantine] {
        let store = Store::doing([("1", REFUSED)]);
        let processor = processor(by_id(store.clone()).policy(policy));
        let report = processor.process(bodies([line("1", "")]), far()).await;
        assert_eq!(outcomes(&report), [Outcome::Retry]);
        insta::allow_duplicates!(insta::assert_snapshot!(error(&report)));
        assert_eq!(status(&store), RELEASED);

        store.fates.lock().unwrap().clear();
        let report = processor.process(bodies([line("1", "")]), far()).await;
        assert_eq!(outcomes(&report), [Outcome::Processed]);
        assert_eq!(store.written(), ["1"]);
    }
}

#[tokio::test(start_paused = true)]
async fn a_cancelled_commit_is_tried_again_and_an_invalid_one_is_permanent() {
    let reason = "as told".to_owned();
    for (outcome, said) in [
        (
            CommitOutcome::Cancelled {
                reason: reason.clone(),
            },
            "not made: as told",
        ),
        (CommitOutcome::Invalid { reason }, "cannot be made: as told"),
    ] {
        let (sqs, requests) = crate::sqs::client(|_| false);
        let store = Store::doing([("1", Fate::Answer(outcome.clone()))]);
        let processor = BatchProcessor::builder(append)
            .idempotency(by_id(store.clone()))
            .dead_letter_queue(sqs, "http://sqs/dead")
            .clock(clock())
            .build()
            .unwrap();
        let report = processor.process(bodies([line("1", "")]), far()).await;
        let permanent = matches!(outcome, CommitOutcome::Invalid { .. });
        let expected = [Outcome::Retry, Outcome::DeadLettered][usize::from(permanent)];
        assert_eq!(outcomes(&report), [expected]);
        assert!(error(&report).contains(said), "{}", error(&report));
        let sent = crate::sqs::of(&requests, "SendMessageBatch").len();
        assert_eq!(sent, usize::from(permanent));
        assert_eq!(status(&store), RELEASED);
    }
}

#[tokio::test(start_paused = true)]
async fn a_refused_commit_stops_its_group_and_its_followers_come_back_with_it() {
    let store = Store::doing([("2", REFUSED)]);
    let batch = event([
        in_group("a", "a1", line("1", "")),
        in_group("a", "a2", line("2", "")),
        in_group("a", "a3", line("3", "")),
        in_group("b", "b1", line("2", "")),
        in_group("c", "c1", line("4", "")),
    ]);
    let report = processor(by_id(store.clone())).process(batch, far()).await;
    use Outcome::{Blocked, Deferred, Processed, Retry};
    let expected = [Processed, Retry, Blocked, Deferred, Processed];
    assert_eq!(outcomes(&report), expected);
    assert_eq!(store.written(), ["1", "4"]);
}

#[tokio::test(start_paused = true)]
async fn the_next_of_a_group_starts_only_when_the_commit_before_it_is_answered() {
    let store = Store::doing([("1", Fate::Slow)]);
    let batch = event([
        in_group("a", "a1", line("1", "")),
        in_group("a", "a2", line("2", "")),
    ]);
    let report = processor(by_id(store.clone())).process(batch, far()).await;
    assert_eq!(report.count(Outcome::Processed), 2);
    assert_eq!(*store.written.lock().unwrap(), ["1", "2"]);
}

#[tokio::test(start_paused = true)]
async fn a_commit_that_lost_its_claim_is_reported_and_one_that_diverged_is_done() {
    for (outcome, expected) in [
        (CompleteOutcome::LeaseLost, Outcome::LeaseLost),
        (CompleteOutcome::Diverged, Outcome::Processed),
    ] {
        let fate = Fate::Answer(CommitOutcome::Completed(outcome));
        let store = Store::doing([("1", fate)]);
        let report = run(&store, [line("1", "")]).await;
        assert_eq!(outcomes(&report), [expected]);
        // Nothing was released: the record is another's.
        assert_eq!(status(&store), (Status::InProgress, true));
    }
}

#[tokio::test(start_paused = true)]
async fn an_unknown_commit_is_hidden_until_its_claim_ends_and_then_replayed() {
    for fate in [Fate::LoseAnswer, Fate::Hang] {
        let made = matches!(fate, Fate::LoseAnswer);
        let store = Store::doing([("1", fate)]);
        let begin = Instant::now();
        let report = run(&store, [line("1", "")]).await;
        assert!(begin.elapsed() < Duration::from_secs(60));
        assert_eq!(outcomes(&report), [Outcome::Retry]);
        let hidden = report.messages[0].hidden_for.unwrap();
        assert_eq!((begin.elapsed() + hidden).as_secs(), 63);
        if made {
            let report = run(&store, [line("1", "")]).await;
            assert_eq!(outcomes(&report), [Outcome::Replayed]);
            assert_eq!(store.written(), ["1"]);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_commit_may_be_answered_while_the_time_for_handlers_is_over() {
    let store = Store::default();
    let report = run(&store, [line("1", "just in time"), line("2", "linger")]).await;
    assert_eq!(outcomes(&report), [Outcome::Processed, Outcome::Retry]);
    assert_eq!(store.written(), ["1"]);
}

#[tokio::test(start_paused = true)]
async fn handlers_wait_while_commits_pile_up() {
    let runs = Arc::new(AtomicUsize::new(0));
    let store = Store::doing((0..200).map(|n| (n, Fate::Slow)));
    let counted = runs.clone();
    let handler = move |line: Line, context: MessageContext| {
        counted.fetch_add(1, Ordering::SeqCst);
        append(line, context)
    };
    let processor = BatchProcessor::builder(handler)
        .idempotency(by_id(store.clone()))
        .build()
        .unwrap();
    let lines = (0..200).map(|n| line(&n.to_string(), ""));
    let (report, ()) = tokio::join!(processor.process(bodies(lines), far()), async {
        sleep(Duration::from_secs(1)).await;
        // Under way, waiting, and ten more that were running when those were full.
        assert!(runs.load(Ordering::SeqCst) <= 16 + 16 + 10);
    });
    assert_eq!(report.count(Outcome::Processed), 200);
}

#[tokio::test(start_paused = true)]
async fn a_slow_commit_holds_nobody_up() {
    let store = Store::doing([("0", Fate::Slow)]);
    let lines = (0..40).map(|n| line(&n.to_string(), ["", "nothing"][n % 2]));
    let processor = processor(by_id(store.clone()));
    let (report, ()) = tokio::join!(processor.process(bodies(lines), far()), async {
        sleep(Duration::from_secs(1)).await;
        assert_eq!(store.written().len(), 19, "all but the slow one");
    });
    assert_eq!(report.count(Outcome::Processed), 40);
    assert_eq!(store.written().len(), 20);
}

#[tokio::test(start_paused = true)]
async fn commits_run_side_by_side_but_never_more_than_16() {
    for deadline in [far(), Deadline::unknown()] {
        let store = Store::default();
        let lines = (0..200).map(|n| line(&n.to_string(), ""));
        let report = processor(by_id(store.clone()))
            .process(bodies(lines), deadline)
            .await;
        assert_eq!(report.count(Outcome::Processed), 200);
        assert_eq!(store.most_at_once.load(Ordering::SeqCst), 16);
        assert_eq!(store.written().len(), 200);
    }
}
