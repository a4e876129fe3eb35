//! How many calls run at a time, and that nothing runs on afterwards.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use lambda_queue::{Clock, Deadline, Outcome};
use serde_json::{Value, json};
use tokio::time::sleep;
use tool_executor::{Effect, Registry, Tool, ToolFuture, ToolPolicies, ToolSpec};

use crate::function::{Function, RESULTS};

/// What was seen of calls that take a second each.
#[derive(Clone, Default)]
struct Seen {
    running: Arc<AtomicUsize>,
    most: Arc<AtomicUsize>,
    started: Arc<Mutex<Vec<u64>>>,
}

struct Slow {
    spec: ToolSpec,
    seen: Seen,
}

struct Running(Arc<AtomicUsize>);

impl Drop for Running {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Tool for Slow {
    fn spec(&self) -> &ToolSpec {
        &self.spec
    }

    fn call(&self, arguments: Value) -> ToolFuture<'_> {
        Box::pin(async move {
            let seen = &self.seen;
            let now = seen.running.fetch_add(1, Ordering::Relaxed) + 1;
            let _running = Running(Arc::clone(&seen.running));
            seen.most.fetch_max(now, Ordering::Relaxed);
            seen.started
                .lock()
                .unwrap()
                .push(arguments["n"].as_u64().unwrap());
            sleep(Duration::from_secs(1)).await;
            Ok("done".to_owned())
        })
    }
}

fn slow(effect: Effect, policies: &str) -> (Registry, Seen) {
    let seen = Seen::default();
    let spec = ToolSpec {
        name: "slow".to_owned(),
        description: String::new(),
        arguments: json!({"type": "object"}),
        effect,
        timeout: Duration::from_secs(10),
    };
    let tool = Slow {
        spec,
        seen: seen.clone(),
    };
    let policies: ToolPolicies = policies.parse().unwrap();
    (Registry::under(policies).with(tool).unwrap(), seen)
}

/// So many calls, by turns of so many conversations.
fn calls(count: u64, conversations: u64) -> Vec<(&'static str, Value)> {
    let names = ["a", "b", "c"];
    let call = |n: u64| {
        let call = json!({"type": "tool_use", "id": format!("{n:03}"), "name": "slow",
            "input": {"n": n}});
        (names[usize::try_from(n % conversations).unwrap()], call)
    };
    (0..count).map(call).collect()
}

#[tokio::test(start_paused = true)]
async fn a_conversations_calls_run_one_after_another_in_their_order() {
    let (registry, seen) = slow(Effect::ReadOnly, "{}");
    let function = Function::start_with(registry, RESULTS, |it| it.per_conversation(1)).await;
    let report = function
        .deliver_all(&calls(9, 3), Deadline::unknown())
        .await;
    assert_eq!(report.count(Outcome::Processed), 9);
    assert_eq!(seen.most.load(Ordering::Relaxed), 3);
    let started = seen.started.lock().unwrap().clone();
    for conversation in 0..3 {
        let of_it: Vec<_> = started.iter().filter(|n| *n % 3 == conversation).collect();
        assert!(of_it.is_sorted(), "{started:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_tool_runs_no_more_calls_at_a_time_than_its_policy_says() {
    let (registry, seen) = slow(Effect::ReadOnly, r#"{"slow": {"max_concurrency": 2}}"#);
    let function = Function::start(registry).await;
    let report = function
        .deliver_all(&calls(10, 3), Deadline::unknown())
        .await;
    assert_eq!(report.count(Outcome::Processed), 10);
    assert_eq!(seen.most.load(Ordering::Relaxed), 2);
}

#[tokio::test(start_paused = true)]
async fn two_hundred_calls_in_a_batch_all_come_to_a_result() {
    let (registry, _) = slow(Effect::Idempotent, r#"{"slow": {"max_concurrency": 20}}"#);
    let function = Function::start_with(registry, RESULTS, |it| it.per_conversation(10)).await;
    let report = function
        .deliver_all(&calls(200, 3), Deadline::unknown())
        .await;
    assert_eq!(report.count(Outcome::Processed), 200);
    assert_eq!(function.results().len(), 200);
}

#[tokio::test(start_paused = true)]
async fn at_the_deadline_running_tools_stop_with_their_calls() {
    let (registry, seen) = slow(Effect::ReadOnly, "{}");
    let function = Function::start(registry).await;
    let clock = Clock::system();
    let deadline = Deadline::after(Duration::from_millis(1200), &clock);
    let report = function.deliver_all(&calls(3, 3), deadline).await;
    assert_eq!(report.count(Outcome::Processed), 0);
    assert_eq!(seen.started.lock().unwrap().len(), 3);
    assert_eq!(seen.running.load(Ordering::Relaxed), 0);
}

#[tokio::test(start_paused = true)]
async fn a_call_that_never_started_is_retried_and_not_quarantined() {
    let (registry, seen) = slow(Effect::NotRepeatable, "{}");
    let function = Function::start_with(registry, RESULTS, |it| it.per_conversation(1)).await;
    let deadline = || Deadline::after(Duration::from_millis(11_500), &Clock::system());
    let report = function.deliver_all(&calls(4, 1), deadline()).await;
    let done = report.count(Outcome::Processed);
    assert!(done > 0 && done < 4, "{done}");
    assert_eq!(report.count(Outcome::Retry), 4 - done);
    function
        .deliver_all(&calls(4, 1), Deadline::unknown())
        .await;
    let mut started = seen.started.lock().unwrap().clone();
    started.sort_unstable();
    assert_eq!(started, [0, 1, 2, 3], "each ran once");
}
