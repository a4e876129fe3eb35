//! Calls of tools with every effect and every way to fail.

#![allow(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

mod cut_off;
mod function;
mod limits;
#[cfg(feature = "mcp")]
mod mcp;
mod policies;
mod queue;
mod results;

use std::sync::atomic::Ordering;

use function::{
    Function, RESULTS, Told, is_out_of_order, never_returns, probe, succeeds, talks_a_lot,
};
use lambda_queue::Outcome;
use lambda_queue_tests::S3;
use serde_json::{Value, json};
use tool_executor::{
    Calculator, Call, Effect, LongOutput, MAX_ARGUMENTS_BYTES, Registry, Status, ToolCall,
    ToolResult,
};

fn anthropic(tool: &str, input: Value) -> Value {
    json!({"type": "tool_use", "id": "call-1", "name": tool, "input": input})
}

async fn run(registry: &Registry, call: Value) -> ToolResult {
    let call: Call = serde_json::from_value(call).expect("a call");
    registry.run(ToolCall::from(call)).await.expect("a result")
}

#[tokio::test]
async fn a_tool_that_must_not_be_repeated_runs_once_whatever_fails_after_it_began() {
    let s3 = S3::answering(503, "").await;
    let outcomes: [Told; 2] = [is_out_of_order, talks_a_lot];
    for outcome in outcomes {
        let (tool, runs) = probe(Effect::NotRepeatable, outcome);
        let registry = Registry::new().with(tool).unwrap();
        let function = Function::start_with(registry, RESULTS, |it| {
            it.long_output(LongOutput::Bucket(s3.client(), "outputs".to_owned()))
        })
        .await;
        for _ in 0..3 {
            let (outcome, _) = function.deliver(anthropic("probe", json!({}))).await;
            assert!(outcome.is_reported());
        }
        assert_eq!(runs.load(Ordering::Relaxed), 1);
    }
}

#[tokio::test]
async fn a_tool_that_must_not_be_repeated_does_not_start_where_no_result_can_be_kept() {
    let (tool, runs) = probe(Effect::NotRepeatable, succeeds);
    let registry = Registry::new().with(tool).unwrap();
    let function = Function::start_with(registry, "no-such-table", |it| it).await;
    let (outcome, _) = function.deliver(anthropic("probe", json!({}))).await;
    assert_eq!(outcome, Outcome::Retry);
    assert_eq!(runs.load(Ordering::Relaxed), 0);
}

#[tokio::test]
async fn a_tool_that_may_be_repeated_is_retried_when_something_is_out_of_order() {
    for effect in [Effect::ReadOnly, Effect::Idempotent] {
        let (tool, runs) = probe(effect, is_out_of_order);
        let function = Function::start(Registry::new().with(tool).unwrap()).await;
        for _ in 0..2 {
            let (outcome, _) = function.deliver(anthropic("probe", json!({}))).await;
            assert_eq!(outcome, Outcome::Retry);
        }
        assert_eq!(runs.load(Ordering::Relaxed), 2);
        assert!(function.dynamodb.items(RESULTS).is_empty());
    }
}

#[tokio::test]
async fn a_call_id_that_comes_back_with_other_arguments_is_an_error_not_a_duplicate() {
    let registry = Registry::new().with(Calculator::new()).unwrap();
    let function = Function::start(registry).await;
    let call = |expression| anthropic("calculator", json!({"expression": expression}));
    assert_eq!(function.deliver(call("1 + 1")).await.0, Outcome::Processed);
    assert_eq!(function.deliver(call("1 + 1")).await.0, Outcome::Replayed);
    assert_eq!(function.deliver(call("2 + 2")).await.0, Outcome::Retry);
    assert_eq!(function.dynamodb.items(RESULTS).len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_tool_that_never_returns_is_an_error_result_after_its_timeout() {
    for (effect, hint) in [
        (Effect::ReadOnly, "did not finish within 10 s"),
        (Effect::NotRepeatable, "It may or may not have taken effect"),
    ] {
        let (tool, _) = probe(effect, never_returns);
        let result = run(
            &Registry::new().with(tool).unwrap(),
            anthropic("probe", json!({})),
        )
        .await;
        assert_eq!(result.status, Status::TimedOut);
        assert!(result.content.contains(hint), "{}", result.content);
    }
}

#[tokio::test]
async fn arguments_a_tool_does_not_take_are_error_results_and_nothing_runs() {
    let (mut tool, runs) = probe(Effect::ReadOnly, succeeds);
    tool.spec.arguments = json!({"type": "object", "required": ["to"]});
    let registry = Registry::new().with(tool).unwrap();
    let text = |arguments: &str| {
        json!({"type": "function", "id": "call-1",
            "function": {"name": "probe", "arguments": arguments}})
    };
    let wrong = [
        anthropic("probe", json!({})),
        anthropic("probe", json!([])),
        anthropic("probe", json!({"to": "x".repeat(MAX_ARGUMENTS_BYTES)})),
        text("{\"to\": "),
        text(&"[".repeat(MAX_ARGUMENTS_BYTES)),
        text(&"[".repeat(1024 * 1024)),
    ];
    for call in wrong {
        let result = run(&registry, call).await;
        assert_eq!(result.status, Status::InvalidArguments);
        assert!(result.content.len() < 1000);
    }
    assert_eq!(runs.load(Ordering::Relaxed), 0);
}

#[tokio::test]
async fn a_schema_that_is_none_is_refused_at_cold_start() {
    let (mut tool, _) = probe(Effect::ReadOnly, succeeds);
    tool.spec.arguments = json!({"type": "objekt"});
    let error = Registry::new().with(tool).err().unwrap();
    assert!(error.to_string().contains("`probe`"), "{error}");
}

#[tokio::test]
async fn errors_that_leave_the_function_never_quote_arguments() {
    let registry = Registry::new().with(Calculator::new()).unwrap();
    let function = Function::start_with(registry, "no-such-table", |it| it).await;
    let secrets = [
        anthropic("calculator", json!({"expression": "1 + sesame"})),
        anthropic("calculator", json!({"sesame": "sesame"})),
        json!({"type": "function", "id": "call-2",
            "function": {"name": "calculator", "arguments": "sesame"}}),
        json!({"type": "sesame", "id": "call-3"}),
        json!({"type": "tool_use", "id": "call-4", "name": ["sesame"], "input": {}}),
    ];
    for call in secrets {
        let (outcome, error) = function.deliver(call).await;
        assert_eq!(outcome, Outcome::Retry);
        assert!(!error.contains("sesame"), "{error}");
    }
}
