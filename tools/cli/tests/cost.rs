//! `cost`, from a template to a bill.

#![allow(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

#[path = "cost/origins.rs"]
mod origins;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

const TEMPLATE: &str = r#"
Transform: AWS::Serverless-2016-10-31
Resources:
  OrdersFunction:
    Type: AWS::Serverless::Function
    Properties:
      MemorySize: 512
      Architectures: [arm64]
      Timeout: 30
      Environment: {Variables: {IDEMPOTENCY_TABLE: records}}
      Events:
        Orders:
          Type: SQS
          Properties:
            Queue: !GetAtt OrdersQueue.Arn
            FunctionResponseTypes: [ReportBatchItemFailures]
  OrdersQueue:
    Type: AWS::SQS::Queue
    Properties:
      VisibilityTimeout: 180
      KmsMasterKeyId: alias/orders
      KmsDataKeyReusePeriodSeconds: 600
  AgeAlarm:
    Type: AWS::CloudWatch::Alarm
    Properties: {MetricName: ApproximateAgeOfOldestMessage}
"#;

fn scratch(name: &str, text: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::write(&path, text).unwrap();
    path
}

fn cost(template: &Path, more: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_lambda-queue"));
    command.arg("cost").arg("--template").arg(template);
    command.args(more).output().unwrap()
}

fn bill(template: &Path, more: &[&str]) -> Value {
    let output = cost(template, &[&["--output", "json"], more].concat());
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{error}");
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn the_template_says_what_is_paid_for() {
    let template = scratch("cost-template.yaml", TEMPLATE);
    let bill = bill(&template, &["--messages", "1M", "--size", "1KB"]);
    let lines = bill["feeds"][0]["lines"].as_array().unwrap();
    let meters: Vec<_> = lines
        .iter()
        .map(|it| (it["item"].as_str().unwrap(), it["meter"].as_str().unwrap()))
        .collect();
    assert!(meters.contains(&("Lambda GB-seconds", "lambda_gb_seconds_arm")));
    assert!(meters.contains(&("DynamoDB claims", "dynamodb_write_units")));
    // 2,592,000 s ÷ 600 s × 3.
    let calls = lines
        .iter()
        .find(|it| it["item"] == "KMS requests")
        .unwrap();
    assert_eq!(calls["quantity"], 12_960.0);
    let shared = bill["shared"].as_array().unwrap();
    assert_eq!(shared.len(), 2, "a key and an alarm: {shared:?}");
}

#[test]
fn a_key_of_the_template_is_paid_for_once() {
    let key = "  Key: {Type: AWS::KMS::Key}\n";
    for reference in ["!Ref Key", "!GetAtt Key.Arn"] {
        let text = TEMPLATE.replace("alias/orders", reference) + key;
        let template = scratch("cost-key.yaml", &text);
        let bill = bill(&template, &["--messages", "1M"]);
        let keys = &bill["shared"][0];
        assert_eq!(keys["item"], "KMS keys");
        assert_eq!(keys["cost"], 1.0);
        let changes = bill["what_if"].as_array().unwrap();
        let mut changes = changes.iter();
        assert!(changes.any(|it| it["change"] == "SSE-SQS instead of KMS"));
    }
}

#[test]
fn prices_can_be_replaced() {
    let template = scratch("cost-prices.yaml", TEMPLATE);
    let built_in = cost(&template, &["--show-prices"]).stdout;
    let prices = String::from_utf8(built_in).unwrap();
    let prices = prices
        .replace("us-east-1", "moon-1")
        .replace("0.20", "2000.0");
    let prices = scratch("cost-prices.json", &prices);
    let prices = prices.to_str().unwrap();
    let messages = ["--messages", "2M", "--batch-fill", "1", "--prices", prices];
    let bill = bill(
        &template,
        &[&messages[..], &["--region", "moon-1"]].concat(),
    );
    let lines = bill["feeds"][0]["lines"].as_array().unwrap();
    let requests = lines
        .iter()
        .find(|it| it["item"] == "Lambda requests")
        .unwrap();
    // 2 M less the free million.
    assert_eq!(requests["cost"], 2_000.0);
    let output = cost(&template, &messages);
    assert_eq!(output.status.code(), Some(2));
    let error = String::from_utf8(output.stderr).unwrap();
    assert!(
        error.contains("no prices of us-east-1, only of moon-1"),
        "{error}"
    );
}

#[test]
fn a_function_that_is_not_there_is_an_error_that_names_those_that_are() {
    let template = scratch("cost-names.yaml", TEMPLATE);
    let output = cost(&template, &["--messages", "1M", "--function", "nobody"]);
    assert_eq!(output.status.code(), Some(2));
    let error = String::from_utf8(output.stderr).unwrap();
    assert!(
        error.contains("has no function `nobody`; it has OrdersFunction"),
        "{error}"
    );
}

#[test]
fn numbers_that_make_no_sense_are_refused_with_an_example() {
    let template = scratch("cost-numbers.yaml", TEMPLATE);
    for (option, value, example) in [
        ("--messages", "many", "50M"),
        ("--size", "2GB", "1MiB"),
        ("--retry-rate", "150%", "1%"),
        ("--duration", "soon", "300ms"),
    ] {
        let messages = if option == "--messages" { value } else { "1M" };
        let given = [option, value, "--messages", messages];
        let given = if option == "--messages" {
            &given[..2]
        } else {
            &given[..]
        };
        let output = cost(&template, given);
        assert_eq!(output.status.code(), Some(2));
        let error = String::from_utf8(output.stderr).unwrap();

        assert!(error.contains(example), "{error}");
    }
}
