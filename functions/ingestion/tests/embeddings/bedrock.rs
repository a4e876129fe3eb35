//! Models of Bedrock: what they are asked, and what becomes of a document when they fail.

use lambda_queue::Outcome;
use lambda_queue_tests::Models;
use serde_json::json;

use crate::function::{Function, sentences};

const TITAN: [(&str, &str); 1] = [("EMBEDDINGS", "bedrock:amazon.titan-embed-text-v2:0")];
const COHERE: [(&str, &str); 2] = [
    ("EMBEDDINGS", "bedrock:eu.cohere.embed-v4:0"),
    ("EMBEDDING_DIMENSIONS", "256"),
];

/// Requests that were made, by their numbers of texts.
fn requests(models: &Models) -> Vec<usize> {
    let world = models.world();
    let texts = world.invocations.iter().map(|(_, body)| &body["texts"]);
    texts
        .map(|texts| texts.as_array().map_or(1, Vec::len))
        .collect()
}

#[tokio::test]
async fn titan_takes_one_text_a_request() {
    let function = Function::start(&TITAN).await;
    let (outcome, error) = function.ingest(&sentences(40)).await;
    assert_eq!(outcome, Outcome::Processed, "{error}");
    assert_eq!(requests(&function.models), vec![1; 40]);
    let (model, body) = function.models.world().invocations[0].clone();
    assert_eq!(model, "amazon.titan-embed-text-v2:0");
    let text = "Sentence number 0 of a document that is quite long.";
    assert_eq!(
        body,
        json!({"inputText": text, "dimensions": 1024, "normalize": true})
    );
    let current = function.table().current_chunks(10).await.unwrap();
    let vector = current.documents["handbook"][39]
        .embedding
        .as_ref()
        .unwrap();
    assert_eq!(vector.numbers().len(), 1024);
}

#[tokio::test]
async fn cohere_takes_96_texts_a_request() {
    let function = Function::start(&COHERE).await;
    let (outcome, error) = function.ingest(&sentences(500)).await;
    assert_eq!(outcome, Outcome::Processed, "{error}");
    let mut requests = requests(&function.models);
    requests.sort_unstable();
    assert_eq!(requests, [20, 96, 96, 96, 96, 96]);
    let (model, body) = function.models.world().invocations[0].clone();
    assert_eq!(model, "eu.cohere.embed-v4:0");
    assert_eq!(body["input_type"], "search_document");
    assert_eq!(body["output_dimension"], 256);
    assert_eq!(body["truncate"], "NONE");
    let manifest = function.manifest().await.unwrap();
    assert_eq!(
        manifest.embedding_model.as_deref(),
        Some("cohere.embed-v4:0/256")
    );
    assert_eq!(function.seen().await.len(), 500);
}

/// What version 3 knows not: other dimensions than its 1024.
#[tokio::test]
async fn version_3_of_cohere_is_asked_as_it_was_before_there_were_dimensions() {
    for model in ["cohere.embed-english-v3", "cohere.embed-multilingual-v3"] {
        let setting: &'static str = format!("bedrock:{model}").leak();
        let function = Function::start(&[("EMBEDDINGS", setting)]).await;
        let (outcome, error) = function.ingest(&sentences(100)).await;
        assert_eq!(outcome, Outcome::Processed, "{error}");
        assert_eq!(requests(&function.models).iter().sum::<usize>(), 100);
        let (asked, body) = function.models.world().invocations[0].clone();
        assert_eq!(asked, model);
        let texts = body["texts"].as_array().unwrap().len();
        assert!(texts <= 96, "{texts}");
        let mut body = body;
        body["texts"] = json!([]);
        assert_eq!(
            body,
            json!({
                "texts": [],
                "input_type": "search_document",
                "embedding_types": ["float"],
                "truncate": "NONE",
            })
        );
        let manifest = function.manifest().await.unwrap();
        let name = format!("{model}/1024");
        assert_eq!(manifest.embedding_model.as_deref(), Some(name.as_str()));
    }
}

#[tokio::test]
async fn every_chunk_has_the_vector_of_its_own_text() {
    let function = Function::start(&COHERE).await;
    let text = format!("{} A lamp. {}", sentences(150), sentences(150));
    function.ingest(&text).await;
    let current = function.table().current_chunks(10).await.unwrap();
    let chunks = &current.documents["handbook"];
    // The model gives lamps a dimension of their own.
    let lit = chunks
        .iter()
        .filter(|it| it.embedding.as_ref().unwrap().numbers()[2] > 0.5);
    let lit: Vec<_> = lit.map(|it| it.text.contains("lamp")).collect();
    assert_eq!(lit, [true]);
}

#[tokio::test]
async fn a_throttled_request_is_sent_again() {
    let function = Function::start(&TITAN).await;
    function.models.fail("titan", 4, 429, "ThrottlingException");
    let (outcome, error) = function.ingest("Some text.").await;
    assert_eq!(outcome, Outcome::Processed, "{error}");
    assert_eq!(requests(&function.models).len(), 5);
}

#[tokio::test]
async fn a_model_that_fails_for_long_costs_a_try_and_not_the_document() {
    for (status, code) in [
        (429, "ThrottlingException"),
        (503, "ServiceUnavailableException"),
        (403, "AccessDeniedException"),
        (408, "ModelTimeoutException"),
        (424, "ModelErrorException"),
    ] {
        let function = Function::start(&TITAN).await;
        function.ingest("The first text.").await;
        function.models.fail("second", usize::MAX, status, code);
        let (outcome, error) = function.ingest("The second text.").await;
        assert_eq!(outcome, Outcome::Retry, "{code}");
        assert!(
            error.contains("could not embed texts") && error.contains(code),
            "{error}"
        );
        assert_eq!(function.seen().await, ["The first text."]);
        function.models.world().faults.clear();
        let (outcome, error) = function.ingest("The second text.").await;
        assert_eq!(outcome, Outcome::Processed, "{error}");
        assert_eq!(function.seen().await, ["The second text."]);
    }
}

#[tokio::test]
async fn what_the_model_refuses_is_a_permanent_error_that_does_not_quote_it() {
    let function = Function::start(&TITAN).await;
    function
        .models
        .fail("secret", 1, 400, "ValidationException");
    let (outcome, error) = function.ingest("A secret text.").await;
    assert_eq!(outcome, Outcome::DeadLettered);
    assert_eq!(
        error,
        "amazon.titan-embed-text-v2:0/1024 refuses a text of 14 characters as not valid: it may be \
         more than the model takes; set CHUNK_SIZE lower"
    );
    assert!(function.manifest().await.is_none());
}

#[tokio::test]
async fn vectors_of_other_dimensions_are_refused_with_the_remedy() {
    let function = Function::start(&COHERE).await;
    function.models.world().dimensions = Some(512);
    let (outcome, error) = function.ingest("Some text.").await;
    assert_eq!(outcome, Outcome::DeadLettered);
    assert_eq!(
        error,
        "cohere.embed-v4:0/256 gave a vector of 512 dimensions, not of 256; set EMBEDDING_DIMENSIONS"
    );
    assert!(function.chunks().is_empty());
}

#[tokio::test]
async fn a_missing_vector_is_noticed() {
    let function = Function::start(&COHERE).await;
    function.models.world().forgetful = true;
    let (outcome, error) = function.ingest(&sentences(3)).await;
    assert_eq!(outcome, Outcome::Retry);
    assert_eq!(error, "cohere.embed-v4:0/256 gave 2 vectors for 3 texts");
}

/// Of 600 chunks, 480 are embedded and written together; then a request of the rest fails.
#[tokio::test]
async fn after_one_of_many_requests_failed_only_the_rest_is_embedded_again() {
    let function = Function::start(&COHERE).await;
    function
        .models
        .fail("number 599 ", usize::MAX, 429, "ThrottlingException");
    let (outcome, _) = function.ingest(&sentences(600)).await;
    assert_eq!(outcome, Outcome::Retry);
    assert!(
        function.manifest().await.is_none(),
        "half a document is none"
    );
    assert_eq!(function.seen().await, [""; 0]);
    function.models.world().faults.clear();
    function.models.world().invocations.clear();
    let (outcome, error) = function.ingest(&sentences(600)).await;
    assert_eq!(outcome, Outcome::Processed, "{error}");
    let mut again = requests(&function.models);
    again.sort_unstable();
    assert_eq!(again, [24, 96]);
    assert_eq!(function.seen().await.len(), 600);
    let chunks = function.chunks();
    assert!(chunks.iter().all(|chunk| chunk["embedding"].is_object()));
}
