//! The stack, given everything that its functions do something about, and what they called.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_sdk_sqs::config::{Credentials, SharedCredentialsProvider};
use aws_sdk_sqs::types::SendMessageBatchRequestEntry as Entry;
use lambda_queue_cli::Call;
use lambda_queue_cli::stage::Stage;
use lambda_queue_cli::template::{ACCOUNT, REGION, Template};
use serde_json::{Value as Json, json};

use super::root;

/// More than ten messages are claimed in groups.
const MANY: usize = 15;

/// What each function called, by its logical id.
pub(super) async fn calls() -> BTreeMap<String, Vec<Call>> {
    let template = Template::load(&eager_template(), "lambda-queue").unwrap();
    let functions = template.functions().unwrap();
    let mut stage = Stage::start(template.clone()).await.unwrap().unwrap();
    let world = World::at(stage.url(), template);
    world.everything().await;
    assert!(stage.until_idle(&[], |_| {}).await, "Ctrl-C");
    world.again().await;
    assert!(stage.until_idle(&[], |_| {}).await, "Ctrl-C");
    world.without_tables().await;
    assert!(stage.until_idle(&[], |_| {}).await, "Ctrl-C");
    let calls = functions.into_iter().map(|it| {
        let calls = stage.calls(&it.logical_id);
        (it.logical_id, calls)
    });
    let calls = calls.collect();
    stage.stop().await;
    calls
}

/// `template.yaml` with larger batches, so that both ways of the store are taken, and shorter waits.
fn eager_template() -> PathBuf {
    let text = fs::read_to_string(root().join("template.yaml")).unwrap();
    let batches = "BatchSize: 100\n            MaximumBatchingWindowInSeconds: 1";
    let code = format!("CodeUri: {}", root().display());
    let changes: [(&str, &str, usize); 7] = [
        ("Default: 60", "Default: 10", 1),
        ("Default: 360", "Default: 20", 1),
        ("CodeUri: ./", &code, 1),
        // The third is the FIFO queue's, which takes ten at most.
        ("BatchSize: 10\n", &format!("{batches}\n"), 2),
        ("maxReceiveCount: 5", "maxReceiveCount: 2", usize::MAX),
        (
            "RETRY_BACKOFF_SECONDS: \"5\"",
            "RETRY_BACKOFF_SECONDS: \"1\"",
            usize::MAX,
        ),
        ("CHUNK_SIZE: \"1000\"", "CHUNK_SIZE: \"8000\"", 1),
    ];
    let text = changes.into_iter().fold(text, |text, (old, new, times)| {
        assert!(text.contains(old), "{old}");
        text.replacen(old, new, times)
    });
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("privileges.yaml");
    fs::write(&path, text).unwrap();
    path
}

/// Who sends messages and documents.
struct World {
    url: String,
    template: Template,
    sqs: aws_sdk_sqs::Client,
    s3: aws_sdk_s3::Client,
    dynamodb: aws_sdk_dynamodb::Client,
}

impl World {
    fn at(url: &str, template: Template) -> Self {
        let nobody = Credentials::new("test", "test", None, None, "test");
        let config = SdkConfig::builder()
            .behavior_version(BehaviorVersion::latest())
            .endpoint_url(url)
            .region(Region::new(REGION))
            .credentials_provider(SharedCredentialsProvider::new(nobody))
            .http_client(lambda_queue_tests::http())
            .build();
        let s3 = aws_sdk_s3::config::Builder::from(&config).force_path_style(true);
        Self {
            url: url.to_owned(),
            template,
            sqs: aws_sdk_sqs::Client::new(&config),
            s3: aws_sdk_s3::Client::from_conf(s3.build()),
            dynamodb: aws_sdk_dynamodb::Client::new(&config),
        }
    }

    /// The event files, a document of S3's, and enough of everything that batches are large.
    async fn everything(&self) {
        self.send_documents(0).await;
        let bucket = self.bucket("DocumentsBucket");
        let text = "Refunds are made within five working days. ".repeat(3_000);
        let put = self
            .s3
            .put_object()
            .bucket(&bucket)
            .key("handbook/refunds.txt");
        put.body(text.into_bytes().into()).send().await.unwrap();
        let version = json!({"document_id": "a-version", "source":
            {"s3": {"bucket": bucket, "key": "handbook/refunds.txt", "version": "v1"}}});
        self.send("IngestionQueue", [version]).await;
        for (function, queue) in [
            ("ingestion", "IngestionQueue"),
            ("conversation", "ToolResultsQueue"),
        ] {
            self.send_events(function, queue).await;
        }
    }

    /// The same once more, documents in a new revision, and searches: the function keeps what it has found in the table
    /// for a while, so that none may come before the documents.
    async fn again(&self) {
        self.send_documents(0).await;
        self.send_documents(1).await;
        self.send("ToolExecutorQueue", self.searches()).await;
        self.send_events("tool-executor", "ToolExecutorQueue").await;
    }

    /// What every function needs is gone: failures, retries, and dead letters by SQS.
    async fn without_tables(&self) {
        for table in self.template.tables().unwrap() {
            if table.logical_id != "IdempotencyTable" {
                let delete = self.dynamodb.delete_table().table_name(&table.name);
                delete.send().await.unwrap();
            }
        }
        // All of a large batch is done already: its records are read.
        self.send("ToolExecutorQueue", self.searches()).await;
        let sum = json!({"expression": "1 + 1"});
        self.send(
            "ToolExecutorQueue",
            [self.call("too-late", "calculator", &sum)],
        )
        .await;
        let document = inline("too-late", 0);
        self.send("IngestionQueue", [document]).await;
        let result = json!({"conversation_id": "c-9", "tool_call_id": "too-late", "result": "2"});
        self.send("ToolResultsQueue", [result]).await;
    }

    fn searches(&self) -> Vec<Json> {
        let search = json!({"query": "refund working days", "limit": 10});
        let call = |it| self.call(&format!("search-{it}"), "search_documents", &search);
        (0..MANY).map(call).collect()
    }

    async fn send_documents(&self, revision: usize) {
        let documents = (0..MANY).map(|it| inline(&format!("document-{it}"), revision));
        self.send("IngestionQueue", documents).await;
    }

    fn call(&self, id: &str, tool: &str, input: &Json) -> Json {
        let call = json!({"type": "tool_use", "id": id, "name": tool, "input": input});
        let turn = json!({"id": format!("turn-of-{id}"), "tool_call_ids": [id]});
        json!({"conversation_id": "c-1", "call": call, "turn": turn})
    }

    /// The bodies of a function's event files.
    async fn send_events(&self, function: &str, queue: &str) {
        let prefix = format!("sqs-{function}-");
        let files = fs::read_dir(root().join("events")).unwrap();
        let files = files.map(|it| it.unwrap().path());
        let is_ours = |path: &PathBuf| {
            let name = path.file_name().unwrap().to_string_lossy();
            name.starts_with(&prefix) && !name.contains("-load")
        };
        let mut bodies = Vec::new();
        for file in files.filter(is_ours) {
            let event: Json = serde_json::from_slice(&fs::read(file).unwrap()).unwrap();
            let records = event["Records"].as_array().unwrap().iter();
            bodies.extend(records.map(|it| it["body"].as_str().unwrap().to_owned()));
        }
        assert!(bodies.len() > 5, "{function}");
        self.send_texts(queue, bodies).await;
    }

    async fn send(&self, queue: &str, bodies: impl IntoIterator<Item = Json>) {
        let bodies = bodies.into_iter().map(|it| it.to_string()).collect();
        self.send_texts(queue, bodies).await;
    }

    async fn send_texts(&self, queue: &str, bodies: Vec<String>) {
        let queues = self.template.queues().unwrap();
        let queue = queues
            .into_iter()
            .find(|it| it.logical_id == queue)
            .unwrap();
        let url = format!("{}/{ACCOUNT}/{}", self.url, queue.name);
        for (number, ten) in bodies.chunks(10).enumerate() {
            let entries = ten.iter().enumerate().map(|(index, body)| {
                let entry = Entry::builder().id(index.to_string()).message_body(body);
                let entry = match queue.fifo {
                    true => entry
                        .message_group_id(group(body))
                        .message_deduplication_id(format!("{number}-{index}-{}", bodies.len())),
                    false => entry,
                };
                entry.build().unwrap()
            });
            let request = self.sqs.send_message_batch().queue_url(&url);
            let sent = request.set_entries(Some(entries.collect())).send().await;
            assert!(sent.unwrap().failed.is_empty());
        }
    }

    fn bucket(&self, logical_id: &str) -> String {
        let buckets = self.template.buckets().unwrap();
        let bucket = buckets.into_iter().find(|it| it.logical_id == logical_id);
        bucket.unwrap().name
    }
}

fn inline(id: &str, revision: usize) -> Json {
    let text = format!("# Refunds {revision}\n\n") + &"Refund within working days. ".repeat(300);
    json!({"document_id": id, "revision": revision.to_string(),
        "source": {"inline": {"content_type": "text/markdown", "text": text}}})
}

/// As the tool executor would choose it; what is no message of its is in the way of nobody.
fn group(body: &str) -> String {
    let body: Json = serde_json::from_str(body).unwrap_or_default();
    let conversation = body["conversation_id"].as_str().filter(|it| !it.is_empty());
    conversation.unwrap_or("none").to_owned()
}
