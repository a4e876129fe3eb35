//! How a bill looks.

use super::super::report::Report;
use super::super::what_if::what_if;
use super::*;

fn stack() -> Stack {
    let month = Workload {
        size: 4_000,
        duration: Duration::from_millis(300),
        retry_rate: 0.01,
        duplicate_rate: 0.02,
        handlers: 10,
        batch_fill: None,
        log_per_message: 350,
        log_per_invocation: 1_500,
        records: Some(true),
        ..workload(50e6)
    };
    let results = Feed {
        function: "ResultsFunction".into(),
        queue: "ResultsQueue".into(),
        fifo: true,
        encryption: Encryption::OwnKey("alias/results".into()),
        architecture: Architecture::Arm64,
        ..feed()
    };
    Stack {
        feeds: vec![(feed(), month.clone()), (results, month)],
        alarms: 4,
        dashboards: 1,
    }
}

fn shown(render: impl Fn(&Report<'_>) -> String) -> String {
    let prices = Prices::load(None).unwrap();
    let tariffs = prices.of("us-east-1").unwrap();
    let stack = stack();
    let report = Report {
        prices: &prices,
        region: "us-east-1",
        free: true,
        bill: bill(&stack, tariffs, true),
        what_if: what_if(&stack, tariffs, true),
        stack: &stack,
    };
    anstream::adapter::strip_str(&render(&report)).to_string()
}

#[test]
fn a_table_for_each_queue_and_what_would_save_something() {
    insta::assert_snapshot!(shown(|it| it.human(false)));
}

#[test]
fn each_line_can_be_explained() {
    insta::assert_snapshot!(shown(|it| it.human(true)));
}

#[test]
fn programs_get_every_change_sorted_by_what_it_saves() {
    let document: serde_json::Value = serde_json::from_str(&shown(|it| it.json())).unwrap();
    let savings = document["what_if"].as_array().unwrap();
    let savings: Vec<_> = savings
        .iter()
        .map(|it| it["saving"].as_f64().unwrap())
        .collect();
    assert!(savings.is_sorted_by(|a, b| a >= b), "{savings:?}");
    let lines = document["feeds"][0]["lines"].as_array().unwrap();
    assert_eq!(lines[0]["item"], "SQS send");
    assert_eq!(lines[0]["meter"], "sqs_standard");
}
