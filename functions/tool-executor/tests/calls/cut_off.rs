//! Calls that must not be repeated, in a function that ends in the middle of them.

use std::sync::atomic::Ordering;
use std::time::Duration;

use lambda_queue::Outcome;
use serde_json::{Value, json};
use tokio::time::{sleep, timeout};
use tool_executor::{Effect, Registry};

use crate::anthropic;
use crate::function::{Function, RESULTS, never_returns, probe, succeeds};
use crate::queue::Queue;

fn call() -> Value {
    anthropic("probe", json!({}))
}

/// A function whose tool was started and never ended: its process did.
async fn ended_in_a_call(queue: &Queue) -> (Function, impl Fn() -> usize) {
    let (tool, runs) = probe(Effect::NotRepeatable, never_returns);
    let registry = Registry::new().with(tool).unwrap();
    let function = Function::start_with(registry, RESULTS, |it| it.results_queue(queue.results()));
    let function = function.await;
    let running = function.deliver(call());
    timeout(Duration::from_secs(1), running).await.unwrap_err();
    // The lease of its claim.
    sleep(Duration::from_secs(120)).await;
    (function, move || runs.load(Ordering::Relaxed))
}

fn sent(queue: &Queue) -> Vec<Value> {
    let body = |it: Value| serde_json::from_str(it["body"].as_str().unwrap()).unwrap();
    queue.received().into_iter().map(body).collect()
}

#[tokio::test(start_paused = true)]
async fn its_conversation_hears_that_the_outcome_is_unknown_and_goes_on() {
    let queue = Queue::new();
    let (function, runs) = ended_in_a_call(&queue).await;
    for _ in 0..2 {
        let (outcome, error) = function.deliver(call()).await;
        // To the dead-letter queue, where there is one.
        assert_eq!(outcome, Outcome::Retry);
        assert!(error.contains("look at what happened"), "{error}");
    }
    assert_eq!(runs(), 1);
    let sent = sent(&queue);
    assert_eq!(sent.len(), 1);
    assert_eq!(sent[0]["status"], "outcome_unknown");
    assert_eq!(sent[0]["result"]["is_error"], true);
    let content = sent[0]["result"]["content"].as_str().unwrap();
    assert!(content.starts_with("The outcome is unknown"), "{content}");
    assert_eq!(function.results()[0].2, sent[0]["result"]);
}

#[tokio::test(start_paused = true)]
async fn a_result_that_was_stored_before_the_end_is_sent() {
    let queue = Queue::new();
    let (function, runs) = ended_in_a_call(&queue).await;
    // As the run itself would have stored it at the last moment.
    let (tool, _) = probe(Effect::Idempotent, succeeds);
    let storing = function.another(Registry::new().with(tool).unwrap(), |it| it);
    storing.deliver(call()).await;
    assert_eq!(function.deliver(call()).await.0, Outcome::Processed);
    assert_eq!(function.deliver(call()).await.0, Outcome::Replayed);
    assert_eq!(runs(), 1);
    let sent = sent(&queue);
    assert_eq!(sent.len(), 1);
    assert_eq!(sent[0]["status"], "succeeded");
}

#[tokio::test(start_paused = true)]
async fn without_the_queue_it_is_tried_again_and_nothing_is_lost() {
    let (tool, runs) = probe(Effect::NotRepeatable, || panic!("the process ends"));
    let queue = Queue::new();
    let registry = Registry::new().with(tool).unwrap();
    let function = Function::start_with(registry, RESULTS, |it| {
        it.results_queue(queue.out_of_reach())
    });
    let function = function.await;
    for _ in 0..3 {
        let (outcome, error) = function.deliver(call()).await;
        assert_eq!(outcome, Outcome::Retry);
        // Parked for good it would say to look at what happened.
        assert!(!error.contains("look at what happened"), "{error}");
    }
    assert_eq!(runs.load(Ordering::Relaxed), 1);
}
