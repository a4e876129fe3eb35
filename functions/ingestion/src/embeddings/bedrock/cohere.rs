//! Cohere Embed, versions 3 and 4: many texts a request.
//!
//! <https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-embed.html>

use serde::Deserialize;
use serde_json::{Value, json};

use super::Purpose;

/// The most texts a request can have.
pub(super) const MAX_TEXTS: usize = 96;

#[derive(Deserialize)]
struct Answer {
    embeddings: Embeddings,
}

#[derive(Deserialize)]
struct Embeddings {
    float: Vec<Vec<f32>>,
}

pub(super) fn request(texts: &[&str], purpose: Purpose, dimensions: Option<usize>) -> Value {
    let purpose = match purpose {
        Purpose::Document => "search_document",
        Purpose::Query => "search_query",
    };
    let mut body = json!({
        "texts": texts,
        "input_type": purpose,
        "embedding_types": ["float"],
        // Half a chunk must not pass for a whole one.
        "truncate": "NONE",
    });
    if let Some(dimensions) = dimensions {
        body["output_dimension"] = dimensions.into();
    }
    body
}

pub(super) fn vectors(answer: &[u8]) -> serde_json::Result<Vec<Vec<f32>>> {
    let answer: Answer = serde_json::from_slice(answer)?;
    Ok(answer.embeddings.float)
}
