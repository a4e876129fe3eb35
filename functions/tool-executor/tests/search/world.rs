//! Ingestion and the tool, over one table and the same models.

use ingestion::{Config as IngestionConfig, Ingestion};
use lambda_queue::{BatchProcessor, Deadline, MemoryStore, Outcome};
use lambda_queue_tests::{DynamoDb, Models, S3, first_delivery};
use serde_json::json;
use tool_executor::{Config, SearchDocuments, Tool};

const TABLE: &str = "documents";

pub(crate) type Setting = (&'static str, &'static str);

pub(crate) struct World {
    pub(crate) dynamodb: DynamoDb,
    pub(crate) models: Models,
    ingestion: BatchProcessor<ingestion::Incoming, Ingestion>,
    tool: SearchDocuments,
}

impl World {
    pub(crate) async fn start(settings: &[Setting]) -> Self {
        let dynamodb = DynamoDb::start(&[(TABLE, "document_id", Some("sort"))]).await;
        let models = Models::start().await;
        Self {
            ingestion: ingestion(settings, &dynamodb, &models),
            tool: tool(settings, &dynamodb, &models),
            dynamodb,
            models,
        }
    }

    /// Both functions start anew, with other settings.
    pub(crate) fn set(&mut self, settings: &[Setting]) {
        self.ingestion = ingestion(settings, &self.dynamodb, &self.models);
        self.tool = tool(settings, &self.dynamodb, &self.models);
    }

    pub(crate) async fn ingest(&self, documents: &[(&str, &str)]) {
        for (id, text) in documents {
            let source = json!({"inline": {"content_type": "text/plain", "text": text}});
            let body = json!({"document_id": id, "source": source});
            let event = first_delivery("ingestion", &[body]);
            let report = self.ingestion.process(event, Deadline::unknown()).await;
            assert_eq!(report.messages[0].outcome, Outcome::Processed, "{id}");
        }
    }

    pub(crate) fn tool(&self) -> &SearchDocuments {
        &self.tool
    }

    #[cfg(feature = "embeddings")]
    pub(crate) fn table(&self) -> ingestion::DocumentsTable {
        ingestion::DocumentsTable::new(self.dynamodb.client(), TABLE)
    }

    pub(crate) async fn search(&self, query: &str) -> String {
        self.tool.call(json!({"query": query})).await.unwrap()
    }

    /// The id of the document of the first passage.
    pub(crate) async fn first(&self, query: &str) -> String {
        let answer = self.search(query).await;
        let first = answer.strip_prefix("[1] document `").unwrap_or_default();
        first.split('`').next().unwrap_or_default().to_owned()
    }
}

fn ingestion(
    settings: &[Setting],
    dynamodb: &DynamoDb,
    models: &Models,
) -> BatchProcessor<ingestion::Incoming, Ingestion> {
    let config = IngestionConfig::read(&lookup(settings)).unwrap();
    let sqs = aws_sdk_sqs::Client::new(models.aws());
    let embedding = config.embedding(models.aws());
    let store = MemoryStore::new();
    let processor = config.processor(store, dynamodb.client(), S3::none(), &sqs, embedding);
    processor.unwrap()
}

fn tool(settings: &[Setting], dynamodb: &DynamoDb, models: &Models) -> SearchDocuments {
    let config = Config::read(&lookup(settings)).unwrap();
    let tool = SearchDocuments::new(dynamodb.client(), TABLE);
    match config.embedding(models.aws()) {
        Some(embedding) => tool.embedding(embedding),
        None => tool,
    }
}

fn lookup(settings: &[Setting]) -> impl Fn(&str) -> Option<String> {
    let always = [
        ("IDEMPOTENCY_TABLE", "unused"),
        ("DOCUMENTS_TABLE", TABLE),
        ("TOOL_RESULTS_TABLE", "unused"),
    ];
    let variables = [settings, &always].concat();
    move |name| {
        let found = variables.iter().find(|(variable, _)| *variable == name);
        found.map(|(_, value)| (*value).to_owned())
    }
}
