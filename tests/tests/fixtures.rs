//! Every event fixture through the real functions, against an embedded DynamoDB.

use std::fs;
use std::path::{Path, PathBuf};

use aws_sdk_sqs::config::BehaviorVersion;
use lambda_queue::{BatchProcessor, BatchReport, Deadline, DynamoDbStore, Handler, Outcome};
use lambda_queue_tests::{DynamoDb, Queues, S3, SqsEvent};
use serde_json::{Value, json};

const IDEMPOTENCY: &str = "IdempotencyTable";
const DOCUMENTS: &str = "DocumentsTable";
const RESULTS: &str = "ToolResultsTable";
const CONVERSATIONS: &str = "ConversationsTable";
const RESULTS_QUEUE: &str = "ToolResultsQueue.fifo";
const READY_QUEUE: &str = "TurnReadyQueue.fifo";
const BUCKET: &str = "documents";
/// The objects that fixtures name.
const OBJECTS: [(&str, &str); 2] = [
    ("handbook/returns.docx", "returns.docx"),
    ("price lists/lamps & desks.csv", "prices.csv"),
];

/// What differs from run to run: times, and the random token of the last claim.
const VOLATILE: [&str; 3] = ["expiration", "in_progress_expiration", "owner"];

#[tokio::test]
async fn ingestion_answers_every_fixture_as_recorded() {
    for (scenario, path) in fixtures("ingestion") {
        let dynamodb = tables().await;
        let s3 = bucket().await;
        let function = ingestion(&dynamodb, s3.client());
        let delivered = twice(&function, &path, &dynamodb, DOCUMENTS).await;
        insta::assert_json_snapshot!(format!("ingestion-{scenario}"), delivered);
    }
}

#[tokio::test]
async fn tool_executor_answers_every_fixture_as_recorded() {
    for (scenario, path) in fixtures("tool-executor") {
        let dynamodb = tables().await;
        let documents = events().join("sqs-ingestion-success.json");
        let ingested = deliver(&ingestion(&dynamodb, S3::none()), &documents).await;
        assert_eq!(ingested.count(Outcome::Processed), 3);
        let delivered = twice(&tool_executor(&dynamodb), &path, &dynamodb, RESULTS).await;
        insta::assert_json_snapshot!(format!("tool-executor-{scenario}"), delivered);
    }
}

#[tokio::test]
async fn conversation_answers_every_fixture_as_recorded() {
    for (scenario, path) in fixtures("conversation") {
        let dynamodb = tables().await;
        let queues = Queues::fifo(&[RESULTS_QUEUE, READY_QUEUE]);
        let processor = conversation(&dynamodb, &queues);
        let mut delivered = twice(&processor, &path, &dynamodb, CONVERSATIONS).await;
        let ready = queues.receive(READY_QUEUE, 10);
        let ready: Vec<_> = ready.iter().map(|it| it["body"].clone()).collect();
        delivered[READY_QUEUE] = ready.into();
        delivered.sort_all_objects();
        insta::assert_json_snapshot!(format!("conversation-{scenario}"), delivered);
    }
}

/// Delivers an event twice: what was done is replayed, and the function's table stays as it is.
async fn twice<M, H>(
    processor: &BatchProcessor<M, H>,
    event: &Path,
    dynamodb: &DynamoDb,
    table: &str,
) -> Value
where
    M: serde::de::DeserializeOwned + Send + 'static,
    H: Handler<M>,
{
    let first = deliver(processor, event).await;
    let items = dynamodb.items(table);
    let second = deliver(processor, event).await;
    assert_eq!(
        items,
        dynamodb.items(table),
        "the second delivery of {event:?} changed the table"
    );
    for (first, second) in first.messages.iter().zip(&second.messages) {
        let done = matches!(first.outcome, Outcome::Processed | Outcome::Replayed);
        let expected = if done {
            Outcome::Replayed
        } else {
            first.outcome
        };
        assert_eq!(second.outcome, expected, "second delivery of {event:?}");
    }
    let mut delivered = json!({
        "first delivery": describe(first),
        "second delivery": describe(second),
        table: items,
        IDEMPOTENCY: dynamodb.items(IDEMPOTENCY).into_iter().map(redacted).collect::<Vec<_>>(),
    });
    delivered.sort_all_objects();
    delivered
}

async fn deliver<M, H>(processor: &BatchProcessor<M, H>, event: &Path) -> BatchReport
where
    M: serde::de::DeserializeOwned + Send + 'static,
    H: Handler<M>,
{
    let text = fs::read_to_string(event).expect("a readable fixture");
    let event: SqsEvent = serde_json::from_str(&text).expect("an SQS event");
    processor.process(event, Deadline::unknown()).await
}

fn describe(report: BatchReport) -> Value {
    let outcome = |message: &lambda_queue::MessageReport| {
        json!({
            "message_id": message.message_id,
            "outcome": message.outcome.as_str(),
            "error": message.error,
        })
    };
    let outcomes: Vec<_> = report.messages.iter().map(outcome).collect();
    json!({
        "outcomes": outcomes,
        "response": report.into_response().expect("every message has an id"),
    })
}

fn redacted(mut item: Value) -> Value {
    for name in VOLATILE {
        if let Some(value) = item.get_mut(name) {
            *value = json!("[redacted]");
        }
    }
    item
}

async fn tables() -> DynamoDb {
    DynamoDb::start(&[
        (IDEMPOTENCY, "id", None),
        (DOCUMENTS, "document_id", Some("sort")),
        (RESULTS, "conversation_id", Some("tool_call_id")),
        (CONVERSATIONS, "conversation_id", Some("sort")),
    ])
    .await
}

/// No dead-letter queue and no retries: the fixtures show what is reported.
fn environment(name: &str) -> Option<String> {
    let table = match name {
        "IDEMPOTENCY_TABLE" => IDEMPOTENCY,
        "DOCUMENTS_TABLE" => DOCUMENTS,
        "DOCUMENTS_BUCKET" => BUCKET,
        "TOOL_RESULTS_TABLE" => RESULTS,
        "CONVERSATIONS_TABLE" => CONVERSATIONS,
        // Small, so that the documents of the fixtures have several chunks.
        "CHUNK_SIZE" => "400",
        "CHUNK_OVERLAP" => "40",
        _ => return None,
    };
    Some(table.to_owned())
}

/// Document files are those of ingestion's own tests.
async fn bucket() -> S3 {
    let files =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../functions/ingestion/tests/documents");
    let s3 = S3::start(&[BUCKET]).await;
    for (key, file) in OBJECTS {
        let content = fs::read(files.join(file)).expect("a document");
        s3.put(BUCKET, key, None, &content).await;
    }
    s3
}

fn ingestion(
    dynamodb: &DynamoDb,
    s3: aws_sdk_s3::Client,
) -> BatchProcessor<ingestion::Incoming, ingestion::Ingestion> {
    let config = ingestion::Config::read(&environment).expect("a good environment");
    let store = DynamoDbStore::new(dynamodb.client(), IDEMPOTENCY);
    let processor = config.processor(store, dynamodb.client(), s3, &no_sqs(), None);
    processor.expect("a processor")
}

fn tool_executor(
    dynamodb: &DynamoDb,
) -> BatchProcessor<tool_executor::ToolRequest, tool_executor::ToolExecutor> {
    let config = tool_executor::Config::read(&environment).expect("a good environment");
    let store = DynamoDbStore::new(dynamodb.client(), IDEMPOTENCY);
    let tools = config
        .tools(&dynamodb.client(), None)
        .expect("good schemas");
    let clients = tool_executor::Clients {
        dynamodb: dynamodb.client(),
        s3: S3::none(),
        sqs: no_sqs(),
    };
    let processor = config.processor(tools, store, &clients);
    processor.expect("a processor")
}

fn conversation(
    dynamodb: &DynamoDb,
    queues: &Queues,
) -> BatchProcessor<conversation::Message, conversation::Conversation> {
    let config = conversation::Config::read(&|name| match name {
        "TOOL_RESULTS_QUEUE_URL" => Some(queues.url(RESULTS_QUEUE)),
        "TURN_READY_QUEUE_URL" => Some(queues.url(READY_QUEUE)),
        other => environment(other),
    });
    let store = DynamoDbStore::new(dynamodb.client(), IDEMPOTENCY);
    let config = config.expect("a good environment");
    let processor = config.processor(store, dynamodb.client(), &queues.client());
    processor.expect("a processor")
}

fn no_sqs() -> aws_sdk_sqs::Client {
    let config = aws_sdk_sqs::Config::builder().behavior_version(BehaviorVersion::latest());
    aws_sdk_sqs::Client::from_conf(config.build())
}

fn events() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../events")
}

/// Scenario and file of each of a function's fixtures.
fn fixtures(function: &str) -> Vec<(String, PathBuf)> {
    let prefix = format!("sqs-{function}-");
    let files = fs::read_dir(events()).expect("the folder of events");
    let mut found: Vec<_> = files
        .filter_map(|file| {
            let path = file.ok()?.path();
            let scenario = path
                .file_stem()?
                .to_str()?
                .strip_prefix(&prefix)?
                .to_owned();
            Some((scenario, path))
        })
        .collect();
    assert!(!found.is_empty());
    found.sort();
    found
}
