//! What cannot run.

use std::fs;
use std::process::Output;

use super::{FUNCTION, SCRATCH, command, project, text};

fn failure(output: &Output, code: i32) -> String {
    assert_eq!(output.status.code(), Some(code), "{output:?}");
    let errors = text(&output.stderr);
    let line = errors.lines().find(|it| it.starts_with("error: "));
    line.unwrap_or_else(|| panic!("no error in {errors}"))
        .replace(SCRATCH, "…")
        .replace(FUNCTION, "…")
}

#[test]
fn what_cannot_run_is_said_in_a_line() {
    let folder = project("faulty", 2, "");
    let good = fs::read_to_string(folder.join("template.yaml")).unwrap();
    let write = |name: &str, text: &str| {
        let path = folder.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    let broken = "[package]\nname = \"misbehaving\"\n\n[workspace]\n";
    write("broken/Cargo.toml", broken);
    write("broken/src/main.rs", "not Rust");
    write("text.yaml", "Resources: [\n  a: {");
    write("list.yaml", "- a");
    write(
        "soon.yaml",
        &good.replace("VisibilityTimeout: 2", "VisibilityTimeout: soon"),
    );
    write(
        "import.yaml",
        &good.replace("!Ref Jobs", "!ImportValue Jobs"),
    );
    write(
        "no-binary.yaml",
        &good.replace("{Binary: misbehaving}", "{}"),
    );
    write(
        "other-binary.yaml",
        &good.replace("Binary: misbehaving", "Binary: other"),
    );
    write("no-folder.yaml", &good.replace(FUNCTION, "nowhere"));
    write("broken.yaml", &good.replace(FUNCTION, "broken"));
    write("text/sqs-misbehaving-a.json", "{");
    write("list/sqs-misbehaving-a.json", "[]");
    write(
        "number/sqs-misbehaving-a.json",
        r#"{"Records":[{"body":"a"},{"body":5}]}"#,
    );
    let lines = [
        "--template missing.yaml",
        "--template text.yaml",
        "--template list.yaml",
        "--template soon.yaml",
        "--template import.yaml",
        "--template no-binary.yaml",
        "--template other-binary.yaml",
        "--template no-folder.yaml",
        "--template broken.yaml",
        "--parameter Size=1",
        "--function nobody=http://127.0.0.1:9000",
        "--function misbehaving=http://example.com",
        "--chaos kill=2",
        "--events text",
        "--events list",
        "--events number",
        "--events missing",
        "--events broken",
        "--data template.yaml",
        "--data /dev/null/data",
    ];
    let lines = lines.map(|arguments| {
        let arguments: Vec<_> = arguments.split(' ').collect();
        let mut command = command(&folder, &arguments);
        // Those that do not build are in nobody's way.
        let output = command
            .env("CARGO_TARGET_DIR", folder.join("target"))
            .output();
        failure(&output.unwrap(), 2).replace(folder.to_str().unwrap(), "…")
    });
    insta::assert_snapshot!(lines.join("\n"));
}

#[test]
fn a_failing_build_is_shown() {
    let folder = project("unbuilt", 2, "");
    let template = fs::read_to_string(folder.join("template.yaml")).unwrap();
    let template = template.replace("Binary: misbehaving", "Binary: other");
    fs::write(folder.join("template.yaml"), template).unwrap();
    let output = command(&folder, &[]).output().unwrap();
    let errors = text(&output.stderr);
    assert!(errors.contains("no bin target named `other`"), "{errors}");
}

#[test]
fn a_mapping_that_lambda_would_refuse_is_shown_with_its_line() {
    let output = command(&project("refused", 30, ""), &[]).output();
    insta::assert_snapshot!(failure(&output.unwrap(), 2), @"error: template.yaml:5: the queue Jobs, which feeds Work's event Jobs: Queue visibility timeout: 2 seconds is less than Function timeout: 30 seconds");
}

#[test]
fn a_function_that_does_not_start_ends_the_run() {
    let output = command(&project("unable", 2, ", START: exit"), &[]).output();
    insta::assert_snapshot!(failure(&output.unwrap(), 1), @"error: Work: the function ended before it asked for an event (exit status: 3); its log says why");
}
