//! `demo` on a stack of one function, which either remembers what it did or forgets it.

#![allow(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

const FUNCTION: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/misbehaving");
const SCRATCH: &str = env!("CARGO_TARGET_TMPDIR");

/// A project folder with a template; its function remembers in `memory` what it did, if anywhere.
fn project(name: &str, memory: bool) -> PathBuf {
    let folder = Path::new(SCRATCH).join("demo").join(name);
    drop(fs::remove_dir_all(&folder));
    fs::create_dir_all(folder.join("events")).unwrap();
    fs::create_dir_all(folder.join("memory")).unwrap();
    let memory = match memory {
        true => format!("{{MEMORY: {}}}", folder.join("memory").display()),
        false => "{FORGETS: yes}".to_owned(),
    };
    let template = format!(
        "Resources:
  Jobs:
    Type: AWS::SQS::Queue
    Properties:
      VisibilityTimeout: 3
      RedrivePolicy: {{deadLetterTargetArn: !GetAtt DeadJobs.Arn, maxReceiveCount: 1}}
  DeadJobs:
    Type: AWS::SQS::Queue
  Work:
    Type: AWS::Serverless::Function
    Metadata: {{BuildProperties: {{Binary: misbehaving}}}}
    Properties:
      CodeUri: {FUNCTION}
      Timeout: 3
      Environment: {{Variables: {memory}}}
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

/// Writes an event file of one message with this body.
fn event(folder: &Path, scenario: &str, body: &str) {
    let event = format!(r#"{{"Records":[{{"messageId":"id","body":"{body}"}}]}}"#);
    let file = format!("events/sqs-misbehaving-{scenario}.json");
    fs::write(folder.join(file), event).unwrap();
}

fn demo(folder: &Path) -> Output {
    Command::new(env!("CARGO_BIN_EXE_lambda-queue"))
        .arg("demo")
        .current_dir(folder)
        .env("CARGO_TARGET_DIR", Path::new(SCRATCH).join("misbehaving"))
        .output()
        .unwrap()
}

/// The standard output without what changes: the address, the table of functions, times.
fn shown(output: &Output) -> String {
    let text = String::from_utf8(output.stdout.clone()).unwrap();
    let mut lines = Vec::new();
    for line in text.lines().skip_while(|it| !it.contains("QUEUE")) {
        let line = line.split(" in ").next().unwrap_or_default();
        if !line.contains("FUNCTION") && !line.contains("Work") {
            lines.push(line);
        }
    }
    lines.join("\n")
}

#[test]
fn copies_are_handled_once_duplicates_replayed_and_poisoned_ones_dead_lettered() {
    let folder = project("remembers", true);
    event(&folder, "load", "work {{n}}");
    event(&folder, "load-poison", "report {{n}}");
    let output = demo(&folder);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    insta::assert_snapshot!(shown(&output));
    let errors = String::from_utf8(output.stderr).unwrap();
    assert!(errors.contains("24/24"), "{errors}");
}

#[test]
fn a_function_that_handles_duplicates_again_fails_the_demo() {
    let folder = project("forgets", false);
    event(&folder, "success", "work");
    let output = demo(&folder);
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    insta::assert_snapshot!(shown(&output));
}

#[test]
fn without_fixtures_the_demo_says_where_it_looked() {
    let folder = project("bare", false);
    event(&folder, "poison", "report");
    let output = demo(&folder);
    assert_eq!(output.status.code(), Some(2));
    let errors = String::from_utf8(output.stderr).unwrap();
    assert_eq!(
        errors,
        "error: no event files `sqs-<function>-load*.json` or `sqs-<function>-success*.json` in events\n"
    );
}
