//! Messages and files made to cost a lot: each comes to a clear outcome, within a bound of memory.

#![allow(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

use std::fs;
use std::path::Path;

use ingestion::{Config, DocumentsTable, Incoming, Ingestion};
use lambda_queue::{BatchProcessor, BatchReport, Deadline, MemoryStore, Outcome};
use lambda_queue_tests::{DynamoDb, Queues, S3, first_delivery};
use peak_alloc::PeakAlloc;
use serde_json::{Value, json};
use tokio::sync::{Mutex, MutexGuard};

#[global_allocator]
static ALLOCATOR: PeakAlloc = PeakAlloc;

const MEBIBYTE: usize = 1024 * 1024;
/// `MAX_DOCUMENT_BYTES`
const LIMIT: usize = MEBIBYTE;
/// What one message may need on top of what was there before, as a multiple of the limit: the body, the
/// text, the chunks, and what a parser builds in between. Two hundred need no more.
const BOUND: usize = 24 * LIMIT;
/// A tree of HTML has a limit of its own, on its nodes; with what it is made of and becomes, each takes so
/// many bytes.
const TREE: usize = 300_000 * 224;
const LARGEST_TREE: &str = "elements reopened by every paragraph";
const BUCKET: &str = "documents";

/// Memory is that of the process: tests take turns.
static ALONE: Mutex<()> = Mutex::const_new(());

struct Function {
    _alone: MutexGuard<'static, ()>,
    dynamodb: DynamoDb,
    s3: S3,
    processor: BatchProcessor<Incoming, Ingestion>,
}

impl Function {
    async fn start() -> Self {
        let alone = ALONE.lock().await;
        let dynamodb = DynamoDb::start(&[("documents", "document_id", Some("sort"))]).await;
        let s3 = S3::start(&[BUCKET]).await;
        let environment = |name: &str| {
            let value = match name {
                "IDEMPOTENCY_TABLE" => "unused".to_owned(),
                "DOCUMENTS_TABLE" => "documents".to_owned(),
                "DOCUMENTS_BUCKET" => BUCKET.to_owned(),
                "DEAD_LETTER_QUEUE_URL" => "http://sqs/123456789012/dead.fifo".to_owned(),
                "MAX_DOCUMENT_BYTES" => LIMIT.to_string(),
                _ => return None,
            };
            Some(value)
        };
        let config = Config::read(&environment).unwrap();
        let sqs = Queues::fifo(&["dead.fifo"]).client();
        let store = MemoryStore::new();
        let processor = config.processor(store, dynamodb.client(), s3.client(), &sqs, None);
        Self {
            _alone: alone,
            processor: processor.unwrap(),
            dynamodb,
            s3,
        }
    }

    async fn deliver(&self, bodies: &[String]) -> BatchReport {
        let event = first_delivery("ingestion", bodies);
        self.processor.process(event, Deadline::unknown()).await
    }

    /// What becomes of one message, why, and how much memory that took.
    async fn handle(&self, body: String) -> (Outcome, String, usize) {
        ALLOCATOR.reset_peak_usage();
        let before = ALLOCATOR.current_usage();
        let report = self.deliver(&[body]).await;
        let peak = ALLOCATOR.peak_usage() - before;
        let message = &report.messages[0];
        let error = message.error.clone().unwrap_or_default();
        (message.outcome, error, peak)
    }
}

fn document(id: &str, content_type: &str, text: &str) -> Value {
    let source = json!({"inline": {"content_type": content_type, "text": text}});
    json!({"document_id": id, "source": source})
}

fn inline(content_type: &str, text: &str) -> String {
    document("d", content_type, text).to_string()
}

fn with_metadata(json: &str) -> String {
    let mut body = document("d", "text/plain", "text");
    body["metadata"] = json!("%");
    body.to_string().replace("\"%\"", json)
}

fn object(key: &str) -> String {
    json!({"document_id": "d", "source": {"s3": {"bucket": BUCKET, "key": key}}}).to_string()
}

fn nested(depth: usize) -> String {
    format!("{}1{}", r#"{"a":"#.repeat(depth), "}".repeat(depth))
}

/// Prints it, too: `--nocapture` shows what the bound is made of.
fn within_bound(name: &str, peak: usize, bound: usize) {
    println!("{name}: {:.1} MiB", peak as f64 / MEBIBYTE as f64);
    assert!(peak < bound, "{name}: {peak} bytes");
}

#[tokio::test]
async fn whatever_a_message_says_comes_to_a_clear_outcome_in_bounded_memory() {
    let brackets = "[".repeat(MEBIBYTE);
    let brackets_in_a_document = &brackets[..MEBIBYTE - 1024];
    let reopened: String = (0..200).map(|n| format!("<b a={n}>")).collect();
    let refused = Outcome::DeadLettered;
    let fine = Outcome::Processed;
    let cases = [
        (
            "deep",
            nested(100),
            refused,
            "the body is not what this handler takes",
        ),
        ("deep metadata", with_metadata(&nested(100)), fine, ""),
        (
            "too deep",
            with_metadata(&nested(10_000)),
            refused,
            "the body is not JSON",
        ),
        (
            "brackets",
            brackets.clone(),
            refused,
            "the body is not what this handler takes",
        ),
        (
            "braces",
            r#"{"a":"#.repeat(MEBIBYTE / 5),
            refused,
            "the body ends in the middle of its JSON",
        ),
        (
            "half a character",
            inline("text/plain", "%").replace('%', "\\ud800"),
            refused,
            "the body is not JSON",
        ),
        (
            "a path for an id",
            document("../../x", "text/plain", "text").to_string(),
            fine,
            "",
        ),
        (
            "an endless id",
            document(&"x".repeat(MEBIBYTE / 2), "text/plain", "text").to_string(),
            refused,
            "document_id has 524288 bytes, it must have 1 to 1024",
        ),
        (
            "plain brackets",
            inline("text/plain", brackets_in_a_document),
            fine,
            "",
        ),
        (
            "brackets as Markdown",
            inline("text/markdown", brackets_in_a_document),
            fine,
            "",
        ),
        (
            "brackets as HTML",
            inline("text/html", brackets_in_a_document),
            fine,
            "",
        ),
        (
            "brackets as JSON",
            inline("application/json", brackets_in_a_document),
            refused,
            "the JSON is damaged at line 1, column 128",
        ),
        (
            "brackets as JSON Lines",
            inline("application/jsonl", brackets_in_a_document),
            refused,
            "the JSON Lines is damaged at line 1, column 128",
        ),
        (
            "deep HTML",
            inline("text/html", &"<div>".repeat(MEBIBYTE / 6)),
            refused,
            "nested more than 256 elements deep",
        ),
        (
            LARGEST_TREE,
            inline("text/html", &(reopened + &"<p>x".repeat(200_000))),
            refused,
            "more than 300000 nodes",
        ),
        (
            "one column a thousand times",
            inline(
                "text/csv",
                &format!("{}\n{}", "x".repeat(10_000), "1\n".repeat(1000)),
            ),
            refused,
            "unpacks to more than 1048576 bytes",
        ),
    ];
    let function = Function::start().await;
    for (name, body, outcome, reason) in cases {
        let (found, error, peak) = function.handle(body).await;
        assert_eq!(
            (found, error.contains(reason)),
            (outcome, true),
            "{name}: {error}"
        );
        within_bound(name, peak, if name == LARGEST_TREE { TREE } else { BOUND });
    }
    let table = DocumentsTable::new(function.dynamodb.client(), "documents");
    let path = table.manifest("../../x").await.unwrap();
    assert_eq!(path.map(|it| it.chunk_count), Some(1));
}

#[tokio::test]
async fn whatever_a_file_is_comes_to_a_clear_outcome_in_bounded_memory() {
    let files = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/documents");
    let function = Function::start().await;
    let too_much = "unpacks to more than 1048576 bytes";
    for (key, reason) in [
        ("bomb.docx", too_much),
        ("bomb.txt.gz", too_much),
        ("twice.txt.gz", "gzip in gzip; pack it once"),
        ("bomb.pdf", "the PDF is damaged"),
        ("shared.pdf", too_much),
        ("loop.pdf", "the PDF has no text"),
        ("locked.zip", "a ZIP archive"),
        ("latin1.txt", "the text is not UTF-8"),
    ] {
        let content = fs::read(files.join(key)).unwrap();
        function.s3.put(BUCKET, key, None, &content).await;
        drop(content);
        let (outcome, error, peak) = function.handle(object(key)).await;
        assert_eq!(outcome, Outcome::DeadLettered, "{key}: {error}");
        assert!(error.contains(reason), "{key}: {error}");
        within_bound(key, peak, BOUND);
    }
    for key in ["../../x", "a/../../x", "../private/x"] {
        let (outcome, error, _) = function.handle(object(key)).await;
        assert_eq!(outcome, Outcome::DeadLettered);
        assert!(error.contains("leads out of its bucket"), "{key}: {error}");
    }
}

/// What is held grows with the documents that are worked on at a time, not with the batch.
#[tokio::test]
async fn two_hundred_documents_in_a_batch_all_come_to_their_end_in_bounded_memory() {
    let function = Function::start().await;
    let text = "Some words of a document. ".repeat(1000);
    let body = |n: usize| document(&format!("d{n}"), "text/plain", &text).to_string();
    let bodies: Vec<_> = (0..200).map(body).collect();
    ALLOCATOR.reset_peak_usage();
    let before = ALLOCATOR.current_usage();
    let report = function.deliver(&bodies).await;
    let peak = ALLOCATOR.peak_usage() - before;
    assert_eq!(report.count(Outcome::Processed), 200);
    within_bound("two hundred", peak, BOUND);
}
