//! `plan`, from a template to a report and its charts.

#![allow(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

const TEMPLATE: &str = r#"
Transform: AWS::Serverless-2016-10-31
Resources:
  OrdersFunction:
    Type: AWS::Serverless::Function
    Properties:
      Timeout: 10
      Environment: {Variables: {IDEMPOTENCY_TABLE: records}}
      Events:
        Orders:
          Type: SQS
          Properties:
            Queue: !GetAtt OrdersQueue.Arn
            FunctionResponseTypes: [ReportBatchItemFailures]
            ScalingConfig: {MaximumConcurrency: 4}
  OrdersQueue:
    Type: AWS::SQS::Queue
    Properties:
      VisibilityTimeout: 60
      RedrivePolicy: {deadLetterTargetArn: !GetAtt DeadOrders.Arn, maxReceiveCount: 3}
  DeadOrders: {Type: AWS::SQS::Queue}
  LedgerFunction:
    Type: AWS::Serverless::Function
    Properties:
      Timeout: 10
      Events:
        Entries:
          Type: SQS
          Properties:
            Queue: !GetAtt LedgerQueue.Arn
            FunctionResponseTypes: [ReportBatchItemFailures]
  LedgerQueue:
    Type: AWS::SQS::Queue
    Properties: {FifoQueue: true, VisibilityTimeout: 60}
"#;

fn scratch(name: &str, text: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::write(&path, text).unwrap();
    path
}

fn plan(template: &Path, more: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_lambda-queue"));
    command.arg("plan").arg("--template").arg(template);
    command.args(more).output().unwrap()
}

fn shown(template: &Path, more: &[&str]) -> String {
    let output = plan(template, more);
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{error}");
    String::from_utf8(output.stdout).unwrap()
}

const OUTAGE: [&str; 10] = [
    "--function",
    "OrdersFunction",
    "--rate",
    "8/s",
    "--outage",
    "4m@5m",
    "--for",
    "20m",
    "--duration",
    "p50=100ms,p95=400ms,p99=1s",
];

#[test]
fn an_outage_is_told_from_backlog_to_recovery_with_what_would_help() {
    let template = scratch("plan-outage.yaml", TEMPLATE);
    insta::assert_snapshot!(shown(&template, &OUTAGE));
}

#[test]
fn the_same_seed_gives_the_same_report_and_another_one_another() {
    let template = scratch("plan-seed.yaml", TEMPLATE);
    let with = |seed| {
        let load = [
            "--rate", "5/s", "--for", "1m", "--output", "json", "--seed", seed,
        ];
        shown(&template, &load)
    };
    assert_eq!(with("7"), with("7"));
    assert_ne!(with("7"), with("8"));
}

#[test]
fn large_loads_are_scaled_down_and_the_report_says_how() {
    let template = scratch("plan-scaled.yaml", TEMPLATE);
    let load = [
        "--function",
        "LedgerFunction",
        "--rate",
        "2000/s",
        "--groups",
        "1000",
    ];
    let text = shown(&template, &[&load[..], &["--max-messages", "20k"]].concat());
    assert!(
        text.contains("1 of 50, with 1/50 of the concurrency"),
        "{text}"
    );
    assert!(
        text.contains("of 1 h, so raise --max-messages for more"),
        "{text}"
    );
    assert!(text.contains("sends a second to a FIFO queue"), "{text}");
}

#[test]
fn a_curve_and_a_histogram_come_from_files() {
    let template = scratch("plan-files.yaml", TEMPLATE);
    let curve = scratch("curve.csv", "time,rate\n00:00,0/s\n00:02,10/s\n00:04,0/s\n");
    let histogram = scratch("histogram.csv", "50ms,90\n900ms,10\n");
    let files = [curve.to_str().unwrap(), histogram.to_str().unwrap()];
    let load = ["--curve", files[0], "--durations", files[1], "--for", "6m"];
    let text = shown(&template, &[&load[..], &["--output", "json"]].concat());
    let report: Value = serde_json::from_str(&text).unwrap();
    let samples = report["feeds"][0]["simulation"]["samples"]
        .as_array()
        .unwrap();
    let sent = |it: &&Value| it["sent"].as_u64().unwrap() > 0;
    let busy: Vec<_> = samples
        .iter()
        .filter(sent)
        .map(|it| it["at_ms"].as_u64().unwrap())
        .collect();
    assert!(
        busy.iter().all(|it| (120_000..=241_000).contains(it)),
        "{busy:?}"
    );
}

#[test]
fn charts_are_written_for_each_function() {
    let template = scratch("plan-svg.yaml", TEMPLATE);
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("charts.svg");
    let load = [
        "--rate",
        "5/s",
        "--for",
        "1m",
        "--svg",
        path.to_str().unwrap(),
    ];
    shown(&template, &load);
    for function in ["OrdersFunction", "LedgerFunction"] {
        let path = path.with_file_name(format!("charts-{function}.svg"));
        let svg = std::fs::read_to_string(path).unwrap();
        assert!(svg.starts_with("<svg") && svg.contains("Age of the oldest message"));
        assert!(!svg.contains("NaN"), "{svg}");
    }
}

#[test]
fn a_bad_line_of_a_file_is_one_line_of_error() {
    let template = scratch("plan-bad.yaml", TEMPLATE);
    let curve = scratch("bad.csv", "00:00,1/s\nnoon,2/s\n");
    let output = plan(&template, &["--curve", curve.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(2));
    let error = String::from_utf8(output.stderr).unwrap();
    assert!(
        error.contains("bad.csv:2: noon is no time of a day"),
        "{error}"
    );
    assert_eq!(error.lines().count(), 1);
}

/// Twenty thousand messages a second are more than a mapping takes by itself, and far more than can be
/// simulated one by one.
#[test]
fn the_largest_load_is_told_within_seconds_and_in_whole_numbers() {
    let template = scratch(
        "plan-largest.yaml",
        &TEMPLATE.replace("ScalingConfig: {MaximumConcurrency: 4}", ""),
    );
    let svg = Path::new(env!("CARGO_TARGET_TMPDIR")).join("largest.svg");
    let load = [
        "--function",
        "OrdersFunction",
        "--rate",
        "20000/s",
        "--account-concurrency",
        "5000",
        "--max-messages",
        "100k",
        "--svg",
        svg.to_str().unwrap(),
    ];
    let text = shown(&template, &load);
    assert!(text.contains("counts are multiplied by"), "{text}");
    assert!(
        text.contains("only from 0 s to") || text.contains("of 1 h"),
        "what was left out is told: {text}"
    );
    let json = shown(&template, &[&load[..], &["--output", "json"]].concat());
    let report: Value = serde_json::from_str(&json).unwrap();
    let feed = &report["feeds"][0];
    let simulated = feed["simulation"]["simulated"].as_u64().unwrap();
    assert!(simulated < 120_000, "bounded: {simulated}");
    let quotas = feed["quotas"].as_array().unwrap();
    let writes = quotas
        .iter()
        .find(|it| it["name"] == "writes a second of a table")
        .unwrap();
    // A claim and a completion for each of 20,000 messages; a third more while a backlog is worked off.
    let used = writes["used"].as_f64().unwrap();
    assert!((39_000.0..60_000.0).contains(&used), "{used}");
    assert!(
        text.contains("at or over quotas that the simulation does not enforce"),
        "{text}"
    );
    let chart = std::fs::read_to_string(svg).unwrap();
    assert!(chart.starts_with("<svg") && !chart.contains("NaN"));
}

#[test]
fn fifo_receives_and_deletes_count_against_its_quotas() {
    let template = scratch("plan-fifo-quotas.yaml", TEMPLATE);
    let load = [
        "--function",
        "LedgerFunction",
        "--rate",
        "400/s",
        "--for",
        "2m",
        "--duration",
        "20ms",
        "--groups",
        "500",
    ];
    let text = shown(&template, &load);
    assert!(
        text.contains("receives a second from a FIFO queue")
            && text.contains("deletes a second from a FIFO queue"),
        "{text}"
    );
    assert!(
        text.contains("the backlog, ages and times above are too good"),
        "{text}"
    );
}

#[test]
fn queues_of_one_function_are_said_to_share_its_concurrency() {
    let shared = TEMPLATE
        .replace("      Timeout: 10\n      Events:", "      Timeout: 10\n      ReservedConcurrentExecutions: 8\n      Events:")
        .replace(
            "        Entries:",
            "        Orders:\n          Type: SQS\n          Properties: {Queue: !GetAtt OrdersQueue.Arn, FunctionResponseTypes: [ReportBatchItemFailures]}\n        Entries:",
        );
    let template = scratch("plan-shared.yaml", &shared);
    let svg = Path::new(env!("CARGO_TARGET_TMPDIR")).join("shared.svg");
    let load = [
        "--function",
        "LedgerFunction",
        "--rate",
        "2/s",
        "--for",
        "1m",
    ];
    let charts = ["--svg", svg.to_str().unwrap()];
    let text = shown(&template, &[&load[..], &charts].concat());
    for other in ["OrdersQueue", "LedgerQueue"] {
        let said = format!(
            "LedgerFunction is fed from {other} as well: they share its reserved concurrency of 8"
        );
        assert!(text.contains(&said), "{text}");
        let chart = svg.with_file_name(format!("shared-LedgerFunction-{other}.svg"));
        assert!(chart.is_file(), "{}", chart.display());
    }
}

#[test]
fn the_cdk_s_output_is_simulated() {
    let template = Path::new(env!("CARGO_MANIFEST_DIR"));
    let template = template.join("tests/check/templates/cdk-fifo-minified.json");
    let text = shown(&template, &["--rate", "5/s", "--for", "1m"]);
    assert!(
        text.contains("Fn ← Queue") && text.contains("FIFO"),
        "{text}"
    );
}
