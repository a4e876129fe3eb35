//! The model for development, and what holds for every model.

use lambda_queue::Outcome;

use crate::function::{Function, sentences};

const LOCAL: [(&str, &str); 1] = [("EMBEDDINGS", "local")];

#[tokio::test]
async fn vectors_are_in_the_items_of_their_chunks_under_the_name_of_their_model() {
    let function = Function::start(&LOCAL).await;
    let (outcome, error) = function.ingest(&sentences(30)).await;
    assert_eq!(outcome, Outcome::Processed, "{error}");
    let manifest = function.manifest().await.unwrap();
    let name = "local-hash-v1/256 (for development)";
    assert_eq!(manifest.embedding_model.as_deref(), Some(name));
    let current = function.table().current_chunks(10).await.unwrap();
    let chunks = &current.documents["handbook"];
    assert!(chunks.len() > 25);
    for chunk in chunks {
        assert_eq!(chunk.embedding_model.as_deref(), Some(name));
        let vector = chunk.embedding.as_ref().unwrap();
        assert_eq!(vector.numbers().len(), 256);
        assert!((vector.cosine(vector) - 1.0).abs() < 1e-4);
    }
}

#[tokio::test]
async fn the_same_document_has_the_same_vectors_anywhere() {
    let mut items = Vec::new();
    for _ in 0..2 {
        let function = Function::start(&LOCAL).await;
        function.ingest(&sentences(3)).await;
        items.push(function.chunks());
    }
    assert_eq!(items[0], items[1]);
}

#[tokio::test]
async fn without_embeddings_nothing_is_kept_of_them() {
    let function = Function::start(&[]).await;
    function.ingest("Some text.").await;
    assert_eq!(function.manifest().await.unwrap().embedding_model, None);
    assert!(function.chunks()[0].get("embedding_model").is_none());
    assert!(function.models.world().invocations.is_empty());
}

#[tokio::test]
async fn another_model_makes_another_version() {
    let mut function = Function::start(&[]).await;
    function.ingest("Some text.").await;
    let before = function.manifest().await.unwrap();
    function.set(&LOCAL);
    let (outcome, _) = function.ingest("Some text.").await;
    assert_eq!(outcome, Outcome::Processed);
    let after = function.manifest().await.unwrap();
    assert_ne!(before.version, after.version);
    assert_eq!(function.seen().await, ["Some text."]);
    assert_eq!(function.chunks().len(), 1);
    assert!(function.chunks()[0]["embedding"].is_object());
}
