//! What a run leaves in `--data` for the next.

use std::process::{Command, Stdio};

use super::support::start;
use super::{ended, project, run, send};

#[test]
fn messages_of_a_killed_process_are_done_by_the_next_and_counted_once() {
    let folder = project("kept", 2, "");
    let data = tempfile::tempdir().unwrap();
    let data = data.path().to_str().unwrap();
    {
        let mut serve = Command::new(env!("CARGO_BIN_EXE_lambda-queue"));
        serve.args(["local", "serve", "--port", "0", "--data", data]);
        let serving = start(serve.current_dir(&folder).stdout(Stdio::piped()));
        send(&serving, &["report", "work", "work"]);
    }
    let (summary, code) = ended(run(&folder, &["--data", data, "--until-idle"]));
    assert_eq!(code, Some(1), "{summary}");
    insta::assert_snapshot!(summary);

    let running = run(&folder, &["--data", data, "--until-idle"]);
    send(&running, &["work"]);
    let (summary, code) = ended(running);
    assert_eq!(
        code,
        Some(0),
        "the dead letters are those of the run before: {summary}"
    );
    insta::assert_snapshot!(summary);
}
