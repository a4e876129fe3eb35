//! `--watch`.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;

use super::support::started;
use super::{FUNCTION, command, project};

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
