//! Results in the table and in the queue: the same ones, whatever happens in between.

use std::sync::atomic::{AtomicUsize, Ordering};

use lambda_queue::Outcome;
use serde_json::{Value, json};
use tool_executor::{CallResult, Effect, Registry, Status, ToolFuture};

use crate::anthropic;
use crate::function::{Function, RESULTS, probe, succeeds};
use crate::queue::Queue;

static RUNS: AtomicUsize = AtomicUsize::new(0);

/// No two runs have the same result.
fn says_something_new() -> ToolFuture<'static> {
    let run = RUNS.fetch_add(1, Ordering::Relaxed);
    Box::pin(async move { Ok(format!("run {run}")) })
}

fn registry(effect: Effect, outcome: fn() -> ToolFuture<'static>) -> Registry {
    Registry::new().with(probe(effect, outcome).0).unwrap()
}

fn body(message: &Value) -> CallResult {
    serde_json::from_str(message["body"].as_str().unwrap()).unwrap()
}

#[tokio::test]
async fn a_result_is_sent_in_its_conversations_group_and_in_its_dialect() {
    let queue = Queue::new();
    let function = Function::start_with(registry(Effect::ReadOnly, succeeds), RESULTS, |it| {
        it.results_queue(queue.results())
    })
    .await;
    function.deliver(anthropic("probe", json!({}))).await;
    let messages = queue.received();
    assert_eq!(messages.len(), 1);
    assert_eq!(messages[0]["attributes"]["MessageGroupId"], "c");
    assert_eq!(
        messages[0]["messageAttributes"]["LambdaQueueHops"]["stringValue"],
        "1"
    );
    let result = body(&messages[0]);
    assert_eq!(result.tool_call_id, "call-1");
    assert_eq!(result.status, Status::Succeeded);
    assert_eq!(result.result, function.results()[0].2);
}

#[tokio::test]
async fn a_conversation_id_that_sqs_does_not_take_as_a_group_still_has_a_group() {
    let queue = Queue::new();
    let function = Function::start_with(registry(Effect::ReadOnly, succeeds), RESULTS, |it| {
        it.results_queue(queue.results())
    })
    .await;
    let long = "x".repeat(129);
    let call = || anthropic("probe", json!({}));
    // The same call id in each: they are not duplicates of each other.
    let calls = [("über uns", call()), (&long, call()), ("c", call())];
    let report = function
        .deliver_all(&calls, lambda_queue::Deadline::unknown())
        .await;
    assert_eq!(report.count(Outcome::Processed), 3);
    let mut sent: Vec<_> = queue
        .received()
        .iter()
        .map(|it| body(it).conversation_id)
        .collect();
    sent.sort_unstable();
    assert_eq!(sent, ["c", &long, "über uns"]);
}

#[tokio::test]
async fn a_function_that_dies_between_table_and_queue_loses_neither() {
    for effect in [Effect::Idempotent, Effect::NotRepeatable] {
        let queue = Queue::new();
        let registry = || registry(effect, says_something_new);
        let dying = Function::start_with(registry(), RESULTS, |it| {
            it.results_queue(queue.out_of_reach())
        })
        .await;
        let (outcome, _) = dying.deliver(anthropic("probe", json!({}))).await;
        assert_eq!(outcome, Outcome::Retry);
        let first = dying.results();
        assert_eq!(first[0].1, "succeeded");
        // Another sandbox takes over, and comes to the same result.
        let next = dying.another(registry(), |it| it.results_queue(queue.results()));
        let (outcome, _) = next.deliver(anthropic("probe", json!({}))).await;
        assert_eq!(outcome, Outcome::Processed);
        assert_eq!(next.results(), first);
        let messages = queue.received();
        assert_eq!(messages.len(), 1);
        assert_eq!(body(&messages[0]).result, first[0].2);
    }
}

#[tokio::test]
async fn a_result_that_was_sent_already_is_not_sent_twice() {
    let queue = Queue::new();
    let registry = || registry(Effect::Idempotent, says_something_new);
    let dying =
        Function::start_with(registry(), RESULTS, |it| it.results_queue(queue.results())).await;
    dying.deliver(anthropic("probe", json!({}))).await;
    // It died before it could complete the message: the next one knows of nothing.
    let next = dying.another(registry(), |it| it.results_queue(queue.results()));
    next.deliver(anthropic("probe", json!({}))).await;
    assert_eq!(queue.received().len(), 1);
}

#[tokio::test]
async fn a_rerun_of_a_tool_that_was_cut_off_sends_that_its_outcome_is_unknown() {
    let queue = Queue::new();
    let cut_off = registry(Effect::NotRepeatable, || panic!("the process ends"));
    let dying = Function::start(cut_off).await;
    dying.deliver(anthropic("probe", json!({}))).await;
    let (tool, runs) = probe(Effect::NotRepeatable, succeeds);
    let redriven = dying.another(Registry::new().with(tool).unwrap(), |it| {
        it.results_queue(queue.results())
    });
    let (outcome, _) = redriven.deliver(anthropic("probe", json!({}))).await;
    assert_eq!(outcome, Outcome::Processed);
    assert_eq!(runs.load(Ordering::Relaxed), 0);
    assert_eq!(body(&queue.received()[0]).status, Status::OutcomeUnknown);
}
