//! The same event files through `cargo lambda watch` and `cargo lambda invoke`, against the tables
//! of `lambda-queue local serve`.
//!
//! Needs cargo-lambda (`pip install cargo-lambda`), and is therefore run on request:
//! `cargo test -p lambda-queue-tests --test cargo_lambda -- --ignored`.

#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::thread::sleep;
use std::time::Duration;

use serde_json::{Value as Json, json};

const TICK: Duration = Duration::from_millis(100);
/// Ticks until a program counts as stuck: two minutes, and twenty for a compiler.
const PATIENCE: usize = 1200;
const BUILD_PATIENCE: usize = 10 * PATIENCE;

/// A program that runs beside the test and ends with it.
struct Beside(Child);

impl Drop for Beside {
    fn drop(&mut self) {
        // Told rather than killed: only then does `watch` end the functions it has started.
        let id = self.0.id().to_string();
        drop(Command::new("kill").args(["-TERM", &id]).status());
        for _ in 0..50 {
            if matches!(self.0.try_wait(), Ok(Some(_))) {
                return;
            }
            sleep(TICK);
        }
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

fn root() -> PathBuf {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR"));
    tests.parent().unwrap().to_owned()
}

fn cargo(arguments: &[&str]) -> Command {
    let mut command = lambda_queue_tests::cargo();
    command.args(arguments).current_dir(root());
    command
}

/// Runs a program to its end, which is waited for with patience but not for ever.
fn finished(mut command: Command, patience: usize) -> Output {
    // Into files: a pipe that nobody reads would fill up and hold the program.
    let [out, err] = ["out", "err"].map(|it| scratch(&format!("cargo-lambda.{it}")));
    command.stdout(fs::File::create(&out).unwrap());
    command.stderr(fs::File::create(&err).unwrap());
    let mut child = command.spawn().unwrap();
    let ended = (0..patience).find_map(|_| {
        sleep(TICK);
        child.try_wait().unwrap()
    });
    let [stdout, stderr] = [out, err].map(|it| fs::read(it).unwrap());
    let Some(status) = ended else {
        drop(child.kill());
        drop(child.wait());
        panic!(
            "{command:?} does not end: {}",
            String::from_utf8_lossy(&stderr)
        );
    };
    Output {
        status,
        stdout,
        stderr,
    }
}

fn scratch(name: &str) -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join(name)
}

/// Builds what takes part, so that nothing later waits for a compiler; the command's path.
fn build() -> PathBuf {
    let binaries = ["lambda-queue", "ingestion", "tool-executor"];
    let mut command = cargo(&["build", "--message-format=json-render-diagnostics"]);
    command.args(binaries.iter().flat_map(|it| ["--bin", it]));
    let output = finished(command, BUILD_PATIENCE);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    let messages = String::from_utf8(output.stdout).unwrap();
    let messages = messages
        .lines()
        .map(|it| serde_json::from_str::<Json>(it).unwrap());
    let mut built = messages.filter(|it| it["target"]["name"] == "lambda-queue");
    built
        .find_map(|it| Some(it["executable"].as_str()?.into()))
        .unwrap()
}

/// Starts `local serve`; its address once it says so, and its output, to be kept open.
fn serve(program: &Path) -> (Beside, impl Sized, String) {
    let mut child = Command::new(program)
        .args(["local", "serve", "--port", "0"])
        .current_dir(root())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let child = Beside(child);
    let address = lines.find_map(|line| {
        let line = line.unwrap();
        let (_, address) = line.split_once("AWS_ENDPOINT_URL=http://")?;
        Some(address.to_owned())
    });
    (child, lines, address.unwrap())
}

/// Starts `cargo lambda watch`; its port once it listens, and its log.
fn watch(dynamodb: &str) -> (Beside, String, PathBuf) {
    // The listener is gone at the end of the statement: `watch` needs the port for itself.
    let port = TcpListener::bind("127.0.0.1:0").and_then(|it| it.local_addr());
    let port = port.unwrap().port().to_string();
    let log = scratch("cargo-lambda-watch.log");
    let output = fs::File::create(&log).unwrap();
    // Without an address it would listen on every interface.
    let child = cargo(&["lambda", "watch", "-A", "127.0.0.1", "-P", &port])
        .env("AWS_ENDPOINT_URL_DYNAMODB", format!("http://{dynamodb}"))
        .stdout(output.try_clone().unwrap())
        .stderr(output)
        .spawn()
        .unwrap();
    let child = Beside(child);
    let address = format!("127.0.0.1:{port}");
    let listens = (0..PATIENCE).any(|_| {
        sleep(TICK);
        // Where nobody listens on a port of this range yet, a connection can meet itself.
        TcpStream::connect(&address).is_ok_and(|it| it.local_addr().ok() != it.peer_addr().ok())
    });
    assert!(listens, "{}", fs::read_to_string(&log).unwrap());
    (child, port, log)
}

fn dynamodb(address: &str, operation: &str, request: &Json) -> Json {
    let body = request.to_string();
    let length = body.len();
    let authorization = "AWS4-HMAC-SHA256 Credential=local/20260101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0";
    let request = format!(
        "POST / HTTP/1.1\r\nHost: {address}\r\nContent-Type: application/x-amz-json-1.0\r\nX-Amz-Target: DynamoDB_20120810.{operation}\r\nX-Amz-Date: 20260101T000000Z\r\nAuthorization: {authorization}\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n{body}"
    );
    let mut stream = TcpStream::connect(address).unwrap();
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (_, body) = answer.split_once("\r\n\r\n").unwrap();
    serde_json::from_str(body).unwrap()
}

/// Everything in a table.
fn items(address: &str, table: &str) -> Vec<Json> {
    let request = json!({"TableName": format!("lambda-queue-{table}")});
    let answer = dynamodb(address, "Scan", &request);
    answer["Items"].as_array().unwrap().clone()
}

#[test]
#[ignore = "needs cargo-lambda, and builds the functions"]
fn cargo_lambda_delivers_the_same_events_and_a_second_delivery_changes_nothing() {
    let installed = cargo(&["lambda", "--version"]).output();
    if !installed.is_ok_and(|output| output.status.success()) {
        eprintln!("SKIPPED: cargo-lambda is not installed (pip install cargo-lambda)");
        return;
    }
    let command = build();
    let (_serve, _output, dynamodb) = serve(&command);
    let (_watch, port, log) = watch(&dynamodb);

    let invoke = |function: &str| {
        let event = format!("events/sqs-{function}-success.json");
        let mut command = cargo(&["lambda", "invoke", function, "--data-file", &event]);
        command.args(["-A", "127.0.0.1", "-P", &port]);
        let output = finished(command, PATIENCE);
        let log = fs::read_to_string(&log).unwrap();
        assert!(output.status.success(), "{output:?}\n{log}");
        let response: Json = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(response, json!({"batchItemFailures": []}), "{log}");
    };
    let tables = || {
        ["IdempotencyTable", "DocumentsTable", "ToolResultsTable"].map(|it| items(&dynamodb, it))
    };

    invoke("ingestion");
    invoke("tool-executor");
    let once = tables();
    for table in &once {
        assert!(!table.is_empty(), "{once:?}");
    }
    for record in &once[0] {
        assert_eq!(record["status"]["S"], "COMPLETED", "{record}");
    }

    invoke("ingestion");
    invoke("tool-executor");
    assert_eq!(once, tables(), "a replay writes nothing");
}
