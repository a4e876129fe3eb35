//! Documents from buckets, by name and by S3's notifications.

use ingestion::{Config, DocumentsTable, Incoming, Ingestion, Manifest};
use lambda_queue::{BatchProcessor, Deadline, MemoryStore, Outcome};
use lambda_queue_tests::{DynamoDb, S3};
use serde_json::{Value, json};

const BUCKET: &str = "documents";
const NO_SQS: &str = "http://127.0.0.1:9";

struct Function {
    dynamodb: DynamoDb,
    s3: S3,
    processor: BatchProcessor<Incoming, Ingestion>,
}

impl Function {
    async fn start() -> Self {
        Self::with(S3::start(&[BUCKET, "private"]).await).await
    }

    async fn with(s3: S3) -> Self {
        let dynamodb = DynamoDb::start(&[("documents", "document_id", Some("sort"))]).await;
        let environment = |name: &str| {
            let value = match name {
                "IDEMPOTENCY_TABLE" => "unused",
                "DOCUMENTS_TABLE" => "documents",
                "DOCUMENTS_BUCKET" => BUCKET,
                "MAX_DOCUMENT_BYTES" => "50000",
                _ => return None,
            };
            Some(value.to_owned())
        };
        let config = Config::read(&environment).expect("a good environment");
        let sqs = aws_sdk_sqs::Config::builder()
            .behavior_version(aws_sdk_sqs::config::BehaviorVersion::latest())
            .endpoint_url(NO_SQS);
        let sqs = aws_sdk_sqs::Client::from_conf(sqs.build());
        let store = MemoryStore::new();
        let processor = config.processor(store, dynamodb.client(), s3.client(), &sqs, None);
        Self {
            processor: processor.expect("a processor"),
            dynamodb,
            s3,
        }
    }

    /// Delivers one message; what became of it, and why.
    async fn deliver(&self, body: &Value) -> (Outcome, String) {
        let event = json!({"Records": [{
            "messageId": "message",
            "body": body.to_string(),
            "attributes": {"ApproximateReceiveCount": "1"},
            "eventSourceARN": "arn:aws:sqs:us-east-1:123456789012:ingestion",
        }]});
        let event = serde_json::from_value(event).expect("an event");
        let report = self.processor.process(event, Deadline::unknown()).await;
        let message = &report.messages[0];
        (message.outcome, message.error.clone().unwrap_or_default())
    }

    async fn put(&self, key: &str, text: &str) {
        self.s3.put(BUCKET, key, None, text.as_bytes()).await;
    }

    async fn manifest(&self, id: &str) -> Option<Manifest> {
        let table = DocumentsTable::new(self.dynamodb.client(), "documents");
        table.manifest(id).await.expect("a manifest")
    }

    fn texts(&self) -> Vec<String> {
        let items = self.dynamodb.items("documents");
        let text = |item: &Value| Some(item["text"]["S"].as_str()?.to_owned());
        items.iter().filter_map(text).collect()
    }
}

fn source(bucket: &str, key: &str) -> Value {
    json!({"document_id": "d", "source": {"s3": {"bucket": bucket, "key": key}}})
}

fn record(event: &str, key: &str, sequencer: &str) -> Value {
    json!({
        "eventSource": "aws:s3",
        "eventName": event,
        "s3": {"bucket": {"name": BUCKET}, "object": {"key": key, "sequencer": sequencer}},
    })
}

fn notification(records: &[Value]) -> Value {
    json!({"Records": records})
}

fn created(key: &str, sequencer: &str) -> Value {
    notification(&[record("ObjectCreated:Put", key, sequencer)])
}

#[tokio::test]
async fn a_document_named_by_a_message_is_fetched() {
    let function = Function::start().await;
    function.put("a b/handbook.md", "# Lamps").await;
    let (outcome, _) = function.deliver(&source(BUCKET, "a b/handbook.md")).await;
    assert_eq!(outcome, Outcome::Processed);
    assert_eq!(function.texts(), ["# Lamps"]);
    let manifest = function.manifest("d").await.expect("a manifest");
    assert_eq!(manifest.ingested_from, "s3://documents/a b/handbook.md");
}

#[tokio::test]
async fn what_another_try_cannot_fetch_is_a_permanent_error_that_says_why() {
    let function = Function::start().await;
    function.put("big.txt", &"x".repeat(60_000)).await;
    function.put("empty.txt", "").await;
    for (bucket, key, reason) in [
        (
            "private",
            "k",
            "s3://private/k is in no bucket of DOCUMENTS_BUCKET; add it there, and grant s3:GetObject",
        ),
        (
            BUCKET,
            "gone",
            "s3://documents/gone cannot be fetched: there is no such object, or no longer (S3 says \
             NoSuchKey)",
        ),
        (
            BUCKET,
            "big.txt",
            "s3://documents/big.txt has more than the 50000 bytes that MAX_DOCUMENT_BYTES allows",
        ),
        (BUCKET, "empty.txt", "the file is empty"),
    ] {
        // Without a dead-letter queue, permanent failures are left to redrive.
        let (outcome, error) = function.deliver(&source(bucket, key)).await;
        assert_eq!((outcome, error.as_str()), (Outcome::Retry, reason));
    }
}

#[tokio::test]
async fn path_like_keys_stay_within_the_bucket() {
    let function = Function::start().await;
    let s3 = &function.s3;
    s3.put("private", "k", None, b"words of another bucket")
        .await;
    for (key, reason) in [
        ("../private/k", "leads out of its bucket"),
        ("a/../../private/k", "leads out of its bucket"),
        ("/../private/k", "leads out of its bucket"),
        ("../../../../etc/passwd", "leads out of its bucket"),
        ("%2e%2e/private/k", "there is no such object"),
        ("..%2Fprivate%2Fk", "there is no such object"),
        ("/etc/passwd", ""),
        ("a//../b", ""),
    ] {
        for body in [source(BUCKET, key), created(key, "01")] {
            let (outcome, error) = function.deliver(&body).await;
            assert_eq!(outcome, Outcome::Retry, "{key}");
            // A notification has its key percent-encoded.
            let decoded = body.get("Records").is_some() && key.contains('%');
            let reason = if decoded { "leads out" } else { reason };
            assert!(error.contains(reason), "{key}: {error}");
        }
    }
    assert_eq!(function.texts(), [""; 0]);
}

#[tokio::test]
async fn a_refusal_is_told_from_a_fault() {
    let denied = "<Error><Code>AccessDenied</Code></Error>";
    let marker = "<Error><Code>MethodNotAllowed</Code></Error>";
    let slow = "<Error><Code>SlowDown</Code></Error>";
    for (status, body, reason) in [
        (403, denied, "the function may not read it"),
        (405, marker, "a delete marker"),
        (503, slow, "s3://documents/k could not be fetched: "),
    ] {
        let function = Function::with(S3::answering(status, body).await).await;
        let (_, error) = function.deliver(&source(BUCKET, "k")).await;
        assert!(error.contains(reason), "{error}");
    }
}

#[tokio::test]
async fn notifications_are_ingested_and_test_events_acknowledged() {
    let function = Function::start().await;
    function.put("a+b é.txt", "hello").await;
    let test = json!({"Service": "Amazon S3", "Event": "s3:TestEvent", "Bucket": BUCKET});
    assert_eq!(function.deliver(&test).await.0, Outcome::Processed);
    let put = created("a%2Bb+%C3%A9.txt", "1");
    assert_eq!(function.deliver(&put).await.0, Outcome::Processed);
    assert_eq!(function.deliver(&put).await.0, Outcome::Replayed);
    assert_eq!(function.texts(), ["hello"]);
    let manifest = function.manifest("s3://documents/a+b é.txt").await;
    assert_eq!(manifest.map(|it| it.chunk_count), Some(1));
}

#[tokio::test]
async fn an_older_event_never_overwrites_a_newer_one() {
    let function = Function::start().await;
    function.put("k", "new").await;
    function.deliver(&created("k", "00FF")).await;
    function.put("k", "never seen").await;
    for older in [
        created("k", "FE"),
        notification(&[record("ObjectRemoved:Delete", "k", "A")]),
    ] {
        assert_eq!(function.deliver(&older).await.0, Outcome::Processed);
        assert_eq!(function.texts(), ["new"]);
    }
    function.deliver(&created("k", "100")).await;
    assert_eq!(function.texts(), ["never seen"]);
}

#[tokio::test]
async fn a_removed_object_leaves_no_chunks_and_does_not_come_back() {
    let function = Function::start().await;
    function.put("k", "text").await;
    function.deliver(&created("k", "1")).await;
    let removed = notification(&[record("ObjectRemoved:Delete", "k", "3")]);
    assert_eq!(function.deliver(&removed).await.0, Outcome::Processed);
    assert_eq!(function.texts(), [""; 0]);
    function.deliver(&created("k", "2")).await;
    assert_eq!(function.texts(), [""; 0]);
}

/// Whoever may send a message may call it S3's.
#[tokio::test]
async fn an_event_of_another_bucket_is_refused_whatever_it_says_happened() {
    let function = Function::start().await;
    let mut kept = source(BUCKET, "k");
    kept["document_id"] = json!("s3://private/k");
    function.put("k", "text").await;
    assert_eq!(function.deliver(&kept).await.0, Outcome::Processed);
    for event in [
        "ObjectCreated:Put",
        "ObjectRemoved:Delete",
        "ObjectRemoved:DeleteMarkerCreated",
        "ObjectTagging:Put",
    ] {
        let mut forged = record(event, "k", "1");
        forged["s3"]["bucket"]["name"] = json!("private");
        let (outcome, error) = function.deliver(&notification(&[forged])).await;
        assert_eq!(outcome, Outcome::Retry, "there is no dead-letter queue");
        assert_eq!(
            error,
            "s3://private/k is in no bucket of DOCUMENTS_BUCKET; add it there, and grant \
             s3:GetObject"
        );
        assert_eq!(function.texts(), ["text"], "{event}");
    }
}

#[tokio::test]
async fn an_order_that_s3_would_not_give_is_refused() {
    let function = Function::start().await;
    function.put("k", "text").await;
    for sequencer in [
        "F".repeat(64),
        "F".repeat(33),
        String::new(),
        "later".to_owned(),
    ] {
        let (outcome, error) = function.deliver(&created("k", &sequencer)).await;
        assert_eq!(outcome, Outcome::Retry, "{sequencer}");
        assert!(error.contains("is not what this handler takes"), "{error}");
    }
    assert_eq!(
        function.deliver(&created("k", "1")).await.0,
        Outcome::Processed
    );
    assert_eq!(function.texts(), ["text"]);
}

/// The way out, if somebody has made up the latest event there can be.
#[tokio::test]
async fn a_document_that_is_named_begins_the_order_of_its_object_anew() {
    let function = Function::start().await;
    function.put("k", "old").await;
    function.deliver(&created("k", &"F".repeat(32))).await;
    function.put("k", "new").await;
    function.deliver(&created("k", "0055AED6DCD90281E5")).await;
    assert_eq!(function.texts(), ["old"]);
    let mut named = source(BUCKET, "k");
    named["document_id"] = json!("s3://documents/k");
    assert_eq!(function.deliver(&named).await.0, Outcome::Processed);
    assert_eq!(function.texts(), ["new"]);
    function.put("k", "newer").await;
    function.deliver(&created("k", "0055AED6DCD90281E6")).await;
    assert_eq!(function.texts(), ["newer"]);
}

#[tokio::test]
async fn the_records_of_one_message_succeed_or_fail_together() {
    let function = Function::start().await;
    function.put("one", "1").await;
    let both = notification(&[
        record("ObjectCreated:Put", "one", "1"),
        record("ObjectCreated:Put", "two", "1"),
    ]);
    assert_eq!(function.deliver(&both).await.0, Outcome::Retry);
    function.put("two", "2").await;
    assert_eq!(function.deliver(&both).await.0, Outcome::Processed);
    assert_eq!(function.texts(), ["1", "2"]);
}

#[tokio::test]
async fn folders_and_events_about_other_things_are_acknowledged() {
    let function = Function::start().await;
    for (event, key) in [("ObjectCreated:Put", "folder/"), ("ObjectTagging:Put", "k")] {
        let message = notification(&[record(event, key, "1")]);
        assert_eq!(function.deliver(&message).await.0, Outcome::Processed);
    }
    assert!(function.manifest("s3://documents/k").await.is_none());
}
