//! `search_documents` over documents that ingestion has stored: by words, and by meaning.

#![allow(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

mod handbook;
#[cfg(feature = "embeddings")]
mod meaning;
mod world;

use serde_json::json;
use tool_executor::Tool;

use world::World;

#[tokio::test]
async fn the_right_passage_comes_first_for_every_query_by_words() {
    let world = World::start(&[]).await;
    world.ingest(&handbook::DOCUMENTS).await;
    for (query, right) in handbook::BY_WORDS {
        assert_eq!(world.first(query).await, right, "{query}");
    }
}

#[tokio::test]
async fn the_right_passage_comes_first_with_the_local_model_too() {
    let world = World::start(&[("EMBEDDINGS", "local")]).await;
    world.ingest(&handbook::DOCUMENTS).await;
    for (query, right) in handbook::BY_WORDS {
        assert_eq!(world.first(query).await, right, "{query}");
    }
}

#[tokio::test]
async fn chunks_of_another_model_are_found_by_words_only_and_the_answer_says_so() {
    let mut world = World::start(&[]).await;
    world.ingest(&handbook::DOCUMENTS).await;
    world.set(&[("EMBEDDINGS", "local")]);
    let answer = world.search("lamplight").await;
    let count = handbook::DOCUMENTS.len();
    assert_eq!(
        answer,
        format!(
            "No passage has anything in common with the query. Try other words.\n\n[{count} passages \
             can be found by their words only]"
        )
    );
    assert_eq!(world.first("lamp").await, "lamps");
    world.ingest(&[("new", "About lamplight.")]).await;
    world.set(&[("EMBEDDINGS", "local")]);
    assert_eq!(world.first("lamplit").await, "new");
    world.set(&[("EMBEDDINGS", "local"), ("EMBEDDING_DIMENSIONS", "512")]);
    let answer = world.search("lamplit").await;
    assert!(!answer.contains("document `new`"), "{answer}");
}

#[tokio::test]
async fn a_replaced_document_is_found_by_its_new_text_only() {
    let mut world = World::start(&[("EMBEDDINGS", "local")]).await;
    world.ingest(&[("a", "All about lamps.")]).await;
    world.ingest(&[("a", "All about trees.")]).await;
    world.set(&[("EMBEDDINGS", "local")]);
    let answer = world.search("about lamps and trees").await;
    assert!(
        answer.contains("trees.") && !answer.contains("lamps."),
        "{answer}"
    );
}

#[tokio::test]
async fn the_model_is_told_what_it_can_search_by() {
    let by_words = World::start(&[]).await;
    let by_meaning = World::start(&[("EMBEDDINGS", "local")]).await;
    assert!(
        by_words
            .tool()
            .spec()
            .description
            .contains("contain the words")
    );
    assert!(
        by_meaning
            .tool()
            .spec()
            .description
            .contains("by its meaning")
    );
    let schema = json!(by_words.tool().spec().arguments);
    assert_eq!(schema, by_meaning.tool().spec().arguments);
}
