//! Amazon Titan Text Embeddings V2: one text a request.
//!
//! <https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-titan-embed-text.html>

use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Deserialize)]
struct Answer {
    embedding: Vec<f32>,
}

pub(super) fn request(texts: &[&str], dimensions: usize) -> Value {
    json!({"inputText": texts.concat(), "dimensions": dimensions, "normalize": true})
}

pub(super) fn vectors(answer: &[u8]) -> serde_json::Result<Vec<Vec<f32>>> {
    let answer: Answer = serde_json::from_slice(answer)?;
    Ok(vec![answer.embedding])
}
