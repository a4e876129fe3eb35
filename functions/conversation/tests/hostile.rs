//! Results made to cost a lot, or to be read by nobody: each comes to a clear outcome, within a bound of
//! memory.

#![allow(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

use conversation::{
    Config, Conversation, ConversationsTable, MAX_RESULT_BYTES, MAX_RESULT_DEPTH, Message,
};
use lambda_queue::{BatchProcessor, BatchReport, Deadline, DynamoDbStore, Outcome};
use lambda_queue_tests::{DynamoDb, Queues, first_delivery};
use peak_alloc::PeakAlloc;
use serde_json::{Value, json};
use tokio::sync::{Mutex, MutexGuard};

#[global_allocator]
static ALLOCATOR: PeakAlloc = PeakAlloc;
/// Memory is that of the process: tests take turns.
static ALONE: Mutex<()> = Mutex::const_new(());

const MEBIBYTE: usize = 1024 * 1024;
/// What a message, or a batch, may need on top of what was there before, as a multiple of the longest
/// result: the body, the result, its request to DynamoDB, and the table itself, which is in this
/// process here.
const BOUND: usize = 24 * MAX_RESULT_BYTES;

struct Function {
    _alone: MutexGuard<'static, ()>,
    dynamodb: DynamoDb,
    processor: BatchProcessor<Message, Conversation>,
}

impl Function {
    async fn start() -> Self {
        let alone = ALONE.lock().await;
        let tables = [
            ("idempotency", "id", None),
            ("conversations", "conversation_id", Some("sort")),
        ];
        let dynamodb = DynamoDb::start(&tables).await;
        let environment = |name: &str| {
            let value = match name {
                "IDEMPOTENCY_TABLE" => "idempotency",
                "CONVERSATIONS_TABLE" => "conversations",
                "DEAD_LETTER_QUEUE_URL" => "http://sqs/123456789012/dead.fifo",
                _ => return None,
            };
            Some(value.to_owned())
        };
        let config = Config::read(&environment).unwrap();
        let sqs = Queues::fifo(&["dead.fifo"]).client();
        let store = DynamoDbStore::new(dynamodb.client(), "idempotency");
        let processor = config.processor(store, dynamodb.client(), &sqs);
        Self {
            _alone: alone,
            processor: processor.unwrap(),
            dynamodb,
        }
    }

    async fn deliver(&self, bodies: &[String]) -> BatchReport {
        let event = first_delivery("results.fifo", bodies);
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

    /// The results of a transcript, as a reader parses them.
    async fn read(&self, conversation: &str) -> Vec<Value> {
        let table = ConversationsTable::new(self.dynamodb.client(), "conversations");
        let entries = table.transcript(conversation).await.unwrap();
        let parse = |json: String| serde_json::from_str(&json).unwrap();
        entries.into_iter().map(|it| parse(it.result)).collect()
    }
}

/// A result of this JSON.
fn result(conversation: &str, call: &str, json: &str) -> String {
    let body = json!({"conversation_id": conversation, "tool_call_id": call, "result": "%"});
    body.to_string().replace("\"%\"", json)
}

fn nested(depth: usize) -> String {
    "[".repeat(depth) + &"]".repeat(depth)
}

/// Prints it, too: `--nocapture` shows what the bound is made of.
fn within_bound(name: &str, peak: usize) {
    println!("{name}: {:.1} MiB", peak as f64 / MEBIBYTE as f64);
    assert!(peak < BOUND, "{name}: {peak} bytes");
}

#[tokio::test]
async fn whatever_a_result_is_comes_to_a_clear_outcome_in_bounded_memory() {
    let long = "x".repeat(2000);
    let turn = |calls: Vec<String>| {
        let turn = json!({"id": "t", "tool_call_ids": calls});
        let body = json!({"conversation_id": "c", "tool_call_id": "0", "result": 1, "turn": turn});
        body.to_string()
    };
    let function = Function::start().await;
    for (name, body, reason) in [
        (
            "deep",
            nested(100),
            "the body is not what this handler takes",
        ),
        (
            "brackets",
            "[".repeat(MEBIBYTE),
            "the body is not what this handler takes",
        ),
        (
            "deep result",
            result("c", "1", &nested(MAX_RESULT_DEPTH + 1)),
            "nested 101 levels deep",
        ),
        (
            "brackets as a result",
            result("c", "1", &nested(190_000)),
            "nested 190000 levels deep",
        ),
        (
            "brackets without an end",
            result("c", "1", &"[".repeat(MEBIBYTE / 2)),
            "the body",
        ),
        (
            "half a character",
            result("c", "1", r#"{"content": "\ud800"}"#),
            "half of a surrogate pair",
        ),
        (
            "half a character in an id",
            result("c", "@", "1").replace('@', "\\ud800"),
            "the body is not JSON",
        ),
        (
            "no number",
            result("c", "1", "1e999"),
            "a number that is too large",
        ),
        (
            "a long result",
            result("c", "1", &format!("\"{}\"", "x".repeat(MEBIBYTE / 2))),
            "the result has 524290 bytes",
        ),
        (
            "a long id",
            result("c", &long, "1"),
            "tool_call_id has 2000 bytes",
        ),
        (
            "a long conversation",
            result(&long, "1", "1"),
            "conversation_id has 2000 bytes",
        ),
        (
            "a crowd",
            turn((0..50_000).map(|n| n.to_string()).collect()),
            "the turn has 50000 tool calls",
        ),
    ] {
        let (outcome, error, peak) = function.handle(body).await;
        assert_eq!(outcome, Outcome::DeadLettered, "{name}: {error}");
        assert!(error.contains(reason), "{name}: {error}");
        within_bound(name, peak);
    }
    assert!(function.dynamodb.items("conversations").is_empty());
}

#[tokio::test]
async fn what_is_appended_can_be_read() {
    let function = Function::start().await;
    let longest = format!("\"{}\"", "x".repeat(MAX_RESULT_BYTES - 2));
    let emoji = r#"{"content": "\ud83d\ude00"}"#;
    let results = [&nested(MAX_RESULT_DEPTH), &longest, emoji];
    for (call, json) in results.iter().enumerate() {
        let (outcome, error, peak) = function.handle(result("c", &call.to_string(), json)).await;
        assert_eq!(outcome, Outcome::Processed, "{error}");
        within_bound("what is appended", peak);
    }
    let read = function.read("c").await;
    assert_eq!(read.len(), 3);
    assert_eq!(read[2]["content"], "😀");
}

#[tokio::test]
async fn ids_like_paths_are_names_and_nothing_else() {
    let function = Function::start().await;
    let ids = [
        "../../x",
        "/etc/passwd",
        "head",
        "entry#000000000001",
        "a/../../x",
    ];
    for id in ids {
        let (outcome, error, _) = function
            .handle(result(id, id, &json!(id).to_string()))
            .await;
        assert_eq!(outcome, Outcome::Processed, "{id}: {error}");
    }
    for id in ids {
        assert_eq!(function.read(id).await, [id]);
    }
}

/// A batch of a FIFO queue has ten messages at most; here are twenty times as many.
#[tokio::test]
async fn two_hundred_results_in_a_batch_are_all_appended_in_bounded_memory() {
    let function = Function::start().await;
    let text = format!("\"{}\"", "x".repeat(10_000));
    let bodies: Vec<_> = (0..200)
        .map(|n| result("c", &n.to_string(), &text))
        .collect();
    ALLOCATOR.reset_peak_usage();
    let before = ALLOCATOR.current_usage();
    let report = function.deliver(&bodies).await;
    let peak = ALLOCATOR.peak_usage() - before;
    assert_eq!(report.count(Outcome::Processed), 200);
    assert_eq!(function.read("c").await.len(), 200);
    within_bound("two hundred", peak);
}
