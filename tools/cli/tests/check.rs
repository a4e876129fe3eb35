//! `lambda-queue check` on templates as people publish them.

#![allow(
    clippy::unwrap_used,
    reason = "a template that cannot be checked is a claim that fails"
)]

#[cfg(feature = "aws")]
#[path = "check/deployed.rs"]
mod deployed;
#[path = "check/output.rs"]
mod output;
#[path = "check/templates.rs"]
mod templates;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value as Json;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/check/templates")
}

fn check(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_lambda-queue"));
    command.arg("check").args(arguments).current_dir(folder());
    command.output().unwrap()
}

fn json(path: &Path) -> Json {
    let output = check(&["--output", "json", "--template", path.to_str().unwrap()]);
    serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{output:?}"))
}

/// What was printed, and the exit code.
fn told(arguments: &[&str]) -> (String, i32) {
    let output = check(arguments);
    let text = [output.stdout, output.stderr].concat();
    (
        String::from_utf8(text).unwrap(),
        output.status.code().unwrap(),
    )
}
