//! What an operator says about tools.

use std::sync::atomic::Ordering;

use lambda_queue_tests::S3;
use serde_json::json;
use tool_executor::{
    BadTool, Calculator, Effect, LongOutput, MAX_OUTPUT_BYTES, Registry, Status, ToolPolicies,
};

use crate::function::{
    Function, RESULTS, Told, is_out_of_order, never_returns, probe, talks_a_lot,
};
use crate::{anthropic, run};

fn under(policies: &str) -> Registry {
    Registry::under(policies.parse().unwrap())
}

#[tokio::test]
async fn a_tool_that_is_not_allowed_is_not_there() {
    let (tool, runs) = probe(Effect::ReadOnly, talks_a_lot);
    let registry = under(r#"{"probe": {"allow": false}}"#).with(tool).unwrap();
    let registry = registry
        .with(Calculator::new())
        .unwrap()
        .complete()
        .unwrap();
    let result = run(&registry, anthropic("probe", json!({}))).await;
    assert_eq!(result.status, Status::UnknownTool);
    assert!(result.content.ends_with("The tools are: calculator."));
    assert!(registry.specs().all(|spec| spec.name != "probe"));
    assert_eq!(runs.load(Ordering::Relaxed), 0);
}

#[tokio::test(start_paused = true)]
async fn a_tool_is_given_up_when_its_policy_says() {
    let (tool, _) = probe(Effect::ReadOnly, never_returns);
    let registry = under(r#"{"probe": {"timeout_seconds": 2}}"#)
        .with(tool)
        .unwrap();
    let result = run(&registry, anthropic("probe", json!({}))).await;
    assert_eq!(result.status, Status::TimedOut);
    assert!(result.content.contains("within 2 s"), "{}", result.content);
}

#[tokio::test(start_paused = true)]
async fn a_tool_out_of_order_is_tried_again_as_often_as_its_policy_says() {
    let (tool, runs) = probe(Effect::Idempotent, is_out_of_order);
    let registry = under(r#"{"probe": {"retries": 2}}"#).with(tool).unwrap();
    let function = Function::start(registry).await;
    function.deliver(anthropic("probe", json!({}))).await;
    assert_eq!(runs.load(Ordering::Relaxed), 3);
}

#[tokio::test]
async fn an_effect_class_can_be_made_stricter() {
    let (tool, runs) = probe(Effect::ReadOnly, is_out_of_order);
    let registry = under(r#"{"probe": {"effect": "not-repeatable"}}"#)
        .with(tool)
        .unwrap();
    let function = Function::start(registry).await;
    for _ in 0..2 {
        let (outcome, _) = function.deliver(anthropic("probe", json!({}))).await;
        assert!(outcome.is_reported());
    }
    assert_eq!(runs.load(Ordering::Relaxed), 1);
}

#[test]
fn policies_that_cannot_be_followed_are_refused_at_cold_start() {
    for (policies, why) in [
        ("[", "no JSON object"),
        (r#"{"probe": {"allowed": true}}"#, "unknown field `allowed`"),
        (r#"{"probe": {"timeout_seconds": 0}}"#, "from 1 to 900"),
        (
            r#"{"probe": {"max_output_bytes": 1000000}}"#,
            "from 1 to 61440",
        ),
    ] {
        let error = policies.parse::<ToolPolicies>().unwrap_err().to_string();
        assert!(error.contains(why), "{error}");
    }
    let refused = |policies: &str, why: &str| {
        let (tool, _) = probe(Effect::NotRepeatable, talks_a_lot);
        let complete = under(policies).with(tool).and_then(Registry::complete);
        let error: BadTool = complete.err().unwrap();
        assert!(error.to_string().contains(why), "{error}");
    };
    refused(r#"{"probe": {"retries": 1}}"#, "is not repeatable");
    refused(r#"{"prob": {"allow": false}}"#, "there is no tool `prob`");
}

#[tokio::test]
async fn a_long_output_is_cut_between_characters_and_says_so() {
    let (tool, _) = probe(Effect::ReadOnly, talks_a_lot);
    let registry = under(r#"{"probe": {"max_output_bytes": 5}}"#)
        .with(tool)
        .unwrap();
    let function = Function::start(registry).await;
    function.deliver(anthropic("probe", json!({}))).await;
    let (_, status, result) = function.results().remove(0);
    assert_eq!(status, "succeeded");
    assert_eq!(
        result["content"],
        "éé\n[cut off: the first 4 of 65536 bytes]"
    );
}

#[tokio::test]
async fn all_of_a_long_output_is_in_the_bucket_and_the_result_says_where() {
    let s3 = S3::start(&["outputs"]).await;
    let (tool, _) = probe(Effect::ReadOnly, talks_a_lot);
    let function = Function::start_with(Registry::new().with(tool).unwrap(), RESULTS, |it| {
        it.long_output(LongOutput::Bucket(s3.client(), "outputs".to_owned()))
    })
    .await;
    function.deliver(anthropic("probe", json!({}))).await;
    let item = function.dynamodb.items(RESULTS).remove(0);
    let output = &item["output"]["M"];
    let key = output["key"]["S"].as_str().unwrap();
    assert_eq!(output["bucket"]["S"], "outputs");
    assert_eq!(output["bytes"]["N"], "65536");
    let (_, _, result) = function.results().remove(0);
    let content = result["content"].as_str().unwrap();
    let (preview, note) = content.rsplit_once('\n').unwrap();
    assert_eq!(preview.len(), MAX_OUTPUT_BYTES);
    let told = format!("[the first 32768 of 65536 bytes; all of it is in s3://outputs/{key}]");
    assert_eq!(note, told);
    let stored = s3
        .client()
        .get_object()
        .bucket("outputs")
        .key(key)
        .send()
        .await
        .unwrap();
    let stored = stored.body.collect().await.unwrap().into_bytes();
    assert_eq!(stored, "é".repeat(MAX_OUTPUT_BYTES).as_bytes());
}

#[tokio::test]
async fn without_its_bucket_a_long_output_is_retried() {
    let s3 = S3::answering(503, "").await;
    let (tool, _) = probe(Effect::ReadOnly, talks_a_lot);
    let function = Function::start_with(Registry::new().with(tool).unwrap(), RESULTS, |it| {
        it.long_output(LongOutput::Bucket(s3.client(), "outputs".to_owned()))
    })
    .await;
    let (outcome, error) = function.deliver(anthropic("probe", json!({}))).await;
    assert!(outcome.is_reported());
    assert!(
        error.contains("the bucket outputs") && !error.contains('é'),
        "{error}"
    );
    assert!(function.results().is_empty());
}

#[tokio::test]
async fn a_call_that_was_cut_off_shows_that_its_outcome_is_unknown() {
    let outcomes: [Told; 2] = [is_out_of_order, || panic!("the process ends")];
    for outcome in outcomes {
        let (tool, _) = probe(Effect::NotRepeatable, outcome);
        let function = Function::start(Registry::new().with(tool).unwrap()).await;
        function.deliver(anthropic("probe", json!({}))).await;
        let (_, status, result) = function.results().remove(0);
        assert_eq!(status, "outcome_unknown");
        let content = result["content"].as_str().unwrap();
        assert!(
            content.starts_with("The outcome is unknown: `probe`"),
            "{content}"
        );
        assert_eq!(result["is_error"], true);
    }
}
