//! The example worker as a process, and the services that it needs.

use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use aws_sdk_sqs::Client;
use aws_sdk_sqs::config::{BehaviorVersion, Config, Credentials, Region};
use aws_sdk_sqs::types::QueueAttributeName;
use lambda_queue_cli::stage::Stage;
use lambda_queue_cli::template::Template;
use serde_json::{Value, json};
use tokio::time::{sleep, timeout};

/// The queue, and the table of records. What a killed worker had in hand comes back soon.
const TEMPLATE: &str = "
Resources:
  Reports:
    Type: AWS::SQS::Queue
    Properties: {QueueName: reports, VisibilityTimeout: 6}
  Records:
    Type: AWS::DynamoDB::Table
    Properties:
      TableName: records
      BillingMode: PAY_PER_REQUEST
      AttributeDefinitions: [{AttributeName: id, AttributeType: S}]
      KeySchema: [{AttributeName: id, KeyType: HASH}]
";
/// Long enough for what takes moments, on a machine that has none.
const PATIENCE: Duration = Duration::from_secs(60);

/// By this the endpoint knows whose requests they are.
pub(crate) const WORKER: &str = "worker";
const GRACE_S: u64 = 20;

/// A queue of reports and a table, and what it takes to run workers on them.
pub(crate) struct Reports {
    pub(crate) stage: Stage,
    program: PathBuf,
    sqs: Client,
    url: String,
}

impl Reports {
    pub(crate) async fn start() -> Self {
        let program = build();
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("template.yaml");
        std::fs::write(&path, TEMPLATE).unwrap();
        let template = Template::load(&path, "reports").unwrap();
        let stage = Stage::start(template).await.unwrap().unwrap();
        let config = Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::from_static("us-east-1"))
            .credentials_provider(Credentials::new("sender", "local", None, None, "tests"))
            .http_client(lambda_queue_tests::http())
            .endpoint_url(stage.url())
            .build();
        Self {
            url: format!("{}/000000000000/reports", stage.url()),
            sqs: Client::from_conf(config),
            program,
            stage,
        }
    }

    pub(crate) async fn send(&self, report: &str, seconds: u64) {
        let body = json!({"report_id": report, "seconds": seconds});
        let send = self.sqs.send_message().queue_url(&self.url);
        send.message_body(body.to_string()).send().await.unwrap();
    }

    /// Waits until so many messages wait, and so many are in flight.
    pub(crate) async fn until_counts_are(&self, wanted: (u32, u32)) {
        until(async || self.counts().await == wanted).await;
    }

    /// Messages that wait, and that are in flight.
    pub(crate) async fn counts(&self) -> (u32, u32) {
        let all = self.sqs.get_queue_attributes().queue_url(&self.url);
        let all = all.attribute_names(QueueAttributeName::All).send().await;
        let attributes = all.unwrap().attributes.unwrap();
        let count = |name: QueueAttributeName| attributes[&name].parse().unwrap();
        (
            count(QueueAttributeName::ApproximateNumberOfMessages),
            count(QueueAttributeName::ApproximateNumberOfMessagesNotVisible),
        )
    }

    /// Starts a worker; and where it tells how it is.
    pub(crate) fn worker(&self) -> (Child, String) {
        let health = format!("127.0.0.1:{}", free_port());
        let worker = Command::new(&self.program)
            .env("AWS_ENDPOINT_URL", self.stage.url())
            .env("AWS_REGION", "us-east-1")
            .env("AWS_ACCESS_KEY_ID", WORKER)
            .env("AWS_SECRET_ACCESS_KEY", "local")
            .env("QUEUE_URL", &self.url)
            .env("IDEMPOTENCY_TABLE", "records")
            .env("GRACE_SECONDS", GRACE_S.to_string())
            .env("HEALTH_ADDRESS", &health)
            .stdout(Stdio::piped())
            .spawn();
        (worker.unwrap(), health)
    }
}

/// Tells a worker to stop, and what it had logged when it did.
pub(crate) async fn terminated(worker: Child) -> String {
    let told = Command::new("kill")
        .args(["-TERM", &worker.id().to_string()])
        .status();
    assert!(told.unwrap().success());
    let output = tokio::task::spawn_blocking(|| worker.wait_with_output().unwrap());
    let output = timeout(Duration::from_secs(GRACE_S), output).await;
    let output = output.unwrap().unwrap();
    let log = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{log}");
    log
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

fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}

pub(crate) async fn until(mut is_so: impl AsyncFnMut() -> bool) {
    let waiting = async {
        while !is_so().await {
            sleep(Duration::from_millis(20)).await;
        }
    };
    timeout(PATIENCE, waiting).await.unwrap();
}
