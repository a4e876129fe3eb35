//! The bare `local`: messages sent over SQS, delivered by the mapping, to a function that fails.

#![allow(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

#[path = "run/chaos.rs"]
mod chaos;
#[path = "run/elsewhere.rs"]
mod elsewhere;
#[path = "run/faulty.rs"]
mod faulty;
#[path = "run/kept.rs"]
mod kept;
mod support;
#[path = "run/watched.rs"]
mod watched;

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
#[cfg(target_os = "linux")]
use std::{thread, time::Duration};

use serde_json::Value;
use support::{Running, call, started};

const FUNCTION: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/misbehaving");
const SCRATCH: &str = env!("CARGO_TARGET_TMPDIR");

/// A project whose function has these properties on top of its queue's.
fn project(name: &str, timeout: u32, variables: &str) -> PathBuf {
    let folder = Path::new(SCRATCH).join("run").join(name);
    fs::create_dir_all(folder.join("events")).unwrap();
    let template = format!(
        "Resources:
  Jobs:
    Type: AWS::SQS::Queue
    Properties:
      VisibilityTimeout: 2
      RedrivePolicy: {{deadLetterTargetArn: !GetAtt DeadJobs.Arn, maxReceiveCount: 2}}
  DeadJobs:
    Type: AWS::SQS::Queue
  Things:
    Type: AWS::DynamoDB::Table
    Properties:
      AttributeDefinitions: [{{AttributeName: id, AttributeType: S}}]
      KeySchema: [{{AttributeName: id, KeyType: HASH}}]
      BillingMode: PAY_PER_REQUEST
  Work:
    Type: AWS::Serverless::Function
    Metadata: {{BuildProperties: {{Binary: misbehaving}}}}
    Properties:
      CodeUri: {FUNCTION}
      Timeout: {timeout}
      Environment: {{Variables: {{JOBS_URL: !Ref Jobs{variables}}}}}
      Events:
        Jobs:
          Type: SQS
          Properties:
            Queue: !GetAtt Jobs.Arn
            FunctionResponseTypes: [ReportBatchItemFailures]
"
    );
    fs::write(folder.join("template.yaml"), template).unwrap();
    folder
}

fn command(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_lambda-queue"));
    command
        .args(["local", "--port", "0"])
        .args(arguments)
        .current_dir(folder)
        .env("CARGO_TARGET_DIR", Path::new(SCRATCH).join("misbehaving"))
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

fn run(folder: &Path, arguments: &[&str]) -> Running {
    started(&mut command(folder, arguments))
}

impl Running {
    /// Sends messages in one request, so that the mapping receives them together.
    fn send(&self, bodies: &[&str]) {
        let entries = bodies.iter().enumerate();
        let entries =
            entries.map(|(id, body)| format!(r#"{{"Id":"{id}","MessageBody":"{body}"}}"#));
        let entries = entries.collect::<Vec<_>>().join(",");
        let body = format!(r#"{{"QueueUrl":"lambda-queue-Jobs","Entries":[{entries}]}}"#);
        let answer = call(&self.address, "AmazonSQS.SendMessageBatch", &body);
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    }

    /// The summary and the exit code, once it has ended.
    fn ended(mut self) -> (String, Option<i32>) {
        let mut rest = String::new();
        self.output.read_to_string(&mut rest).unwrap();
        let code = self.process.wait().unwrap().code();
        let mut tables = rest.lines().skip_while(|it| !it.contains("QUEUE"));
        let lines: Vec<_> = tables.by_ref().map(without_times).collect();
        (lines.join("\n"), code)
    }
}

/// A line as it is, or with single spaces and dots for its times.
fn without_times(line: &str) -> String {
    let is_unit = |it: &&str| ["ms", "s"].contains(it);
    let mut words: Vec<&str> = line.split_whitespace().collect();
    if !words.iter().any(is_unit) && !line.contains("P50") {
        return line.trim_end().to_owned();
    }
    for index in 1..words.len() {
        if is_unit(&words[index]) {
            words[index - 1] = "…";
        }
    }
    words.retain(|it| !is_unit(it));
    words.join(" ")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[test]
fn messages_are_processed_in_a_batch() {
    let running = run(&project("works", 2, ""), &["--until-idle"]);
    running.send(&["work", "work", "work"]);
    let (summary, code) = running.ended();
    assert_eq!(code, Some(0), "{summary}");
    insta::assert_snapshot!(summary);
}

#[test]
fn a_message_that_always_fails_is_retried_and_then_dead_lettered() {
    let running = run(&project("fails", 2, ""), &["--until-idle"]);
    running.send(&["fail"]);
    let (summary, code) = running.ended();
    assert_eq!(code, Some(1), "{summary}");
    insta::assert_snapshot!(summary);
}

#[test]
fn a_batch_whose_process_crashes_is_delivered_again_to_a_new_one() {
    let running = run(&project("crashes", 2, ""), &["--until-idle"]);
    running.send(&["exit once", "work"]);
    let (summary, code) = running.ended();
    assert_eq!(code, Some(0), "{summary}");
    insta::assert_snapshot!(summary);
}

#[test]
fn only_reported_messages_come_back() {
    let folder = project("reports", 2, "");
    let running = run(&folder, &["--until-idle", "--expect-dead-letters", "1"]);
    running.send(&["report", "work", "work"]);
    let (summary, code) = running.ended();
    assert_eq!(code, Some(0), "{summary}");
    insta::assert_snapshot!(summary);
}

#[test]
fn a_function_is_stopped_at_its_timeout_and_its_batch_comes_back() {
    let running = run(&project("sleeps", 1, ""), &["--until-idle"]);
    running.send(&["sleep"]);
    let (summary, code) = running.ended();
    assert_eq!(code, Some(1), "{summary}");
    assert!(summary.contains("Work 2 2 … … 2"), "{summary}");
}

#[test]
fn a_response_that_fails_its_whole_batch_is_explained() {
    let folder = project("mumbles", 2, "");
    let mut running = run(&folder, &["--until-idle", "--expect-dead-letters", "2"]);
    let mut errors = running.process.stderr.take().unwrap();
    running.send(&["mumble", "work"]);
    let (summary, code) = running.ended();
    assert_eq!(code, Some(0), "{summary}");
    let mut log = String::new();
    errors.read_to_string(&mut log).unwrap();
    let why =
        "misbehaving │ 2 messages come back: whole batch failed: the response is not valid JSON";
    assert!(log.contains(why), "{log}");
}

#[test]
fn event_files_go_through_the_queue_of_the_function_in_their_name() {
    let folder = project("events", 2, "");
    let event = r#"{"Records":[{"messageId":"a","body":"work"},{"messageId":"b","body":"work"}]}"#;
    fs::write(folder.join("events/sqs-misbehaving-two.json"), event).unwrap();
    fs::write(folder.join("events/sqs-other-two.json"), event).unwrap();
    let running = run(&folder, &["--until-idle", "--events", "events"]);
    let (summary, code) = running.ended();
    assert_eq!(code, Some(0), "{summary}");
    assert!(summary.contains("✓ 2 messages completed in"), "{summary}");
}

#[test]
fn a_function_with_no_concurrency_left_is_throttled() {
    let folder = project("reserved", 2, "");
    let template = fs::read_to_string(folder.join("template.yaml")).unwrap();
    let none = "Timeout: 2\n      ReservedConcurrentExecutions: 0";
    fs::write(
        folder.join("template.yaml"),
        template.replace("Timeout: 2", none),
    )
    .unwrap();
    let running = run(&folder, &["--until-idle", "--expect-dead-letters", "1"]);
    running.send(&["work"]);
    let (summary, code) = running.ended();
    assert_eq!(code, Some(0), "{summary}");
    assert!(
        summary.contains("0 messages completed, 1 dead-lettered"),
        "{summary}"
    );
    assert!(summary.contains("THROTTLES"), "{summary}");
}

#[test]
fn programs_get_the_summary_as_a_document() {
    let folder = project("document", 2, "");
    let event = r#"{"Records":[{"messageId":"a","body":"work"},{"messageId":"b","body":"work"}]}"#;
    fs::write(folder.join("events/sqs-misbehaving-two.json"), event).unwrap();
    let arguments = ["--until-idle", "--events", "events", "--output", "json"];
    let chaos = ["--chaos", "reorder=0.5", "--seed", "7"];
    let output = command(&folder, &[&arguments[..], &chaos].concat()).output();
    let output = output.unwrap();
    assert!(output.status.success(), "{output:?}");
    assert!(text(&output.stderr).contains("export AWS_ENDPOINT_URL="));
    let mut document: Value = serde_json::from_slice(&output.stdout).unwrap();
    for time in [
        "/took_ms",
        "/functions/0/p50_ms",
        "/functions/0/p99_ms",
        "/functions/0/init_ms",
    ] {
        let time = document.pointer_mut(time).unwrap();
        assert!(time.is_number(), "{time}");
        *time = "…".into();
    }
    insta::with_settings!({ sort_maps => true }, {
        insta::assert_json_snapshot!(document);
    });
}

#[cfg(target_os = "linux")]
#[test]
fn ctrl_c_ends_it_well_and_its_processes_with_it() {
    let mut running = run(&project("stopped", 2, ""), &[]);
    let pid = running.process.id().to_string();
    let children = children(&pid);
    assert_eq!(children.len(), 1, "one process is warm");
    running.send(&["sleep"]);
    let told = Command::new("kill").args(["-INT", &pid]).status().unwrap();
    assert!(told.success());
    assert_eq!(running.process.wait().unwrap().code(), Some(0));
    // It is killed before this command ends, and gone once the system has noticed.
    let child = Path::new("/proc").join(&children[0]);
    for _ in 0..100 {
        if !child.exists() {
            return;
        }
        thread::sleep(Duration::from_millis(50));
    }
    panic!("the function's process outlives the command");
}

#[cfg(target_os = "linux")]
fn children(pid: &str) -> Vec<String> {
    let tasks = fs::read_dir(format!("/proc/{pid}/task")).unwrap();
    let children = tasks.map(|it| fs::read_to_string(it.unwrap().path().join("children")).unwrap());
    let children: String = children.collect();
    children.split_whitespace().map(str::to_owned).collect()
}
