//! The stack that claims are about: ours, with two functions more that `lambda-queue new` adds.
//! What holds for all of it holds for `template.yaml`, and for what is generated.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use clap::Parser;
use lambda_queue_cli::Cli;

/// Names that nobody gives to a function of their own.
const ADDED: [&[&str]; 2] = [&["promised-standard"], &["promised-fifo", "--fifo"]];

/// The folder of `Cargo.toml` and `template.yaml`.
pub(crate) fn workspace() -> &'static Path {
    static WORKSPACE: OnceLock<PathBuf> = OnceLock::new();
    WORKSPACE.get_or_init(generate)
}

/// A copy of this workspace with the functions; what the generator leaves alone is linked.
fn generate() -> PathBuf {
    let ours = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let ours = ours.canonicalize().unwrap();
    // Each test binary has its own.
    let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join(env!("CARGO_CRATE_NAME"));
    if root.exists() {
        fs::remove_dir_all(&root).unwrap();
    }
    fs::create_dir_all(root.join("functions")).unwrap();
    for file in ["Cargo.toml", "template.yaml"] {
        fs::copy(ours.join(file), root.join(file)).unwrap();
    }
    for folder in ["shared", "tests", "tools"] {
        symlink(ours.join(folder), root.join(folder)).unwrap();
    }
    for function in fs::read_dir(ours.join("functions")).unwrap() {
        let function = function.unwrap();
        let link = root.join("functions").join(function.file_name());
        symlink(function.path(), link).unwrap();
    }
    let template = root.join("template.yaml");
    let template = ["--template", template.to_str().unwrap()];
    for function in ADDED {
        run(&[&["lambda-queue", "new"], function, &template].concat());
    }
    let check = ["lambda-queue", "check", "--deny", "warnings"];
    run(&[&check, &template[..]].concat());
    let key = [
        "--parameter",
        "QueueKmsKeyArn=arn:aws:kms:us-east-1:000000000000:key/1",
    ];
    run(&[&check, &template[..], &key].concat());
    root
}

fn run(command: &[&str]) {
    let runtime = tokio::runtime::Builder::new_current_thread().build();
    let done = lambda_queue_cli::run(Cli::parse_from(command));
    assert_eq!(runtime.unwrap().block_on(done), 0, "{command:?}");
}
