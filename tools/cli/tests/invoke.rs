//! `local invoke` against a function that goes wrong in every way there is.

#![allow(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use serde_json::{Value, json};

const FUNCTION: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/misbehaving");
const SCRATCH: &str = env!("CARGO_TARGET_TMPDIR");

/// An event file whose messages have these bodies.
fn event(bodies: &[&str]) -> PathBuf {
    let records = bodies.iter().enumerate().map(|(index, body)| {
        let id = format!("message-{index}");
        json!({"messageId": id, "body": body, "eventSource": "aws:sqs"})
    });
    let records: Vec<_> = records.collect();
    // A file of its own: tests run side by side.
    static COUNT: AtomicUsize = AtomicUsize::new(0);
    let name = format!("event-{}.json", COUNT.fetch_add(1, Relaxed));
    file(&name, &json!({ "Records": records }).to_string())
}

fn file(name: &str, text: &str) -> PathBuf {
    let path = Path::new(SCRATCH).join(name);
    fs::write(&path, text).unwrap();
    path
}

fn invoke(function: &str, event: &Path, more: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_lambda-queue"))
        .args(["local", "invoke", function, "--event"])
        .arg(event)
        .args(["--template", "template.yaml"])
        .args(more)
        .current_dir(FUNCTION)
        .env("CARGO_TARGET_DIR", Path::new(SCRATCH).join("misbehaving"))
        .env("OF_MY_SHELL", "known to nobody on AWS")
        .env("AWS_PROFILE", "production")
        .env("AWS_SESSION_TOKEN", "a-real-one")
        .env(
            "AWS_ENDPOINT_URL_DYNAMODB",
            "https://dynamodb.us-east-1.amazonaws.com",
        )
        .output()
        .unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// The response of an invocation that succeeds.
fn response(order: &str) -> Value {
    let output = invoke("misbehaving", &event(&[order]), &["--output", "json"]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    let document: Value = serde_json::from_slice(&output.stdout).unwrap();
    document["response"].clone()
}

/// The exit code and the last line of an invocation that fails.
fn failure(function: &str, event: &Path) -> String {
    let output = invoke(function, event, &[]);
    let code = output.status.code().unwrap();
    let errors = text(&output.stderr).replace(SCRATCH, "…");
    let line = errors.lines().last().unwrap_or_default();
    format!("{code} {line}")
}

#[test]
fn each_delivery_is_a_json_document_alone_on_the_standard_output() {
    let event = event(&["work", "work", "work"]);
    let output = invoke(
        "Misbehaving",
        &event,
        &["--output", "json", "--repeat", "2"],
    );
    assert!(output.status.success(), "{}", text(&output.stderr));
    insta::assert_snapshot!("json", text(&output.stdout));
    let log = text(&output.stderr);
    assert!(
        log.contains("starting") && log.contains("told to work"),
        "{log}"
    );
    assert!(!log.contains("_aws"), "metrics are hidden: {log}");
}

#[test]
fn all_of_the_log_is_shown_when_asked_for() {
    let output = invoke("misbehaving", &event(&["work"]), &["--logs", "all"]);
    let log = text(&output.stderr);
    assert!(
        log.contains("_aws") && log.contains("lambda_queue::outcome"),
        "{log}"
    );
}

#[test]
fn messages_nothing_was_said_about_are_unknown_and_an_empty_response_is_null() {
    let output = invoke(
        "misbehaving",
        &event(&["say nothing"]),
        &["--output", "json"],
    );
    assert!(output.status.success());
    insta::assert_snapshot!("silent", text(&output.stdout));
}

#[test]
fn a_function_error_is_in_the_document_and_in_the_exit_code() {
    let output = invoke(
        "misbehaving",
        &event(&["fail"]),
        &["--output", "json", "--repeat", "3"],
    );
    assert_eq!(output.status.code(), Some(1));
    insta::assert_snapshot!("reported", text(&output.stdout));
}

#[test]
fn failures_are_one_line_on_what_happened() {
    let work = event(&["work"]);
    let failures = [
        failure("misbehaving", &event(&["fail"])),
        failure("misbehaving", &event(&["exit"])),
        failure("misbehaving", &event(&["mumble"])),
        failure("misbehaving", &event(&["shout"])),
        failure("Slow", &event(&["sleep"])),
        failure("FailsToStart", &work),
        failure("EndsAtStart", &work),
        failure("NoBinary", &work),
        failure("WrongBinary", &work),
        failure("nobody", &work),
        failure("misbehaving", Path::new("missing.json")),
        failure("misbehaving", &file("text.json", "{\n  oops\n}")),
        failure("misbehaving", &file("empty.json", "{}")),
    ];
    insta::assert_snapshot!("failures", failures.join("\n"));
}

#[test]
fn a_function_that_never_polls_is_given_up() {
    insta::assert_snapshot!("never_polls", failure("NeverPolls", &event(&["work"])));
}

#[test]
fn the_last_lines_explain_a_failure() {
    let output = invoke("EndsAtStart", &event(&["work"]), &["--logs", "on-failure"]);
    assert!(text(&output.stderr).contains("cannot start like this"));
}

#[test]
fn the_environment_is_lambdas_and_leads_nowhere_else() {
    let mut variables = response("show environment");
    for address in ["AWS_ENDPOINT_URL", "AWS_LAMBDA_RUNTIME_API"] {
        let local = variables[address].as_str().unwrap();
        assert!(local.contains("127.0.0.1:"), "{address}={local}");
        variables[address] = "[local]".into();
    }
    let of_this_machine = [
        "PATH",
        "HOME",
        "TMPDIR",
        "LD_LIBRARY_PATH",
        "RUST_BACKTRACE",
    ];
    let seen = variables.as_object_mut().unwrap();
    seen.retain(|name, _| !of_this_machine.contains(&name.as_str()) && name != "RUST_LOG");
    let stream = seen["AWS_LAMBDA_LOG_STREAM_NAME"].as_str().unwrap();
    let (date, process) = stream.split_once("/[$LATEST]").unwrap();
    assert_eq!((date.len(), process.len()), ("2026/01/31".len(), 32));
    for local in ["AWS_LAMBDA_LOG_STREAM_NAME", "LAMBDA_TASK_ROOT"] {
        seen[local] = "[local]".into();
    }
    let mut lines: Vec<_> = seen
        .iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    lines.sort_unstable();
    insta::assert_snapshot!("environment", lines.join("\n"));
    assert!(variables.get("JOBS_URL").is_none(), "there is no queue");
}

#[test]
fn a_variable_of_the_shell_is_seen_if_it_is_named() {
    let event = event(&["show environment"]);
    let seen = |more: &[&str]| {
        let output = invoke("Misbehaving", &event, &[&["-o", "json"], more].concat());
        let document: Value = serde_json::from_slice(&output.stdout).unwrap();
        document["response"].clone()
    };
    assert!(seen(&[]).get("OF_MY_SHELL").is_none());
    let given = seen(&[
        "--env",
        "OF_MY_SHELL",
        "--env",
        "THINGS=mine",
        "--env",
        "RUST_LOG=warn",
    ]);
    assert_eq!(given["OF_MY_SHELL"], "known to nobody on AWS");
    assert_eq!(given["THINGS"], "mine");
    assert_eq!(given["RUST_LOG"], "warn,lambda_queue::outcome=debug");
    let refused = invoke("Misbehaving", &event, &["--env", "AWS_PROFILE"]);
    assert_eq!(refused.status.code(), Some(2));
    assert!(text(&refused.stderr).contains("AWS_PROFILE is one that Lambda sets"));
}

#[test]
fn the_log_is_told_of_as_the_template_says() {
    let seen = |function: &str| {
        let output = invoke(function, &event(&["show environment"]), &["-o", "json"]);
        let document: Value = serde_json::from_slice(&output.stdout).unwrap();
        ["FORMAT", "LEVEL", "GROUP_NAME"]
            .map(|it| document["response"][format!("AWS_LAMBDA_LOG_{it}")].clone())
    };
    let group = "/aws/lambda/lambda-queue-Misbehaving";
    assert_eq!(
        seen("Misbehaving"),
        [json!("Text"), Value::Null, json!(group)]
    );
    assert_eq!(
        seen("Talkative"),
        [json!("JSON"), json!("WARN"), json!("lambda-queue-Logs")]
    );
}

#[test]
fn invocations_carry_lambdas_headers() {
    let headers = response("show headers");
    for name in ["aws-request-id", "deadline-ms", "trace-id"] {
        assert!(
            headers[format!("lambda-runtime-{name}")].is_string(),
            "{name}"
        );
    }
    assert_eq!(
        headers["lambda-runtime-invoked-function-arn"],
        "arn:aws:lambda:us-east-1:000000000000:function:lambda-queue-Misbehaving"
    );
}

#[test]
fn a_service_that_is_not_served_fails_at_once() {
    let answer = response("call kinesis")["status"].to_string();
    assert!(answer.contains("400 Bad Request"), "{answer}");
    assert!(answer.contains("UnknownOperationException"), "{answer}");
}

#[test]
fn queues_of_the_template_can_be_reached() {
    let answer = response("call sqs")["status"].to_string();
    assert!(answer.contains("200 OK"), "{answer}");
    assert!(
        answer.contains("/000000000000/lambda-queue-Jobs"),
        "{answer}"
    );
}
