//! The function between a real table and a bucket, and a reader.

use std::time::Duration;

use ingestion::{
    Buckets, ChunkName, Chunker, Declared, DocumentsTable, Incoming, Ingestion, extract,
};
use lambda_queue::{BatchProcessor, Clock, Deadline, DynamoDbStore, Idempotency, Outcome};
use lambda_queue_tests::{DynamoDb, Fuse, S3, first_delivery, http};
use serde_json::{Value, json};

const DOCUMENTS: &str = "documents";
const IDEMPOTENCY: &str = "idempotency";
const BUCKET: &str = "documents";
const KEY: &str = "handbook.txt";
pub(crate) const ID: &str = "s3://documents/handbook.txt";
const START_MS: u64 = 1_800_000_000_000;
/// Longer than a claim is held.
pub(crate) const LATER: Duration = Duration::from_secs(120);

pub(crate) struct World {
    dynamodb: DynamoDb,
    s3: S3,
    chunk_size: usize,
    now_ms: u64,
}

impl World {
    pub(crate) async fn start(chunk_size: usize) -> Self {
        let tables = [
            (DOCUMENTS, "document_id", Some("sort")),
            (IDEMPOTENCY, "id", None),
        ];
        Self {
            dynamodb: DynamoDb::start(&tables).await,
            s3: S3::start(&[BUCKET]).await,
            chunk_size,
            now_ms: START_MS,
        }
    }

    pub(crate) async fn put(&self, text: &str) {
        self.s3.put(BUCKET, KEY, None, text.as_bytes()).await;
    }

    pub(crate) fn advance(&mut self, time: Duration) {
        self.now_ms += u64::try_from(time.as_millis()).unwrap();
    }

    /// Delivers a message, to a function that may end in the middle of it.
    pub(crate) async fn deliver(&self, body: &Value, fuse: Option<&Fuse>) -> Option<Outcome> {
        let clock = Clock::starting_at(self.now_ms);
        let deadline = Deadline::after(Duration::from_secs(60), &clock);
        let processor = self.processor(fuse, clock);
        let event = first_delivery("ingestion", std::slice::from_ref(body));
        let processing = processor.process(event, deadline);
        let report = match fuse {
            None => processing.await,
            Some(fuse) => tokio::select! {
                report = processing => report,
                () = fuse.blown() => return None,
            },
        };
        Some(report.messages[0].outcome)
    }

    fn processor(&self, fuse: Option<&Fuse>, clock: Clock) -> BatchProcessor<Incoming, Ingestion> {
        let connection = || fuse.map_or_else(http, |fuse| fuse.over(http()));
        let dynamodb = self.dynamodb.client_over(connection());
        let s3 = self.s3.client_over(connection());
        let table = DocumentsTable::new(dynamodb.clone(), DOCUMENTS);
        let buckets = Buckets::new(s3, [BUCKET.to_owned()], 10 << 20);
        let store = DynamoDbStore::new(dynamodb, IDEMPOTENCY);
        let idempotency = Idempotency::new(store, Incoming::idempotency_key)
            .namespace("ingestion")
            .ignore_payload();
        BatchProcessor::builder(Ingestion::new(table, buckets, self.chunker()))
            .idempotency(idempotency)
            .clock(clock)
            .build()
            .unwrap()
    }

    fn chunker(&self) -> Chunker {
        Chunker::new(self.chunk_size, 0).unwrap()
    }

    pub(crate) fn table(&self) -> DocumentsTable {
        DocumentsTable::new(self.dynamodb.client(), DOCUMENTS)
    }

    /// The chunks a text has to become.
    pub(crate) fn chunks_of(&self, text: &str) -> Vec<String> {
        let text = extract(&Declared::inline("text/plain"), text.as_bytes(), 10 << 20);
        let chunks = self.chunker().chunks(&text.unwrap());
        chunks.into_iter().map(|it| it.text).collect()
    }

    /// What is read of the document; `None` where it is left out, as it is being replaced.
    pub(crate) async fn read(&self) -> Option<Vec<String>> {
        let mut current = self.table().current_chunks(100).await.unwrap();
        let chunks = current.documents.remove(ID)?;
        Some(chunks.into_iter().map(|it| it.text).collect())
    }

    /// What is read by somebody who has the name of every chunk that is there, old and new.
    pub(crate) async fn read_by_names(&self) -> Vec<String> {
        let chunks = self.written();
        let names: Vec<_> = chunks.into_iter().map(|(name, _)| name).collect();
        let found = self.table().current_of(&names).await.unwrap();
        let mut found: Vec<_> = found.into_values().collect();
        found.sort_by_key(|chunk| chunk.ordinal);
        found.into_iter().map(|chunk| chunk.text).collect()
    }

    /// All chunks in the table, whatever their version.
    pub(crate) fn written(&self) -> Vec<(ChunkName, String)> {
        let items = self.dynamodb.items(DOCUMENTS);
        let chunk = |item: Value| {
            let text = |name: &str| item[name]["S"].as_str().map(str::to_owned);
            let (document_id, sort) = (text("document_id")?, text("sort")?);
            Some((ChunkName { document_id, sort }, text("text")?))
        };
        items.into_iter().filter_map(chunk).collect()
    }
}

/// S3's message of something that happened to the object.
pub(crate) fn notification(event: &str, sequencer: &str) -> Value {
    json!({"Records": [{
        "eventSource": "aws:s3",
        "eventName": event,
        "s3": {"bucket": {"name": BUCKET}, "object": {"key": KEY, "sequencer": sequencer}},
    }]})
}

/// So many chunks of sixty characters.
pub(crate) fn sentences(word: &str, count: usize) -> String {
    let sentence =
        |n: usize| format!("The {word} document has a sentence with the number {n:05}. ");
    (0..count).map(sentence).collect()
}
