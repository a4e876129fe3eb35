//! What a function pays for features of the toolkit that it does not use:
//! `cargo test --workspace --test sizes -- --ignored --nocapture`.

#![allow(clippy::unwrap_used, reason = "a test has nowhere to hand an error to")]

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::Value;

/// Features, and how cargo is told of them.
const FEATURES: [(&str, &str); 3] = [
    ("none", "--no-default-features"),
    ("default", "--features=usual"),
    ("all", "--all-features"),
];
/// What metrics and the like may add without being asked for, in bytes.
const MUCH: u64 = 1024 * 1024;

/// The size of `tests/minimal` as it would be shipped: release profile, stripped.
fn size(features: &str) -> u64 {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let mut build = Command::new("cargo");
    build
        .args(["build", "--release", "--package", "lambda-queue-minimal"])
        .args(["--message-format=json", features])
        .current_dir(root)
        .stderr(Stdio::inherit());
    let output = build.output().unwrap();
    assert!(output.status.success(), "it does not build");
    let messages = String::from_utf8(output.stdout).unwrap();
    let messages = messages.lines().map(|it| serde_json::from_str(it).unwrap());
    let mut executables =
        messages.filter_map(|it: Value| Some(it["executable"].as_str()?.to_owned()));
    fs::metadata(executables.next_back().unwrap())
        .unwrap()
        .len()
}

#[test]
#[ignore = "builds the toolkit three times, in release"]
fn a_function_does_not_grow_with_features_that_it_does_not_use() {
    let sizes = FEATURES.map(|(name, features)| {
        let bytes = size(features);
        println!("{name:8} {:5.2} MB", bytes as f64 / 1e6);
        bytes
    });
    assert!(sizes.iter().all(|it| *it < sizes[0] + MUCH), "{sizes:?}");
}
