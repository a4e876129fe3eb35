//! Models of Bedrock and an index of S3 Vectors.

use ingestion::{ChunkName, Version};
use serde_json::{Value, json};
use tool_executor::{Tool, ToolError};

use crate::handbook::{BY_MEANING, BY_WORDS, DOCUMENTS};
use crate::world::{Setting, World};

const MODEL: Setting = ("EMBEDDINGS", "bedrock:cohere.embed-v4:0");
const INDEX: Setting = ("VECTORS", "s3vectors:vectors/chunks");
const SETTINGS: [&[Setting]; 2] = [&[MODEL], &[MODEL, INDEX]];

#[tokio::test]
async fn passages_are_found_by_what_they_mean() {
    for settings in SETTINGS {
        let world = World::start(settings).await;
        world.ingest(&DOCUMENTS).await;
        for (query, right) in BY_WORDS.into_iter().chain(BY_MEANING) {
            assert_eq!(world.first(query).await, right, "{query}");
        }
        let by_words = World::start(&[]).await;
        by_words.ingest(&DOCUMENTS).await;
        for (query, right) in BY_MEANING {
            assert_ne!(by_words.first(query).await, right, "{query}");
        }
    }
}

#[tokio::test]
async fn a_query_is_embedded_as_one_by_the_model_of_the_chunks() {
    let world = World::start(&[MODEL]).await;
    world.ingest(&DOCUMENTS[..1]).await;
    world.search("money").await;
    let models = world.models.world();
    let purpose = models
        .invocations
        .iter()
        .map(|(_, body)| &body["input_type"]);
    let purpose: Vec<_> = purpose.collect();
    assert_eq!(purpose, ["search_document", "search_query"]);
    assert_eq!(models.invocations[0].0, models.invocations[1].0);
}

/// Vectors of an old version, of one that was never switched to, and of none of any document.
#[tokio::test]
async fn vectors_of_versions_that_are_not_current_are_never_returned() {
    let mut world = World::start(&[MODEL, INDEX]).await;
    world.ingest(&[("a", "A refund."), ("b", "A lamp.")]).await;
    let old = world.models.world().vectors.clone();
    let manifest = world.table().manifest("a").await.unwrap().unwrap();
    world.ingest(&[("a", "A parcel.")]).await;
    let half_written = Version::after(Some(&manifest.version), "half", "written");
    let stray = |id: &str| {
        let name = ChunkName::of(id, &half_written, 0);
        let mut vector: Value = old.values().next().unwrap().clone();
        vector["metadata"]["document_id"] = json!(name.document_id);
        vector["metadata"]["chunk"] = json!(name.sort);
        vector
    };
    for id in ["a", "nowhere"] {
        let mut models = world.models.world();
        models.vectors.insert(id.to_owned(), stray(id));
    }
    world.models.world().vectors.extend(old);
    world.set(&[MODEL, INDEX]);
    let answer = world.search("reimbursed").await;
    assert!(
        !answer.contains("refund") && !answer.contains("nowhere"),
        "{answer}"
    );
    assert_eq!(world.first("package").await, "a");
}

/// The table is read every five seconds; in between, the index may know more.
#[tokio::test]
async fn a_document_that_was_not_read_is_looked_up_and_one_that_was_is_not_mixed() {
    let world = World::start(&[MODEL, INDEX]).await;
    world.ingest(&[("a", "A lamp that is old.")]).await;
    assert_eq!(world.first("bulb").await, "a");
    world
        .ingest(&[("a", "A lamp that is new."), ("b", "A holiday.")])
        .await;
    assert_eq!(world.first("vacation").await, "b");
    let answer = world.search("lamp").await;
    assert!(
        answer.contains("old") && !answer.contains("new"),
        "{answer}"
    );
}

#[tokio::test]
async fn a_model_or_index_out_of_order_is_a_call_to_try_again() {
    for fault in ["cohere", "QueryVectors"] {
        let world = World::start(&[MODEL, INDEX]).await;
        world.ingest(&DOCUMENTS[..1]).await;
        world
            .models
            .fail(fault, usize::MAX, 503, "ServiceUnavailableException");
        let answer = world.tool().call(json!({"query": "refund"})).await;
        assert!(matches!(answer, Err(ToolError::Unavailable(_))), "{fault}");
    }
}
