//! `demo` on a stack of one function, which either remembers its messages or forgets them.

#![allow(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

const FUNCTION: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/misbehaving");
const SCRATCH: &str = env!("CARGO_TARGET_TMPDIR");

/// A project folder with a template and one fixture.
fn project(name: &str, variables: &str, body: &str) -> PathBuf {
    let folder = Path::new(SCRATCH).join(name);
    fs::create_dir_all(folder.join("events")).unwrap();
    let template = format!(
        "Resources:
  Work:
    Type: AWS::Serverless::Function
    Metadata: {{BuildProperties: {{Binary: misbehaving}}}}
    Properties:
      CodeUri: {FUNCTION}
      Environment: {{Variables: {{{variables}}}}}
"
    );
    fs::write(folder.join("template.yaml"), template).unwrap();
    let event = format!(
        r#"{{"Records":[{{"messageId":"first","body":"{body}"}},{{"messageId":"second","body":"{body}"}}]}}"#
    );
    fs::write(folder.join("events/sqs-misbehaving-success.json"), event).unwrap();
    folder
}

fn demo(folder: &Path) -> Output {
    Command::new(env!("CARGO_BIN_EXE_lambda-queue"))
        .arg("demo")
        .current_dir(folder)
        .env("CARGO_TARGET_DIR", Path::new(SCRATCH).join("misbehaving"))
        .output()
        .unwrap()
}

/// The output, without times and paths.
fn shown(output: &Output) -> String {
    let text = String::from_utf8(output.stdout.clone()).unwrap();
    let lines = text.lines().filter(|line| !line.contains("started in"));
    lines.collect::<Vec<_>>().join("\n").replace(SCRATCH, "…")
}

#[test]
fn a_second_delivery_is_replayed() {
    let output = demo(&project("remembers", "", "work").join("events"));
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    insta::assert_snapshot!(shown(&output));
}

#[test]
fn a_function_that_forgets_fails_the_demo() {
    let output = demo(&project("forgets", "FORGETS: yes", "work"));
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    insta::assert_snapshot!(shown(&output));
}

#[test]
fn a_function_error_ends_the_demo_with_its_log() {
    let output = demo(&project("fails", "", "fail"));
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    let errors = String::from_utf8(output.stderr).unwrap();
    assert!(errors.contains("told to fail"), "{errors}");
    assert!(errors.ends_with("error: Work: the function returned an error: it broke (Oops)\n"));
}

#[test]
fn without_fixtures_the_demo_says_where_it_looked() {
    let folder = project("bare", "", "work");
    fs::remove_dir_all(folder.join("events")).unwrap();
    let output = demo(&folder);
    assert_eq!(output.status.code(), Some(2));
    let errors = String::from_utf8(output.stderr).unwrap();
    assert_eq!(
        errors,
        "error: no event files `sqs-<function>-success*.json` in events\n"
    );
}
