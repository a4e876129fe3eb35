//! Calls made to cost a lot: each comes to a clear outcome, within a bound of memory.

#![allow(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

mod function;
#[expect(dead_code, reason = "what the tests of http_fetch need beyond this")]
#[path = "../http_fetch/network.rs"]
mod network;
#[path = "../http_fetch/site.rs"]
mod site;

use function::{ALLOCATOR, BOUND, Function, OUTPUTS};
use lambda_queue::Outcome;
use serde_json::{Value, json};

const MEBIBYTE: usize = 1024 * 1024;

fn body(conversation: &str, call: &Value) -> String {
    json!({"conversation_id": conversation, "call": call}).to_string()
}

fn anthropic(id: &str, tool: &str, input: Value) -> Value {
    json!({"type": "tool_use", "id": id, "name": tool, "input": input})
}

fn calculation(expression: &str) -> String {
    let input = json!({"expression": expression});
    body("c", &anthropic("1", "calculator", input))
}

/// With arguments as the model wrote them.
fn written(arguments: &str) -> String {
    let function = json!({"name": "calculator", "arguments": arguments});
    body(
        "c",
        &json!({"type": "function", "id": "1", "function": function}),
    )
}

fn fetching(path: &str) -> String {
    let input = json!({"url": format!("http://site.test/{path}")});
    body("c", &anthropic("1", "http_fetch", input))
}

fn nested(depth: usize) -> String {
    format!("{}1{}", r#"{"a":"#.repeat(depth), "}".repeat(depth))
}

/// Prints it, too: `--nocapture` shows what the bound is made of.
fn within_bound(name: &str, peak: usize) {
    println!("{name}: {:.1} MiB", peak as f64 / MEBIBYTE as f64);
    assert!(peak < BOUND, "{name}: {peak} bytes");
}

#[tokio::test]
async fn whatever_is_no_call_is_dead_lettered_with_the_reason_in_bounded_memory() {
    let function = Function::start().await;
    let long = "x".repeat(MEBIBYTE / 2);
    for (name, body, reason) in [
        (
            "deep",
            nested(100),
            "the body is not what this handler takes",
        ),
        (
            "too deep",
            calculation("%").replace("\"%\"", &nested(10_000)),
            "the body is not JSON",
        ),
        (
            "brackets",
            "[".repeat(MEBIBYTE),
            "the body is not what this handler takes",
        ),
        (
            "braces",
            r#"{"a":"#.repeat(MEBIBYTE / 5),
            "the body ends in the middle of its JSON",
        ),
        (
            "half a character",
            calculation("%").replace('%', "\\udfff"),
            "the body is not JSON",
        ),
        (
            "an endless conversation",
            body(&long, &anthropic("1", "calculator", json!({}))),
            "conversation_id has 524288 bytes",
        ),
        (
            "an endless id",
            body("c", &anthropic(&long, "calculator", json!({}))),
            "the tool call's id has 524288 bytes",
        ),
        (
            "an endless tool",
            body("c", &anthropic("1", &long, json!({}))),
            "the tool's name has 524288 bytes",
        ),
    ] {
        let (outcome, error, peak) = function.handle(body).await;
        assert_eq!(outcome, Outcome::DeadLettered, "{name}: {error}");
        assert!(error.contains(reason), "{name}: {error}");
        within_bound(name, peak);
    }
    assert!(function.results().is_empty());
}

#[tokio::test]
async fn whatever_a_model_asks_comes_to_a_result_in_bounded_memory() {
    let too_long = "bytes, at most 65536 are taken";
    for (name, body, status, content) in [
        (
            "deep",
            calculation("%").replace("\"%\"", &nested(100)),
            "invalid_arguments",
            "do not fit",
        ),
        (
            "brackets",
            written(&"[".repeat(MEBIBYTE - 1024)),
            "invalid_arguments",
            too_long,
        ),
        (
            "fewer brackets",
            written(&"[".repeat(65_536)),
            "invalid_arguments",
            "not valid JSON",
        ),
        (
            "half a character",
            written(r#"{"expression": "\ud800"}"#),
            "invalid_arguments",
            "not valid JSON",
        ),
        (
            "an endless expression",
            calculation(&"(".repeat(60_000)),
            "invalid_arguments",
            "do not fit",
        ),
        (
            "a number without an end",
            calculation("9^9^9^9"),
            "timed_out",
            "did not finish",
        ),
        (
            "a path for a tool",
            body("c", &anthropic("1", "../../x", json!({}))),
            "unknown_tool",
            "there is no tool `../../x`",
        ),
        (
            "a tool that never returns",
            body("c", &anthropic("1", "sleeps", json!({}))),
            "timed_out",
            "did not finish within 1 s",
        ),
        (
            "gzip that nobody asked for",
            fetching("packed"),
            "failed",
            "compressed",
        ),
        (
            "a page without an end",
            fetching("endless"),
            "failed",
            "more than 2097152 bytes",
        ),
        (
            "a deep page",
            fetching("deep"),
            "failed",
            "nested more than 256 elements deep",
        ),
        (
            "a page in a circle",
            fetching("loop"),
            "failed",
            "more than 5 redirects",
        ),
    ] {
        let function = Function::start().await;
        let (outcome, error, peak) = function.handle(body).await;
        assert_eq!(outcome, Outcome::Processed, "{name}: {error}");
        let result = function.results().remove(0);
        assert_eq!(result["status"]["S"], status, "{name}: {result}");
        let text = result["result"]["S"].as_str().unwrap();
        assert!(text.contains(content), "{name}: {text:.300}");
        within_bound(name, peak);
    }
}

/// In the table as they are, and in the bucket not at all.
#[tokio::test]
async fn ids_like_paths_are_names_and_nothing_else() {
    let function = Function::start().await;
    for id in ["../../x", "/etc/passwd", "..\\x", "a/../../x", "%2e%2e/x"] {
        let call = anthropic(id, "talks", json!({}));
        let (outcome, error, _) = function.handle(body(id, &call)).await;
        assert_eq!(outcome, Outcome::Processed, "{id}: {error}");
        let results = function.results();
        let result = results.iter().find(|it| it["conversation_id"]["S"] == id);
        assert_eq!(result.unwrap()["tool_call_id"]["S"], id);
        let output = &result.unwrap()["output"]["M"];
        assert_eq!(output["bucket"]["S"], OUTPUTS);
        let key = output["key"]["S"].as_str().unwrap();
        let hashes = key.strip_prefix("tool-results/").unwrap();
        let is_plain = |c: char| c.is_ascii_hexdigit() || "/.txt-".contains(c);
        assert!(hashes.chars().all(is_plain) && !key.contains(".."), "{key}");
    }
    assert_eq!(function.results().len(), 5);
}

/// What is held grows with the calls that run at a time, and with what the batch itself is.
#[tokio::test]
async fn two_hundred_calls_in_a_batch_all_come_to_a_result_in_bounded_memory() {
    let function = Function::start().await;
    let call = |n: usize| {
        let tool = ["calculator", "talks", "sleeps", "../../x"][n % 4];
        let input = json!({"expression": "1 + 1".repeat(1000)});
        body(
            &format!("c{}", n % 7),
            &anthropic(&n.to_string(), tool, input),
        )
    };
    let bodies: Vec<_> = (0..200).map(call).collect();
    ALLOCATOR.reset_peak_usage();
    let before = ALLOCATOR.current_usage();
    let report = function.deliver(&bodies).await;
    let peak = ALLOCATOR.peak_usage() - before;
    let errors: Vec<_> = report
        .messages
        .iter()
        .filter_map(|it| it.error.as_deref())
        .collect();
    assert_eq!(report.count(Outcome::Processed), 200, "{errors:?}");
    assert_eq!(function.results().len(), 200);
    within_bound("two hundred", peak);
}
