//! Replacing documents in a real table.

use ingestion::{
    Buckets, Chunker, Declared, DocumentsTable, Incoming, Ingestion, Manifest, Version,
};
use lambda_queue::{BatchProcessor, BatchReport, Deadline, Idempotency, MemoryStore, Outcome};
use lambda_queue_tests::{DynamoDb, S3, first_delivery};
use serde_json::{Value, json};

const TABLE: &str = "documents";

struct Function {
    dynamodb: DynamoDb,
    processor: BatchProcessor<Incoming, Ingestion>,
}

impl Function {
    async fn start() -> Self {
        let dynamodb = DynamoDb::start(&[(TABLE, "document_id", Some("sort"))]).await;
        let table = DocumentsTable::new(dynamodb.client(), TABLE);
        let buckets = Buckets::new(S3::none(), [], 1024 * 1024);
        let ingestion = Ingestion::new(table, buckets, Chunker::new(60, 0).expect("sizes fit"));
        let idempotency = Idempotency::new(MemoryStore::new(), Incoming::idempotency_key)
            .namespace("ingestion")
            .ignore_payload();
        let processor = BatchProcessor::builder(ingestion)
            .idempotency(idempotency)
            .build()
            .expect("a processor");
        Self {
            dynamodb,
            processor,
        }
    }

    async fn deliver(&self, bodies: &[Value]) -> Vec<Outcome> {
        let report: BatchReport = self
            .processor
            .process(first_delivery("ingestion", bodies), Deadline::unknown())
            .await;
        report
            .messages
            .iter()
            .map(|message| message.outcome)
            .collect()
    }

    fn table(&self) -> DocumentsTable {
        DocumentsTable::new(self.dynamodb.client(), TABLE)
    }

    /// The document's chunks, all of them, whatever their version.
    fn texts(&self) -> Vec<String> {
        let items = self.dynamodb.items(TABLE);
        let text = |item: &Value| Some(item["text"]["S"].as_str()?.to_owned());
        items.iter().filter_map(text).collect()
    }
}

fn document(text: &str, revision: Option<&str>) -> Value {
    json!({
        "document_id": "handbook",
        "revision": revision,
        "source": {"inline": {"content_type": "text/plain", "text": text}},
    })
}

fn long(word: &str) -> String {
    format!("{word} ").repeat(60)
}

#[tokio::test]
async fn reingesting_leaves_no_old_chunk() {
    let function = Function::start().await;
    function.deliver(&[document(&long("old"), None)]).await;
    assert!(function.texts().len() > 3);
    let outcomes = function.deliver(&[document("new", None)]).await;
    assert_eq!(outcomes, [Outcome::Processed]);
    assert_eq!(function.texts(), ["new"]);
}

#[tokio::test]
async fn a_blank_document_is_a_manifest_without_chunks() {
    let function = Function::start().await;
    function.deliver(&[document(&long("old"), None)]).await;
    assert_eq!(
        function.deliver(&[document(" \n", None)]).await,
        [Outcome::Processed]
    );
    assert_eq!(function.texts(), [""; 0]);
    let manifest = function
        .table()
        .manifest("handbook")
        .await
        .unwrap()
        .unwrap();
    assert_eq!(manifest.chunk_count, 0);
}

#[tokio::test]
async fn going_back_is_a_replay_unless_a_revision_says_otherwise() {
    let function = Function::start().await;
    for text in ["first", "second"] {
        function.deliver(&[document(text, None)]).await;
    }
    assert_eq!(
        function.deliver(&[document("first", None)]).await,
        [Outcome::Replayed]
    );
    assert_eq!(function.texts(), ["second"]);
    assert_eq!(
        function.deliver(&[document("first", Some("3"))]).await,
        [Outcome::Processed]
    );
    assert_eq!(function.texts(), ["first"]);
}

#[tokio::test]
async fn a_document_of_many_batches_is_written_whole() {
    let function = Function::start().await;
    let text: String = (0..300)
        .map(|n| format!("Sentence number {n} of the document. "))
        .collect();
    function.deliver(&[document(&text, None)]).await;
    let manifest = function
        .table()
        .manifest("handbook")
        .await
        .unwrap()
        .unwrap();
    assert!(manifest.chunk_count > 100);
    assert_eq!(function.texts().len(), manifest.chunk_count);
}

/// Cut off after some chunks were written, and before or after the switch.
#[tokio::test]
async fn a_run_that_was_cut_off_anywhere_is_made_good_by_the_next() {
    for switched in [false, true] {
        let function = Function::start().await;
        function.deliver(&[document(&long("old"), None)]).await;
        let table = function.table();
        let old = table.manifest("handbook").await.unwrap().unwrap();
        let version = Version::after(Some(&old.version), "cut off", "60/0");
        let text = ingestion::extract(
            &Declared::inline("text/plain"),
            long("orphan").as_bytes(),
            10_000,
        );
        let text = text.unwrap();
        let chunks = Chunker::new(60, 0).unwrap().chunks(&text);
        table
            .write_chunks("handbook", &version, &chunks)
            .await
            .unwrap();
        if switched {
            let manifest = Manifest {
                version,
                ..old.clone()
            };
            table
                .switch("handbook", &manifest, Some(&old.version))
                .await
                .unwrap();
        }
        let outcomes = function.deliver(&[document("new", None)]).await;
        assert_eq!(outcomes, [Outcome::Processed]);
        assert_eq!(function.texts(), ["new"]);
    }
}

#[tokio::test]
async fn a_worker_that_was_overtaken_cannot_switch() {
    let function = Function::start().await;
    function.deliver(&[document("one", None)]).await;
    let table = function.table();
    let seen = table.manifest("handbook").await.unwrap().unwrap();
    function.deliver(&[document("two", None)]).await;
    let version = Version::after(Some(&seen.version), "slow", "60/0");
    let manifest = Manifest {
        version,
        ..seen.clone()
    };
    let switched = table
        .switch("handbook", &manifest, Some(&seen.version))
        .await;
    assert!(matches!(switched, Err(ingestion::TableError::Replaced)));
    assert_eq!(function.texts(), ["two"]);
}

#[tokio::test]
async fn a_switch_whose_answer_was_lost_recognises_itself() {
    let function = Function::start().await;
    function.deliver(&[document("one", None)]).await;
    let table = function.table();
    let seen = table.manifest("handbook").await.unwrap().unwrap();
    let manifest = Manifest {
        version: Version::after(Some(&seen.version), "two", "60/0"),
        ..seen.clone()
    };
    for _ in 0..2 {
        table
            .switch("handbook", &manifest, Some(&seen.version))
            .await
            .unwrap();
    }
}

#[tokio::test]
async fn versions_of_one_document_in_one_batch_end_as_one_of_them() {
    let function = Function::start().await;
    let mut pending: Vec<_> = ["one", "two", "three"]
        .map(|text| document(text, None))
        .into();
    for _ in 0..5 {
        let outcomes = function.deliver(&pending).await;
        pending = pending
            .into_iter()
            .zip(outcomes)
            .filter_map(|(body, outcome)| outcome.is_reported().then_some(body))
            .collect();
    }
    assert!(pending.is_empty());
    assert_eq!(function.texts().len(), 1);
}

/// Ids like paths, like the table's own sort keys, and with what separates the parts of those.
#[tokio::test]
async fn a_document_id_is_a_name_and_nothing_else() {
    let function = Function::start().await;
    let ids = [
        "../../etc/passwd",
        "/etc/passwd",
        "C:\\secrets",
        "manifest",
        "chunk#0000000001-0#00000000",
        "handbook#manifest",
        "handbook/../other",
        "\u{0}",
    ];
    for id in ids {
        let mut body = document(&format!("text of {id}"), None);
        body["document_id"] = json!(id);
        assert_eq!(
            function.deliver(&[body]).await,
            [Outcome::Processed],
            "{id}"
        );
    }
    let current = function.table().current_chunks(10).await.unwrap();
    assert_eq!(current.documents.len(), ids.len());
    for id in ids {
        assert_eq!(
            current.documents[id][0].text,
            format!("text of {id}").trim()
        );
    }
}
