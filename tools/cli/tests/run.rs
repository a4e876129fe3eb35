//! The bare `local`: messages sent over SQS, delivered by the mapping, to a function that fails.

#![allow(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

#[path = "run/kept.rs"]
mod kept;
mod support;

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
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

/// Answers one request to `function`, and tells what it was.
fn answer(function: &TcpListener, headers: &str, body: &str) -> String {
    let (mut stream, _) = function.accept().unwrap();
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        reader.read_line(&mut head).unwrap();
    }
    let lower = head.to_lowercase();
    let length = lower.split("content-length: ").nth(1).unwrap();
    let length = length.split_whitespace().next().unwrap().parse().unwrap();
    reader.read_exact(&mut vec![0; length]).unwrap();
    let length = body.len();
    let answer = format!(
        "HTTP/1.1 200 OK\r\n{headers}Connection: close\r\nContent-Length: {length}\r\n\r\n{body}"
    );
    stream.write_all(answer.as_bytes()).unwrap();
    head
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
        .replace(FUNCTION, "…")
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
fn chaos_delivers_twice_and_each_message_counts_once() {
    let chaos = ["--until-idle", "--chaos", "duplicate=1", "--seed", "7"];
    let running = run(&project("twice", 2, ""), &chaos);
    assert!(running.text.contains("Chaos · duplicate=1 --seed 7"));
    running.send(&["work", "work", "work"]);
    let (summary, code) = running.ended();
    assert_eq!(code, Some(0), "{summary}");
    let counted = "Chaos 3 delivered twice · --seed 7";
    assert!(summary.contains(counted), "{summary}");
    assert!(summary.contains("✓ 3 messages completed in"), "{summary}");
}

#[test]
fn a_process_that_chaos_kills_is_a_crash() {
    let chaos = ["--until-idle", "--chaos", "kill=1"];
    let running = run(&project("killed", 2, ""), &chaos);
    running.send(&["sleep"]);
    let (summary, code) = running.ended();
    assert_eq!(code, Some(1), "{summary}");
    assert!(summary.contains("Chaos 2 invocations killed"), "{summary}");
    assert!(summary.contains("Work 2 2 … … 2"), "{summary}");
}

#[test]
fn chaos_throttles_items_and_nothing_else() {
    let running = run(&project("throttled", 2, ""), &["--chaos", "throttle=1"]);
    let dynamodb = |operation: &str| {
        let target = format!("DynamoDB_20120810.{operation}");
        call(&running.address, &target, "{}")
    };
    let refused = dynamodb("PutItem");
    assert!(refused.starts_with("HTTP/1.1 400"), "{refused}");
    let codes = [
        "#ProvisionedThroughputExceededException",
        "#ThrottlingException",
    ];
    assert!(codes.iter().any(|it| refused.contains(it)), "{refused}");
    assert!(dynamodb("ListTables").starts_with("HTTP/1.1 200"));
}

#[test]
fn a_function_elsewhere_is_waited_for_and_asked_as_lambda_is() {
    let free = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = free.local_addr().unwrap();
    drop(free);
    let at = format!("misbehaving=http://{address}");
    let mut running = run(
        &project("elsewhere", 2, ""),
        &["--until-idle", "--function", &at],
    );
    let errors = running.process.stderr.take().unwrap();
    let missed = BufReader::new(errors).lines().next().unwrap().unwrap();
    let line = format!("misbehaving │ nobody answers at http://{address} (");
    assert!(missed.starts_with(&line), "{missed}");
    let (_, file) = running.text.split_once("let it see").unwrap();
    let variables = fs::read_to_string(file.split_whitespace().next().unwrap()).unwrap();
    let endpoint = format!("AWS_ENDPOINT_URL='http://{}'\n", running.address);
    assert!(variables.contains(&endpoint), "{variables}");
    let function = TcpListener::bind(address).unwrap();
    running.send(&["work"]);
    let failed = "X-Amz-Function-Error: Unhandled\r\n";
    let asked = answer(
        &function,
        failed,
        r#"{"errorType":"Oops","errorMessage":"no"}"#,
    );
    let path = "POST /2015-03-31/functions/misbehaving/invocations ";
    assert!(asked.starts_with(path), "{asked}");
    answer(&function, "", r#"{"batchItemFailures":[]}"#);
    let (summary, code) = running.ended();
    assert_eq!(code, Some(0), "{summary}");
    assert!(summary.contains("Work 2 1 … …\n"), "{summary}");
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
fn a_function_whose_source_changes_is_built_again_and_swapped() {
    let folder = project("watched", 60, "");
    let source = folder.join("function/src/main.rs");
    fs::create_dir_all(source.parent().unwrap()).unwrap();
    for file in ["Cargo.toml", "Cargo.lock", "src/main.rs"] {
        let text = fs::read(Path::new(FUNCTION).join(file)).unwrap();
        fs::write(folder.join("function").join(file), text).unwrap();
    }
    let template = fs::read_to_string(folder.join("template.yaml")).unwrap();
    let template = template.replace(FUNCTION, "function");
    let template = template.replace("VisibilityTimeout: 2", "VisibilityTimeout: 60");
    fs::write(folder.join("template.yaml"), &template).unwrap();
    let mut command = command(&folder, &["--watch"]);
    // Of its own: the other tests run the binary of this name.
    let mut running = started(command.env("CARGO_TARGET_DIR", folder.join("target")));
    let gate = folder.join("gate");
    drop(fs::remove_file(&gate));
    let mut log = BufReader::new(running.process.stderr.take().unwrap()).lines();
    let mut wait_for = |what: &str| {
        let mut lines = log.by_ref().map(Result::unwrap);
        assert!(lines.any(|it| it.contains(what)), "no line has {what:?}");
    };
    let original = fs::read_to_string(&source).unwrap();
    running.send(&[&format!("wait for {}", gate.display())]);
    wait_for("told to wait");
    fs::write(&source, original.replace("told to", "asked to")).unwrap();
    wait_for("main.rs has changed");
    wait_for("misbehaving │ built again: the next event gets it");
    fs::write(&gate, "").unwrap();
    // In the process that had begun.
    wait_for("told to go on");
    running.send(&["work"]);
    wait_for("asked to work");
    fs::write(&source, "not Rust").unwrap();
    wait_for("; the functions stay as they are");
    running.send(&["work"]);
    wait_for("asked to work");
    fs::write(folder.join("template.yaml"), template + "\n").unwrap();
    wait_for("template.yaml has changed; start `lambda-queue local` again to use it");
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
    insta::assert_snapshot!(serde_json::to_string_pretty(&document).unwrap());
}

#[test]
fn what_cannot_run_is_said_in_a_line() {
    let folder = project("faulty", 2, "");
    let good = fs::read_to_string(folder.join("template.yaml")).unwrap();
    let write = |name: &str, text: &str| {
        let path = folder.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    let broken = "[package]\nname = \"misbehaving\"\n\n[workspace]\n";
    write("broken/Cargo.toml", broken);
    write("broken/src/main.rs", "not Rust");
    write("text.yaml", "Resources: [\n  a: {");
    write("list.yaml", "- a");
    write(
        "soon.yaml",
        &good.replace("VisibilityTimeout: 2", "VisibilityTimeout: soon"),
    );
    write(
        "import.yaml",
        &good.replace("!Ref Jobs", "!ImportValue Jobs"),
    );
    write(
        "no-binary.yaml",
        &good.replace("{Binary: misbehaving}", "{}"),
    );
    write(
        "other-binary.yaml",
        &good.replace("Binary: misbehaving", "Binary: other"),
    );
    write("no-folder.yaml", &good.replace(FUNCTION, "nowhere"));
    write("broken.yaml", &good.replace(FUNCTION, "broken"));
    write("text/sqs-misbehaving-a.json", "{");
    write("list/sqs-misbehaving-a.json", "[]");
    write(
        "number/sqs-misbehaving-a.json",
        r#"{"Records":[{"body":"a"},{"body":5}]}"#,
    );
    let lines = [
        "--template missing.yaml",
        "--template text.yaml",
        "--template list.yaml",
        "--template soon.yaml",
        "--template import.yaml",
        "--template no-binary.yaml",
        "--template other-binary.yaml",
        "--template no-folder.yaml",
        "--template broken.yaml",
        "--parameter Size=1",
        "--function nobody=http://127.0.0.1:9000",
        "--function misbehaving=http://example.com",
        "--chaos kill=2",
        "--events text",
        "--events list",
        "--events number",
        "--events missing",
        "--events broken",
        "--data template.yaml",
        "--data /dev/null/data",
    ];
    let lines = lines.map(|arguments| {
        let arguments: Vec<_> = arguments.split(' ').collect();
        let mut command = command(&folder, &arguments);
        // Those that do not build are in nobody's way.
        let output = command
            .env("CARGO_TARGET_DIR", folder.join("target"))
            .output();
        failure(&output.unwrap(), 2).replace(folder.to_str().unwrap(), "…")
    });
    insta::assert_snapshot!(lines.join("\n"));
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
