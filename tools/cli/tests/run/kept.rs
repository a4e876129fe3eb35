//! What a run leaves in `--data` for the next.

use std::process::{Command, Stdio};

use super::{project, run, started};

#[test]
fn messages_of_a_killed_process_are_done_by_the_next_and_counted_once() {
    let folder = project("kept", 2, "");
    let data = tempfile::tempdir().unwrap();
    let data = data.path().to_str().unwrap();
    {
        let mut serve = Command::new(env!("CARGO_BIN_EXE_lambda-queue"));
        serve.args(["local", "serve", "--port", "0", "--data", data]);
        let serving = started(serve.current_dir(&folder).stdout(Stdio::piped()));
        serving.send(&["report", "work", "work"]);
    }
    let (summary, code) = run(&folder, &["--data", data, "--until-idle"]).ended();
    assert_eq!(code, Some(1), "{summary}");
    insta::assert_snapshot!(summary);

    let running = run(&folder, &["--data", data, "--until-idle"]);
    running.send(&["work"]);
    let (summary, code) = running.ended();
    assert_eq!(
        code,
        Some(0),
        "the dead letters are those of the run before: {summary}"
    );
    insta::assert_snapshot!(summary);
}
