//! Vectors in an index of S3 Vectors: there when the document is, and gone with it.

use lambda_queue::Outcome;
use serde_json::{Value, json};

use crate::function::{Function, sentences};

const INDEX: [(&str, &str); 3] = [
    ("DOCUMENTS_BUCKET", "documents"),
    ("EMBEDDINGS", "local"),
    ("VECTORS", "s3vectors:vectors/chunks"),
];

/// The chunks that vectors are of, as document id and sort key.
fn vectors(function: &Function) -> Vec<(Value, Value)> {
    let world = function.models.world();
    let metadata = world.vectors.values().map(|it| &it["metadata"]);
    let mut names: Vec<_> = metadata
        .map(|it| (it["document_id"].clone(), it["chunk"].clone()))
        .collect();
    names.sort_by_key(|(id, sort)| format!("{id}{sort}"));
    names
}

/// The chunks in the table, in the same way.
fn chunks(function: &Function) -> Vec<(Value, Value)> {
    let chunks = function.chunks();
    let name = |item: &Value| (item["document_id"]["S"].clone(), item["sort"]["S"].clone());
    chunks.iter().map(name).collect()
}

fn operations(function: &Function) -> Vec<String> {
    let world = function.models.world();
    world
        .requests
        .iter()
        .map(|(name, _)| name.clone())
        .collect()
}

#[tokio::test]
async fn each_chunk_has_a_vector_in_the_index_and_none_in_its_item() {
    let function = Function::start(&INDEX).await;
    let (outcome, error) = function.ingest(&sentences(600)).await;
    assert_eq!(outcome, Outcome::Processed, "{error}");
    assert_eq!(vectors(&function), chunks(&function));
    assert!(
        function
            .chunks()
            .iter()
            .all(|it| it.get("embedding").is_none())
    );
    let world = function.models.world();
    let (operation, body) = &world.requests[0];
    assert_eq!(operation, "PutVectors");
    assert_eq!(body["vectorBucketName"], "vectors");
    assert_eq!(body["indexName"], "chunks");
    assert_eq!(body["vectors"].as_array().unwrap().len(), 480);
    let vector = &body["vectors"][0];
    assert_eq!(vector["data"]["float32"].as_array().unwrap().len(), 256);
    assert_eq!(
        vector["metadata"]["model"],
        json!("local-hash-v1/256 (for development)")
    );
    assert!(vector["key"].as_str().unwrap().len() < 200);
}

#[tokio::test]
async fn the_vectors_of_an_old_version_go_with_it() {
    let function = Function::start(&INDEX).await;
    function.ingest(&sentences(600)).await;
    let (outcome, error) = function.ingest("All new.").await;
    assert_eq!(outcome, Outcome::Processed, "{error}");
    assert_eq!(vectors(&function).len(), 1);
    assert_eq!(vectors(&function), chunks(&function));
    assert!(operations(&function).ends_with(&["DeleteVectors".into(), "DeleteVectors".into()]));
}

#[tokio::test]
async fn a_removed_object_leaves_no_vector() {
    let function = Function::start(&INDEX).await;
    let source = json!({"inline": {"content_type": "text/plain", "text": "Some text."}});
    let id = "s3://documents/a.txt";
    function
        .deliver(&json!({"document_id": id, "source": source}))
        .await;
    assert_eq!(vectors(&function).len(), 1);
    let object =
        json!({"bucket": {"name": "documents"}, "object": {"key": "a.txt", "sequencer": "01"}});
    let record =
        json!({"eventSource": "aws:s3", "eventName": "ObjectRemoved:Delete", "s3": object});
    let (outcome, error) = function.deliver(&json!({"Records": [record]})).await;
    assert_eq!(outcome, Outcome::Processed, "{error}");
    assert!(vectors(&function).is_empty());
}

#[tokio::test]
async fn vectors_that_could_not_be_put_are_put_by_the_next_try_and_no_others() {
    let function = Function::start(&INDEX).await;
    function.ingest("The old text.").await;
    // The last chunk is in the second group of the document.
    function
        .models
        .fail("00000599", usize::MAX, 503, "ServiceUnavailableException");
    let (outcome, error) = function.ingest(&sentences(600)).await;
    assert_eq!(outcome, Outcome::Retry);
    assert!(
        error.starts_with("the vector index vectors/chunks could not take vectors"),
        "{error}"
    );
    assert_eq!(function.seen().await, ["The old text."]);
    function.models.world().faults.clear();
    function.models.world().requests.clear();
    let (outcome, error) = function.ingest(&sentences(600)).await;
    assert_eq!(outcome, Outcome::Processed, "{error}");
    assert_eq!(vectors(&function), chunks(&function));
    let world = function.models.world();
    let put = world
        .requests
        .iter()
        .filter(|(name, _)| name == "PutVectors");
    let put: Vec<_> = put
        .map(|(_, body)| body["vectors"].as_array().unwrap().len())
        .collect();
    assert_eq!(put, [120]);
}

#[tokio::test]
async fn vectors_that_could_not_be_deleted_are_deleted_by_the_next_try() {
    let function = Function::start(&INDEX).await;
    function.ingest("The old text.").await;
    function
        .models
        .fail("DeleteVectors", usize::MAX, 429, "TooManyRequestsException");
    let (outcome, _) = function.ingest("The new text.").await;
    assert_eq!(outcome, Outcome::Retry);
    // Switched already: what is left over is not seen.
    assert_eq!(function.seen().await, ["The new text."]);
    function.models.world().faults.clear();
    let (outcome, error) = function.ingest("The new text.").await;
    assert_eq!(outcome, Outcome::Processed, "{error}");
    assert_eq!(function.seen().await, ["The new text."]);
    assert_eq!(vectors(&function), chunks(&function));
}

#[tokio::test]
async fn an_index_that_does_not_fit_the_model_says_so() {
    let function = Function::start(&INDEX).await;
    function
        .models
        .fail("PutVectors", 1, 400, "ValidationException");
    let (outcome, error) = function.ingest("Some text.").await;
    assert_eq!(outcome, Outcome::DeadLettered);
    assert_eq!(
        error,
        "the vector index vectors/chunks cannot take vectors: the request is not valid for it; it \
         must have the dimensions of the model, 256, and `model` must be filterable"
    );
}
