//! Templates: what is understood once is understood again, alike, and `check` has an answer for all of them.

use std::path::Path;

use clap::Parser;
use lambda_queue_cli::Cli;
use lambda_queue_cli::template::Template;

use crate::batch::run;

pub(crate) fn check(data: &[u8]) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("template.yaml");
    std::fs::write(&path, data).unwrap();
    let first = understood(&path);
    assert_eq!(understood(&path), first);

    let code = exit_code(&path);
    assert!(code <= 2, "no exit code of `check`: {code}");
    assert_eq!(exit_code(&path), code);
    // `check` goes on where running the stack cannot.
    if first.is_ok_and(|it| it.iter().all(Result::is_ok)) {
        assert_ne!(code, 2, "what can be run can be checked");
    }
}

/// All that is read of it, or why not.
fn understood(path: &Path) -> Result<[Result<String, String>; 5], String> {
    fn told<T: std::fmt::Debug, E: ToString>(found: Result<T, E>) -> Result<String, String> {
        found
            .map(|it| format!("{it:?}"))
            .map_err(|it| it.to_string())
    }
    let template = Template::load(path, "stack").map_err(|error| error.to_string())?;
    let template = template.at("http://127.0.0.1:4566");
    Ok([
        told(template.functions()),
        told(template.queues()),
        told(template.tables()),
        told(template.buckets()),
        told(template.alarms()),
    ])
}

fn exit_code(path: &Path) -> u8 {
    let path = path.to_string_lossy();
    let arguments = [
        "lambda-queue",
        "check",
        "--output=json",
        "--verbose",
        "--template",
        &path,
    ];
    run(lambda_queue_cli::run(
        Cli::try_parse_from(arguments).unwrap(),
    ))
}
