//! `--watch`.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::ChildStderr;
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Duration;

use super::support::{Running, started};
use super::{FUNCTION, SCRATCH, command, project};

const SOURCE: &str = "function/src/main.rs";

/// How long nothing may be printed: builds of other tests may have to end first.
const PATIENCE: Duration = Duration::from_secs(300);

/// The lines of a running environment.
struct Lines {
    coming: Receiver<String>,
    gone: Vec<String>,
}

impl Lines {
    fn of(errors: ChildStderr) -> Self {
        let (sender, coming) = channel();
        thread::spawn(move || {
            let mut lines = BufReader::new(errors).lines().map_while(Result::ok);
            lines.try_for_each(|line| sender.send(line))
        });
        let gone = Vec::new();
        Self { coming, gone }
    }

    fn wait_for(&mut self, what: &str) {
        loop {
            let Ok(line) = self.coming.recv_timeout(PATIENCE) else {
                panic!("no line has {what:?}: {:#?}", self.gone);
            };
            let is_found = line.contains(what);
            self.gone.push(line);
            if is_found {
                return;
            }
        }
    }
}

/// A project with a copy of the function, which may be changed, and the copy's source.
fn copied(name: &str, variables: &str) -> (PathBuf, PathBuf) {
    // As long as any function may take: an event may wait for a build.
    let folder = project(name, 900, variables);
    let source = folder.join(SOURCE);
    fs::create_dir_all(source.parent().unwrap()).unwrap();
    for file in ["Cargo.toml", "Cargo.lock", "src/main.rs"] {
        let text = fs::read(Path::new(FUNCTION).join(file)).unwrap();
        fs::write(folder.join("function").join(file), text).unwrap();
    }
    let template = fs::read_to_string(folder.join("template.yaml")).unwrap();
    let template = template.replace(FUNCTION, "function");
    let template = template.replace("VisibilityTimeout: 2", "VisibilityTimeout: 900");
    fs::write(folder.join("template.yaml"), template).unwrap();
    (folder, source)
}

fn watching(folder: &Path) -> (Running, Lines) {
    let mut command = command(folder, &["--watch"]);
    // Of its own: the other tests run the binary of this name.
    let mut running = started(command.env("CARGO_TARGET_DIR", folder.join("target")));
    let lines = Lines::of(running.process.stderr.take().unwrap());
    (running, lines)
}

#[test]
fn a_function_whose_source_changes_is_built_again_and_swapped() {
    let (folder, source) = copied("watched", "");
    let gate = folder.join("gate");
    drop(fs::remove_file(&gate));
    let (running, mut log) = watching(&folder);
    let original = fs::read_to_string(&source).unwrap();
    running.send(&[&format!("wait for {}", gate.display())]);
    log.wait_for("told to wait");
    fs::write(&source, original.replace("told to", "asked to")).unwrap();
    log.wait_for("main.rs has changed");
    log.wait_for("misbehaving │ built again: the next event gets it");
    fs::write(&gate, "").unwrap();
    // In the process that had begun.
    log.wait_for("told to go on");
    running.send(&["work"]);
    log.wait_for("asked to work");
    fs::write(&source, "not Rust").unwrap();
    log.wait_for("; the functions stay as they are");
    running.send(&["work"]);
    log.wait_for("asked to work");
    let template = folder.join("template.yaml");
    let text = fs::read_to_string(&template).unwrap();
    fs::write(template, text + "\n").unwrap();
    log.wait_for("template.yaml has changed; start `lambda-queue local` again to use it");
}

#[test]
fn a_source_that_changes_while_its_function_starts_is_not_missed() {
    let source = Path::new(SCRATCH).join("run/changing").join(SOURCE);
    let start = format!(", START: 'change {}'", source.display());
    let (folder, _) = copied("changing", &start);
    let (_running, mut log) = watching(&folder);
    log.wait_for("main.rs has changed");
}
