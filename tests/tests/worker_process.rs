//! The example worker as a process: fed by the local endpoint, asked how it is, and ended by SIGTERM.

#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use aws_sdk_sqs::Client;
use aws_sdk_sqs::config::{BehaviorVersion, Config, Credentials, Region};
use aws_sdk_sqs::types::QueueAttributeName;
use clap::Parser;
use lambda_queue_cli::Cli;
use serde_json::{Value, json};
use tokio::time::{sleep, timeout};

const TEMPLATE: &str = "
Resources:
  Reports:
    Type: AWS::SQS::Queue
    Properties: {QueueName: reports}
  Records:
    Type: AWS::DynamoDB::Table
    Properties:
      TableName: records
      BillingMode: PAY_PER_REQUEST
      AttributeDefinitions: [{AttributeName: id, AttributeType: S}]
      KeySchema: [{AttributeName: id, KeyType: HASH}]
";
const GRACE_S: u64 = 20;
const REPORTS: usize = 8;

/// Long enough for what takes moments, on a machine that has none.
const PATIENCE: Duration = Duration::from_secs(60);

#[tokio::test]
#[ignore = "builds the example; .ci/run runs it"]
async fn on_sigterm_the_worker_ends_in_time_with_every_message_done() {
    let program = build();
    let endpoint = serve().await;
    let sqs = client(&endpoint);
    let url = format!("{endpoint}/000000000000/reports");
    for report in 0..REPORTS {
        // The last ones run when the signal comes.
        let seconds = if report < REPORTS - 2 { 0 } else { 3 };
        let body = json!({"report_id": format!("r-{report}"), "seconds": seconds});
        let send = sqs.send_message().queue_url(&url);
        send.message_body(body.to_string()).send().await.unwrap();
    }

    let health = format!("127.0.0.1:{}", free_port());
    let worker = start(&program, &endpoint, &url, &health);
    until(async || asked(&health).is_some_and(|it| it.starts_with("HTTP/1.1 200"))).await;
    // None waits any more: all have been received, and the short ones are done.
    until(async || counts(&sqs, &url).await == (0, 2)).await;

    let told = Command::new("kill")
        .args(["-TERM", &worker.id().to_string()])
        .status();
    assert!(told.unwrap().success());
    let output = tokio::task::spawn_blocking(|| worker.wait_with_output().unwrap());
    let output = timeout(Duration::from_secs(GRACE_S), output)
        .await
        .unwrap()
        .unwrap();
    let log = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{log}");
    assert_eq!(counts(&sqs, &url).await, (0, 0), "{log}");

    assert_eq!(log.matches("report written").count(), REPORTS, "{log}");
    assert!(log.contains("the worker stops"), "{log}");
    assert_eq!(processed(&log), REPORTS as f64, "{log}");
}

/// The example, built as this test was, with all that the workspace asks of its dependencies.
fn build() -> PathBuf {
    let output = lambda_queue_tests::cargo()
        .args(["build", "--quiet", "--workspace", "--example", "worker"])
        .arg("--message-format=json-render-diagnostics")
        .stderr(Stdio::inherit())
        .output()
        .unwrap();
    assert!(output.status.success());
    let lines = String::from_utf8(output.stdout).unwrap();
    let artifacts = lines
        .lines()
        .filter_map(|it| serde_json::from_str::<Value>(it).ok());
    let mut programs = artifacts.filter_map(|it| {
        let is_worker = it["target"]["name"] == "worker";
        it["executable"]
            .as_str()
            .filter(|_| is_worker)
            .map(PathBuf::from)
    });
    programs.next().unwrap()
}

/// Starts `lambda-queue local serve` in a thread of its own, and tells its address.
async fn serve() -> String {
    let port = free_port();
    std::thread::spawn(move || {
        let folder = tempfile::tempdir().unwrap();
        let template = folder.path().join("template.yaml");
        std::fs::write(&template, TEMPLATE).unwrap();
        let (template, port) = (template.to_string_lossy(), port.to_string());
        let arguments = [
            "lambda-queue",
            "local",
            "serve",
            "--template",
            &template,
            "--port",
            &port,
        ];
        let cli = Cli::try_parse_from(arguments).unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build();
        runtime.unwrap().block_on(lambda_queue_cli::run(cli))
    });
    until(async || TcpStream::connect(("127.0.0.1", port)).is_ok()).await;
    format!("http://127.0.0.1:{port}")
}

fn start(program: &PathBuf, endpoint: &str, queue: &str, health: &str) -> Child {
    Command::new(program)
        .env("AWS_ENDPOINT_URL", endpoint)
        .env("AWS_REGION", "us-east-1")
        .env("AWS_ACCESS_KEY_ID", "local")
        .env("AWS_SECRET_ACCESS_KEY", "local")
        .env("QUEUE_URL", queue)
        .env("IDEMPOTENCY_TABLE", "records")
        .env("GRACE_SECONDS", GRACE_S.to_string())
        .env("HEALTH_ADDRESS", health)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap()
}

fn client(endpoint: &str) -> Client {
    let config = Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::from_static("us-east-1"))
        .credentials_provider(Credentials::new("local", "local", None, None, "tests"))
        .http_client(lambda_queue_tests::http())
        .endpoint_url(endpoint)
        .build();
    Client::from_conf(config)
}

/// Messages that wait, and that are in flight.
async fn counts(sqs: &Client, url: &str) -> (u32, u32) {
    let all = sqs.get_queue_attributes().queue_url(url);
    let all = all
        .attribute_names(QueueAttributeName::All)
        .send()
        .await
        .unwrap();
    let attributes = all.attributes.unwrap();
    let count = |name: QueueAttributeName| attributes[&name].parse().unwrap();
    (
        count(QueueAttributeName::ApproximateNumberOfMessages),
        count(QueueAttributeName::ApproximateNumberOfMessagesNotVisible),
    )
}

/// What the health endpoint says, if anything.
fn asked(address: &str) -> Option<String> {
    let mut stream = TcpStream::connect(address).ok()?;
    stream
        .write_all(b"GET /health HTTP/1.1\r\nhost: worker\r\n\r\n")
        .ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok()?;
    Some(answer)
}

/// Messages processed, by the metrics in a log.
fn processed(log: &str) -> f64 {
    let lines = log
        .lines()
        .filter_map(|it| serde_json::from_str::<Value>(it).ok());
    let metrics = lines.filter(|it| it.get("_aws").is_some());
    metrics.filter_map(|it| it["Processed"].as_f64()).sum()
}

fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}

async fn until(mut is_so: impl AsyncFnMut() -> bool) {
    let waiting = async {
        while !is_so().await {
            sleep(Duration::from_millis(20)).await;
        }
    };
    timeout(PATIENCE, waiting).await.unwrap();
}
