//! The bare `local`: messages sent over SQS, delivered by the mapping, to a function that fails.

#![allow(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

#[path = "run/kept.rs"]
mod kept;

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Output, Stdio};
#[cfg(target_os = "linux")]
use std::{thread, time::Duration};

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

/// A running `local`, killed with the test.
struct Running {
    process: Child,
    address: String,
    output: BufReader<ChildStdout>,
}

impl Drop for Running {
    fn drop(&mut self) {
        drop(self.process.kill());
        drop(self.process.wait());
    }
}

fn run(folder: &Path, arguments: &[&str]) -> Running {
    started(&mut command(folder, arguments))
}

fn started(command: &mut Command) -> Running {
    let mut process = command.spawn().unwrap();
    let mut output = BufReader::new(process.stdout.take().unwrap());
    let mut text = String::new();
    let variable = "AWS_ENDPOINT_URL=http://";
    while !text.contains(variable) {
        let read = output.read_line(&mut text).unwrap();
        assert!(read > 0, "ended after {text:?}");
    }
    let (_, address) = text.trim().rsplit_once(variable).unwrap();
    let address = address.to_owned();
    Running {
        process,
        address,
        output,
    }
}

impl Running {
    /// Sends messages in one request, so that the mapping receives them together.
    fn send(&self, bodies: &[&str]) {
        let entries = bodies.iter().enumerate();
        let entries =
            entries.map(|(id, body)| format!(r#"{{"Id":"{id}","MessageBody":"{body}"}}"#));
        let entries = entries.collect::<Vec<_>>().join(",");
        let queue = format!("http://{}/000000000000/lambda-queue-Jobs", self.address);
        let body = format!(r#"{{"QueueUrl":"{queue}","Entries":[{entries}]}}"#);
        let (address, length) = (&self.address, body.len());
        let mut stream = TcpStream::connect(address).unwrap();
        let request = format!(
            "POST / HTTP/1.1\r\nHost: {address}\r\nContent-Type: application/x-amz-json-1.0\r\nX-Amz-Target: AmazonSQS.SendMessageBatch\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n{body}"
        );
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
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

fn failure(output: &Output, code: i32) -> String {
    assert_eq!(output.status.code(), Some(code), "{output:?}");
    let errors = text(&output.stderr);
    let line = errors.lines().find(|it| it.starts_with("error: "));
    line.unwrap_or_else(|| panic!("no error in {errors}"))
        .replace(SCRATCH, "…")
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
fn a_folder_without_event_files_is_named() {
    let output = command(&project("no-events", 2, ""), &["--events", "events"]).output();
    insta::assert_snapshot!(failure(&output.unwrap(), 2), @"error: no event files `sqs-<function>-<scenario>.json` in events for a function of the template");
}

#[test]
fn a_mapping_that_lambda_would_refuse_is_shown_with_its_line() {
    let output = command(&project("refused", 30, ""), &[]).output();
    insta::assert_snapshot!(failure(&output.unwrap(), 2), @"error: template.yaml:5: the queue Jobs, which feeds Work's event Jobs: Queue visibility timeout: 2 seconds is less than Function timeout: 30 seconds");
}

#[test]
fn a_function_that_does_not_start_ends_the_run() {
    let output = command(&project("unable", 2, ", START: exit"), &[]).output();
    insta::assert_snapshot!(failure(&output.unwrap(), 1), @"error: Work: the function ended before it asked for an event (exit status: 3); its log says why");
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
