//! Templates of any origin: what is read, and what is said of the rest.

use std::path::PathBuf;

use super::{bill, cost, scratch};

fn published(name: &str) -> PathBuf {
    let tests = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/tests"));
    tests.join("check/templates").join(name)
}

/// Queues and functions of the bill.
fn fed(name: &str, more: &[&str]) -> Vec<(String, String)> {
    let bill = bill(&published(name), &[&["--messages", "1M"], more].concat());
    let feeds = bill["feeds"].as_array().unwrap().iter();
    let text = |it: &serde_json::Value| it.as_str().unwrap().to_owned();
    feeds
        .map(|it| (text(&it["queue"]), text(&it["function"])))
        .collect()
}

fn pair(queue: &str, function: &str) -> (String, String) {
    (queue.to_owned(), function.to_owned())
}

#[test]
fn the_cdk_s_output_is_read() {
    assert_eq!(fed("cdk-fifo-minified.json", &[]), [pair("Queue", "Fn")]);
    let bill = bill(
        &published("cdk-fifo-minified.json"),
        &["--messages", "10M", "--batch-fill", "1"],
    );
    let lines = bill["feeds"][0]["lines"].as_array().unwrap();
    let line = |item| lines.iter().find(|it| it["item"] == item).unwrap();
    assert_eq!(line("SQS send")["meter"], "sqs_fifo");
    // 10 M × 0.3 s × 512 MB.
    assert_eq!(line("Lambda GB-seconds")["quantity"], 1_500_000.0);
    assert_eq!(line("Lambda GB-seconds")["meter"], "lambda_gb_seconds_x86");
}

#[test]
fn plain_cloudformation_is_read_through_aliases() {
    let output = cost(&published("cfn-alias.yaml"), &["--messages", "1M"]);
    let error = String::from_utf8(output.stderr).unwrap();
    // The line of the queue, which Lambda would refuse.
    assert!(
        error.contains("cfn-alias.yaml:4: the queue Queue, which feeds Mapping: Queue visibility"),
        "{error}"
    );
    let text = std::fs::read_to_string(published("cfn-alias.yaml")).unwrap();
    let mended = scratch(
        "cost-alias.yaml",
        &text.replace("Timeout: 300", "Timeout: 5"),
    );
    let bill = bill(&mended, &["--messages", "1M"]);
    assert_eq!(bill["feeds"][0]["function"], "Function");
}

#[test]
fn provisioned_pollers_come_from_the_template() {
    let text = std::fs::read_to_string(published("sam-provisioned-mode.yaml")).unwrap();
    // Lambda takes pollers or a maximum.
    let mended = text
        .replace("            ScalingConfig:\n", "")
        .replace("              MaximumConcurrency: 50\n", "");
    assert_ne!(mended, text);
    let bill = bill(
        &scratch("cost-pollers.yaml", &mended),
        &["--messages", "1M"],
    );
    assert!(bill.to_string().contains("sqs_poller_hours"), "{bill}");
}

#[test]
fn another_stack_s_queue_is_left_out_with_its_line_and_why() {
    let output = cost(&published("sam-imported-queue.yaml"), &["--messages", "1M"]);
    assert_eq!(output.status.code(), Some(2));
    let error = String::from_utf8(output.stderr).unwrap();
    assert!(
        error.contains("no function is fed from a queue here") && error.contains("is left out"),
        "{error}"
    );
}

#[test]
fn every_published_template_has_a_bill_or_is_told_why_not() {
    for entry in std::fs::read_dir(published("")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|it| it == "expected") {
            continue;
        }
        let output = cost(&path, &["--messages", "1M"]);
        let error = String::from_utf8(output.stderr).unwrap();
        match output.status.code() {
            Some(0) => assert!(!error.contains("error"), "{}: {error}", path.display()),
            Some(2) => assert!(
                error.starts_with("error: ") && error.contains(&*path.to_string_lossy()),
                "{}: {error}",
                path.display()
            ),
            code => panic!("{}: {code:?}: {error}", path.display()),
        }
    }
}
