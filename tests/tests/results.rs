//! From the tool executor to transcripts: what one function sends is what the other takes.

#![allow(
    clippy::unwrap_used,
    reason = "a claim that cannot be checked is a claim that fails"
)]

use std::fs;
use std::path::Path;

use lambda_queue::{Deadline, DynamoDbStore};
use lambda_queue_tests::{DynamoDb, Queues, S3, event};
use serde_json::Value;

const IDEMPOTENCY: &str = "IdempotencyTable";
const DOCUMENTS: &str = "DocumentsTable";
const RESULTS: &str = "ToolResultsTable";
const CONVERSATIONS: &str = "ConversationsTable";
const QUEUE: &str = "ToolResultsQueue.fifo";
const READY: &str = "TurnReadyQueue.fifo";
/// A call of each dialect, one that comes to an error, and all calls of a turn.
const SCENARIOS: [&str; 5] = ["success", "openai-responses", "mcp", "unknown-tool", "load"];

fn environment(queues: &Queues, name: &str) -> Option<String> {
    match name {
        "IDEMPOTENCY_TABLE" => Some(IDEMPOTENCY.to_owned()),
        "DOCUMENTS_TABLE" => Some(DOCUMENTS.to_owned()),
        "TOOL_RESULTS_TABLE" => Some(RESULTS.to_owned()),
        "CONVERSATIONS_TABLE" => Some(CONVERSATIONS.to_owned()),
        "RESULTS_QUEUE_URL" | "TOOL_RESULTS_QUEUE_URL" => Some(queues.url(QUEUE)),
        "TURN_READY_QUEUE_URL" => Some(queues.url(READY)),
        _ => None,
    }
}

async fn execute(dynamodb: &DynamoDb, queues: &Queues) {
    let config = tool_executor::Config::read(&|name| environment(queues, name)).unwrap();
    let store = DynamoDbStore::new(dynamodb.client(), IDEMPOTENCY);
    let tools = config.tools(&dynamodb.client(), None).unwrap();
    let clients = tool_executor::Clients {
        dynamodb: dynamodb.client(),
        s3: S3::none(),
        sqs: queues.client(),
    };
    let executor = config.processor(tools, store, &clients).unwrap();
    for scenario in SCENARIOS {
        let file = format!("../events/sqs-tool-executor-{scenario}.json");
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(file);
        let calls = serde_json::from_slice(&fs::read(file).unwrap()).unwrap();
        executor.process(calls, Deadline::unknown()).await;
    }
}

async fn append(dynamodb: &DynamoDb, queues: &Queues) {
    let config = conversation::Config::read(&|name| environment(queues, name)).unwrap();
    let store = DynamoDbStore::new(dynamodb.client(), IDEMPOTENCY);
    let processor = config.processor(store, dynamodb.client(), &queues.client());
    let conversation = processor.unwrap();
    loop {
        let records = queues.receive(QUEUE, 10);
        if records.is_empty() {
            return;
        }
        let report = conversation.process(event(&records), Deadline::unknown());
        for (record, message) in records.iter().zip(report.await.messages) {
            assert!(!message.outcome.is_reported(), "{:?}", message.error);
            queues.delete(QUEUE, record);
        }
    }
}

#[tokio::test]
async fn every_result_of_the_executor_is_in_the_transcript_of_its_conversation() {
    let queues = Queues::fifo(&[QUEUE, READY]);
    let dynamodb = DynamoDb::start(&[
        (IDEMPOTENCY, "id", None),
        (DOCUMENTS, "document_id", Some("sort")),
        (RESULTS, "conversation_id", Some("tool_call_id")),
        (CONVERSATIONS, "conversation_id", Some("sort")),
    ])
    .await;
    execute(&dynamodb, &queues).await;
    append(&dynamodb, &queues).await;
    let stored = dynamodb.items(RESULTS);
    assert!(stored.len() > SCENARIOS.len());
    let transcripts = conversation::ConversationsTable::new(dynamodb.client(), CONVERSATIONS);
    for item in stored {
        let id = item["conversation_id"]["S"].as_str().unwrap();
        let transcript = transcripts.transcript(id).await.unwrap();
        let call = item["tool_call_id"]["S"].as_str().unwrap();
        let mut entries = transcript.iter().filter(|it| it.tool_call_id == call);
        let entry: Value = serde_json::from_str(&entries.next().unwrap().result).unwrap();
        let result: Value = serde_json::from_str(item["result"]["S"].as_str().unwrap()).unwrap();
        assert_eq!(entry, result);
        assert!(entries.next().is_none());
    }
    let ready = queues.receive(READY, 10);
    assert_eq!(
        ready.len(),
        1,
        "the calls of one turn say that they are one"
    );
    let ready: Value = serde_json::from_str(ready[0]["body"].as_str().unwrap()).unwrap();
    assert_eq!(ready["turn_id"], "turn-{{n}}");
    assert_eq!(ready["entries"], 10);
}
