//! What the real functions log, at the most talkative level: never what is in a body.

#![allow(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

mod fetched;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use ingestion::{Declared, extract};
use lambda_queue_cli::template::Template;
use lambda_queue_tests::cargo;
use serde_json::{Value, json};

/// What may be logged of a body: it says which document or call a line is about.
const IDENTIFIERS: [&str; 15] = [
    "document_id",
    "conversation_id",
    "tool_call_id",
    "tool_call_ids",
    "tool_use_id",
    "call_id",
    "turn_complete",
    "id",
    "name",
    "type",
    "content_type",
    "revision",
    "bucket",
    "key",
    "eventName",
];
/// Shorter words may appear in a log by chance.
const SHORTEST: usize = 12;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .unwrap()
        .to_owned()
}

/// `lambda-queue local`, with everything logged.
fn local() -> Command {
    let mut command = cargo();
    command
        .args(["run", "--quiet", "--bin", "lambda-queue", "--"])
        .arg("local")
        .env("RUST_LOG", "trace")
        .current_dir(root());
    command
}

fn invoke(function: &str, event: &Path) -> Output {
    let mut command = local();
    command.args([
        "invoke", function, "--logs", "all", "--output", "json", "--event",
    ]);
    command.arg(event).output().unwrap()
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

/// As it is, and as JSON would write it.
fn line_with<'l>(secret: &str, log: &'l str) -> Option<&'l str> {
    let escaped = Value::from(secret).to_string();
    let escaped = escaped.trim_matches('"');
    let mut lines = log.lines();
    lines.find(|line| line.contains(secret) || line.contains(escaped))
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
            assert_eq!(line_with(&secret, &log), None, "{event:?}: {secret}");
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
fn ingestion_never_logs_what_it_fetches() {
    let files = root().join("functions/ingestion/tests/documents");
    let folder = tempfile::tempdir().unwrap();
    let template = Template::load(&root().join("template.yaml"), "lambda-queue").unwrap();
    let bucket = template.buckets().unwrap().remove(0).name;
    let objects = folder.path().join("data/s3").join(&bucket);
    fs::create_dir_all(&objects).unwrap();
    let mut secrets = Vec::new();
    let mut records = Vec::new();
    for name in [
        "returns.pdf",
        "returns.docx",
        "prices.csv",
        "tickets.jsonl",
        "minutes.txt.gz",
        "truncated.pdf",
    ] {
        let content = fs::read(files.join(name)).unwrap();
        fs::write(objects.join(name), &content).unwrap();
        let source = json!({"s3": {"bucket": bucket, "key": name}});
        let body = json!({"document_id": name, "source": source});
        records.push(json!({"messageId": name, "body": body.to_string()}));
        if let Ok(text) = extract(&Declared::object(None, name), &content, 1_000_000) {
            texts(&text.text.into(), &mut secrets);
        }
    }
    assert!(secrets.len() > 15, "{secrets:?}");
    let events = folder.path().join("events");
    fs::create_dir(&events).unwrap();
    let event = json!({"Records": records}).to_string();
    fs::write(events.join("sqs-ingestion-stored.json"), event).unwrap();
    let mut command = local();
    command.args(["--port", "0", "--logs", "all", "--until-idle"]);
    command.args(["--expect-dead-letters", "1", "--events"]);
    command.arg(&events).arg("--data");
    let output = command.arg(folder.path().join("data")).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    let log = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
    assert!(log.contains("document ingested"), "{log}");
    for secret in secrets {
        assert_eq!(line_with(&secret, &log), None, "{secret}");
    }
}

#[test]
fn tool_executor_never_logs_arguments() {
    no_body_in_the_log_of("tool-executor");
}

/// The function that is started refuses the addresses of this machine: one in a process of the test's own
/// fetches, with the same logging.
#[test]
fn tool_executor_never_logs_a_page() {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["fetched::a_page", "--exact", "--ignored", "--nocapture"]);
    let output = command.env("RUST_LOG", fetched::LEVELS).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    let log = String::from_utf8_lossy(&output.stdout).into_owned();
    for said in ["tool call executed", "lambda_queue::outcome"] {
        assert!(log.contains(said), "{log:.3000}");
    }
    for secret in fetched::SECRETS {
        assert_eq!(line_with(secret, &log), None, "{secret}");
    }
}

#[test]
fn conversation_never_logs_a_result() {
    no_body_in_the_log_of("conversation");
}
