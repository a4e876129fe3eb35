//! `new`: what is added, and that nothing is changed where it cannot be.

#![allow(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use lambda_queue_cli::template::Template;
use tempfile::TempDir;

const MANIFEST: &str = "# A shop.\n[workspace]\nresolver = \"3\"\nmembers = [\n    \"functions/old\", # ours\n]\n\n[profile.release]\npanic = \"unwind\"\n\n[profile.dev.package.\"*\"]\ndebug = false\n";
const TEMPLATE: &str = "# A shop.\nTransform: AWS::Serverless-2016-10-31\nGlobals: { Function: { Timeout: 10 } }\nResources:\n  Bucket: # kept\n    Type: AWS::S3::Bucket\n\n# About outputs.\nOutputs:\n  Name: { Value: !Ref Bucket }\n";

/// A workspace of a user's own.
struct Shop(TempDir);

impl Shop {
    fn new() -> Self {
        let shop = Self(tempfile::tempdir().unwrap());
        shop.write("Cargo.toml", MANIFEST);
        shop.write("template.yaml", TEMPLATE);
        shop.write(
            "functions/old/Cargo.toml",
            "[package]\nname = \"old\"\nversion = \"0.1.0\"\nedition = \"2024\"\n",
        );
        shop.write("functions/old/src/lib.rs", "//! Ours.\n");
        shop
    }

    fn write(&self, file: &str, text: &str) {
        let path = self.0.path().join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn read(&self, file: &str) -> String {
        fs::read_to_string(self.0.path().join(file)).unwrap()
    }

    fn template(&self) -> Template {
        Template::load(&self.0.path().join("template.yaml"), "shop").unwrap()
    }

    fn run(&self, arguments: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_lambda-queue"));
        command
            .arg("new")
            .args(arguments)
            .current_dir(self.0.path());
        without_cargos(&mut command).output().unwrap()
    }

    fn add(&self, arguments: &[&str]) {
        let toolkit = root().join("shared");
        let output = self.run(&[arguments, &["--toolkit", toolkit.to_str().unwrap()]].concat());
        assert!(output.status.success(), "{output:?}");
    }

    /// Why nothing is added; nothing is.
    fn refused(&self, arguments: &[&str]) -> String {
        let before = files(self.0.path());
        let output = self.run(arguments);
        assert_eq!(output.status.code(), Some(2), "{output:?}");
        assert_eq!(files(self.0.path()), before);
        String::from_utf8(output.stderr).unwrap()
    }
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../..")
        .canonicalize()
        .unwrap()
}

/// What `cargo test` says about this package is not for others.
fn without_cargos(command: &mut Command) -> &mut Command {
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("CARGO_")) {
        if !["CARGO_HOME", "CARGO_TARGET_DIR"].contains(&name.as_str()) {
            command.env_remove(name);
        }
    }
    command
}

/// All files below a folder, with what is in them.
fn files(folder: &Path) -> BTreeMap<PathBuf, String> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.insert(path.clone(), String::new());
            found.extend(files(&path));
        } else {
            found.insert(path.clone(), fs::read_to_string(&path).unwrap());
        }
    }
    found
}

#[test]
fn a_function_comes_with_queues_that_lose_nothing() {
    let shop = Shop::new();
    shop.add(&["orders"]);
    shop.add(&["ledger-entries", "--fifo"]);
    let template = shop.template();
    let queues = template.queues().unwrap();
    let functions = template.functions().unwrap();
    assert_eq!(functions.len(), 2);
    for function in &functions {
        let source = &function.event_sources[0];
        assert!(source.reports_item_failures, "{}", function.name);
        let queue = queues.iter().find(|it| it.arn == source.queue_arn).unwrap();
        assert_eq!(queue.fifo, function.logical_id == "LedgerEntriesFunction");
        assert_eq!(queue.visibility_timeout, function.timeout * 6);
        let redrive = queue.redrive.as_ref().unwrap();
        assert_eq!(redrive.max_receive_count, 5);
        let dead = queues
            .iter()
            .find(|it| it.arn == redrive.dead_letter_arn)
            .unwrap();
        assert_eq!(dead.redrive_sources, Some(vec![queue.arn.clone()]));
        assert!(dead.fifo == queue.fifo && dead.retention > queue.retention);
    }
    for id in ["Orders", "LedgerEntries"] {
        let refusing = template.property(&format!("{id}QueuesPolicy"), "Queues");
        let refusing = refusing.unwrap().unwrap();
        assert_eq!(refusing.as_array().unwrap().len(), 2);
    }
    assert_eq!(template.alarms().unwrap().len(), 12);
    assert_eq!(template.tables().unwrap().len(), 1, "one for all functions");
}

#[test]
fn what_is_generated_passes_the_check_without_parameters_of_the_template() {
    let shop = Shop::new();
    shop.add(&["orders"]);
    shop.add(&["ledger-entries", "--fifo"]);
    let mut check = Command::new(env!("CARGO_BIN_EXE_lambda-queue"));
    check.args(["check", "--deny", "warnings"]);
    let output = check.current_dir(shop.0.path()).output().unwrap();
    assert!(output.status.success(), "{output:?}");
}

#[test]
fn a_function_gives_no_timeout_that_the_template_gives() {
    let shop = Shop::new();
    let global = "Globals: { Function: { Timeout: 10 } }";
    let parameters = "Parameters:\n  FunctionTimeout: { Type: Number, Default: 7 }\n  QueueVisibilityTimeout: { Type: Number, Default: 50 }\n";
    let referred =
        format!("{parameters}Globals: {{ Function: {{ Timeout: !Ref FunctionTimeout }} }}");
    for (globals, timeout, hidden) in [
        (global, 10, 60),
        ("", 60, 360),
        (parameters, 7, 50),
        (&referred, 7, 50),
    ] {
        shop.write("template.yaml", &TEMPLATE.replace(global, globals));
        let name = format!("f{hidden}-{}", globals.len());
        shop.add(&[&name]);
        let template = shop.template();
        let function = &template.functions().unwrap()[0];
        assert_eq!(function.timeout.as_secs(), timeout, "{globals}");
        let queues = template.queues().unwrap();
        let source = &function.event_sources[0].queue_arn;
        let queue = queues.iter().find(|it| it.arn == *source).unwrap();
        assert_eq!(queue.visibility_timeout.as_secs(), hidden, "{globals}");
    }
}

#[test]
fn what_was_there_stays_as_it_was() {
    let shop = Shop::new();
    shop.add(&["orders"]);
    let template = shop.read("template.yaml");
    let (head, outputs) = TEMPLATE.split_once("\n# About").unwrap();
    assert!(template.starts_with(head), "{template}");
    assert!(
        template.contains(&format!("\n# About{outputs}")),
        "{template}"
    );
    let manifest = shop.read("Cargo.toml");
    let members = "    \"functions/old\", # ours\n    \"functions/orders\",\n]\n";
    assert!(
        manifest.starts_with("# A shop.\n") && manifest.contains(members),
        "{manifest}"
    );
}

#[test]
fn it_fits_into_this_repository() {
    let shop = Shop::new();
    for file in ["Cargo.toml", "template.yaml"] {
        shop.write(file, &fs::read_to_string(root().join(file)).unwrap());
    }
    // Members that are not here are none that could be in the way.
    let manifest = shop.read("Cargo.toml");
    let (before, after) = manifest.split_once("members = ").unwrap();
    let (_, after) = after.split_once('\n').unwrap();
    let manifest = format!("{before}members = [\"functions/*\"]\n{after}");
    shop.write("Cargo.toml", &manifest);
    let output = shop.run(&["orders"]);
    assert!(output.status.success(), "{output:?}");
    assert_eq!(shop.read("Cargo.toml"), manifest, "the pattern covers it");
    let package = shop.read("functions/orders/Cargo.toml");
    assert!(
        package.contains("lambda-queue.workspace = true"),
        "{package}"
    );
    assert!(!package.contains("version = "), "{package}");
    assert_eq!(shop.template().functions().unwrap().len(), 4);
}

#[test]
fn nothing_is_changed_where_something_is_in_the_way() {
    let shop = Shop::new();
    shop.add(&["orders"]);
    let refused = [
        (shop.refused(&["orders"]), "is there already"),
        (shop.refused(&["old"]), "the package old ("),
        (shop.refused(&["Orders"]), "cannot be a function's name"),
        (shop.refused(&["handler"]), "cannot be a function's name"),
        (shop.refused(&["x", "--template", "none.yaml"]), "none.yaml"),
    ];
    for (said, expected) in refused {
        assert!(
            said.starts_with("error: ") && said.contains(expected),
            "{said}"
        );
    }
    shop.write("events/sqs-a-poison.json", "{}");
    assert!(
        shop.refused(&["a"])
            .contains("sqs-a-poison.json is there already")
    );
    let template = shop.read("template.yaml");
    shop.write(
        "template.yaml",
        &template.replace(
            "  Bucket:",
            "  BQueue:\n    Type: AWS::SQS::Queue\n  Bucket:",
        ),
    );
    assert!(shop.refused(&["b"]).contains("BQueue in Resources of "));
}

#[test]
fn nothing_is_changed_where_something_is_not_understood() {
    let shop = Shop::new();
    assert!(
        shop.refused(&["a"])
            .contains("name its folder or Git repository with --toolkit")
    );
    assert!(
        shop.refused(&["a", "--toolkit", "functions/old"])
            .contains("is not the folder of")
    );
    let git = ["a", "--toolkit", "https://example.com/toolkit.git"];
    for (template, expected) in [
        ("Resources: [", "is not YAML"),
        (
            "Resources: {A: {Type: X}}\n",
            "`Resources` is not a block of indented lines",
        ),
        (
            "{\"Resources\": {\"A\": {\"Type\": \"X\"}}}",
            "`Resources` is not a block",
        ),
    ] {
        shop.write("template.yaml", template);
        let said = shop.refused(&git);
        assert!(said.contains(expected), "{said}");
    }
    shop.write("template.yaml", TEMPLATE);
    shop.write("Cargo.toml", "[workspace\n");
    assert!(
        shop.refused(&git)
            .contains("cargo does not tell of a workspace")
    );
}

/// Minutes, mostly for the AWS SDK; `.ci/run` has them.
#[test]
#[ignore = "compiles a workspace"]
fn what_is_generated_compiles_and_passes_its_tests() {
    let shop = Shop::new();
    shop.add(&["orders"]);
    shop.add(&["ledger-entries", "--fifo"]);
    fs::copy(root().join("Cargo.lock"), shop.0.path().join("Cargo.lock")).unwrap();
    let target =
        std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from);
    let cargo = |arguments: &[&str]| {
        let mut command = Command::new("cargo");
        command.args(arguments).current_dir(shop.0.path());
        let status = without_cargos(&mut command)
            .env("CARGO_TARGET_DIR", root().join(&target))
            .status();
        assert!(status.unwrap().success(), "{arguments:?}");
    };
    cargo(&["fmt", "--all", "--check"]);
    cargo(&["test", "--quiet", "--workspace"]);
    if Command::new("sam").arg("--version").output().is_ok() {
        let mut sam = Command::new("sam");
        sam.args(["validate", "--lint", "--region", "us-east-1"]);
        assert!(sam.current_dir(shop.0.path()).status().unwrap().success());
    }
}
