//! The function with embeddings, and what it keeps.

use ingestion::{Config, CurrentChunks, DocumentsTable, Incoming, Ingestion, Manifest};
use lambda_queue::{BatchProcessor, Deadline, MemoryStore, Outcome};
use lambda_queue_tests::{DynamoDb, Models, Queues, S3, first_delivery};
use serde_json::{Value, json};

const TABLE: &str = "documents";

pub(crate) struct Function {
    pub(crate) dynamodb: DynamoDb,
    pub(crate) models: Models,
    processor: BatchProcessor<Incoming, Ingestion>,
}

impl Function {
    pub(crate) async fn start(settings: &[(&'static str, &'static str)]) -> Self {
        let dynamodb = DynamoDb::start(&[(TABLE, "document_id", Some("sort"))]).await;
        let models = Models::start().await;
        let processor = processor(settings, &dynamodb, &models);
        Self {
            dynamodb,
            models,
            processor,
        }
    }

    /// Deployed anew with other settings.
    pub(crate) fn set(&mut self, settings: &[(&'static str, &'static str)]) {
        self.processor = processor(settings, &self.dynamodb, &self.models);
    }

    /// Delivers a document; what became of it, and why.
    pub(crate) async fn ingest(&self, text: &str) -> (Outcome, String) {
        let source = json!({"inline": {"content_type": "text/plain", "text": text}});
        self.deliver(&json!({"document_id": "handbook", "source": source}))
            .await
    }

    pub(crate) async fn deliver(&self, body: &Value) -> (Outcome, String) {
        let event = first_delivery("ingestion", std::slice::from_ref(body));
        let report = self.processor.process(event, Deadline::unknown()).await;
        let message = &report.messages[0];
        (message.outcome, message.error.clone().unwrap_or_default())
    }

    pub(crate) fn table(&self) -> DocumentsTable {
        DocumentsTable::new(self.dynamodb.client(), TABLE)
    }

    pub(crate) async fn manifest(&self) -> Option<Manifest> {
        self.table().manifest("handbook").await.unwrap()
    }

    /// What a reader sees.
    pub(crate) async fn seen(&self) -> Vec<String> {
        let CurrentChunks { documents, .. } = self.table().current_chunks(100).await.unwrap();
        let chunks = documents.into_values().flatten();
        chunks.map(|chunk| chunk.text).collect()
    }

    /// All chunks that are in the table, as items.
    pub(crate) fn chunks(&self) -> Vec<Value> {
        let mut items = self.dynamodb.items(TABLE);
        items.retain(|item| item["text"].is_object());
        items
    }
}

fn processor(
    settings: &[(&'static str, &'static str)],
    dynamodb: &DynamoDb,
    models: &Models,
) -> BatchProcessor<Incoming, Ingestion> {
    let always = [
        ("IDEMPOTENCY_TABLE", "unused"),
        ("DOCUMENTS_TABLE", TABLE),
        ("CHUNK_SIZE", "60"),
        ("CHUNK_OVERLAP", "0"),
        ("DEAD_LETTER_QUEUE_URL", "http://sqs/123456789012/dead.fifo"),
    ];
    let lookup = |name: &str| {
        let mut variables = settings.iter().chain(&always);
        let found = variables.find(|(variable, _)| *variable == name);
        found.map(|(_, value)| (*value).to_owned())
    };
    let config = Config::read(&lookup).unwrap();
    let sqs = Queues::fifo(&["dead.fifo"]).client();
    let embedding = config.embedding(models.aws());
    let store = MemoryStore::new();
    let processor = config.processor(store, dynamodb.client(), S3::none(), &sqs, embedding);
    processor.unwrap()
}

/// A text of so many chunks.
pub(crate) fn sentences(count: usize) -> String {
    let sentence = |n: usize| format!("Sentence number {n} of a document that is quite long. ");
    (0..count).map(sentence).collect()
}
