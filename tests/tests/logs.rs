//! What the real functions log, at the most talkative level: never what is in a body.

#![allow(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

/// What may be logged of a body: it says which document or call a line is about.
const IDENTIFIERS: [&str; 8] = [
    "document_id",
    "conversation_id",
    "id",
    "call_id",
    "name",
    "type",
    "content_type",
    "revision",
];
/// Shorter words may appear in a log by chance.
const SHORTEST: usize = 12;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .unwrap()
        .to_owned()
}

fn invoke(function: &str, event: &Path) -> Output {
    let mut command = Command::new("cargo");
    // What `cargo test` says about this package is not for others.
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("CARGO_")) {
        if name != "CARGO_TARGET_DIR" && name != "CARGO_HOME" {
            command.env_remove(name);
        }
    }
    command
        .args(["run", "--quiet", "--package", "lambda-queue-cli", "--"])
        .args([
            "local", "invoke", function, "--logs", "all", "--output", "json", "--event",
        ])
        .arg(event)
        .env("RUST_LOG", "trace")
        .current_dir(root())
        .output()
        .unwrap()
}

/// Every line of every text in a body that is not an identifier; of HTML also what its parser finds.
fn texts(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::String(text) => {
            let lines = text
                .lines()
                .flat_map(|line| std::iter::once(line).chain(line.split(['<', '>'])))
                .map(str::trim)
                .filter(|line| line.len() >= SHORTEST);
            found.extend(lines.map(str::to_owned));
        }
        Value::Array(items) => items.iter().for_each(|item| texts(item, found)),
        Value::Object(members) => {
            let members = members
                .iter()
                .filter(|(name, _)| !IDENTIFIERS.contains(&name.as_str()));
            members.for_each(|(_, item)| texts(item, found));
        }
        _ => {}
    }
}

fn secrets(event: &Path) -> Vec<String> {
    let event: Value = serde_json::from_slice(&fs::read(event).unwrap()).unwrap();
    let mut found = Vec::new();
    for record in event["Records"].as_array().unwrap() {
        let body = record["body"].as_str().unwrap();
        match serde_json::from_str(body) {
            Ok(body) => texts(&body, &mut found),
            Err(_) => found.push(body.to_owned()),
        }
    }
    found
}

fn no_body_in_the_log_of(function: &str) {
    let prefix = format!("sqs-{function}-");
    let events = fs::read_dir(root().join("events"))
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let events: Vec<_> = events
        .filter(|path| {
            path.file_name()
                .unwrap()
                .to_str()
                .unwrap()
                .starts_with(&prefix)
        })
        .collect();
    assert!(events.len() > 5, "{events:?}");
    let mut looked_for = 0;
    for event in events {
        let secrets = secrets(&event);
        looked_for += secrets.len();
        let output = invoke(function, &event);
        assert!(output.status.success(), "{output:?}");
        let log = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(log.contains("lambda_queue::outcome"), "{log}");
        for secret in secrets {
            // As it is, and as JSON would write it.
            let escaped = Value::from(secret.as_str()).to_string();
            let escaped = escaped.trim_matches('"');
            let line = log
                .lines()
                .find(|line| line.contains(&secret) || line.contains(escaped));
            assert_eq!(line, None, "{event:?}: {secret}");
        }
    }
    assert!(
        looked_for > 5,
        "the events say nothing that could be logged"
    );
}

#[test]
fn ingestion_never_logs_a_document() {
    no_body_in_the_log_of("ingestion");
}

#[test]
fn tool_executor_never_logs_arguments() {
    no_body_in_the_log_of("tool-executor");
}
