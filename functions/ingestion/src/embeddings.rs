//! Texts as vectors, which are near each other where the texts are about the same.

#[cfg(feature = "embeddings")]
mod bedrock;
mod error;
mod local;
mod model;
mod settings;
mod vector;

use aws_config::SdkConfig;

pub use error::EmbedError;
pub(crate) use model::Model;
pub use settings::EmbeddingSettings;
pub(crate) use settings::VectorPlace;
pub use vector::Vector;

/// What a text is embedded for: some models tell the two apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// To be found.
    Document,
    /// To find others.
    Query,
}

/// Makes vectors with one model.
#[derive(Clone)]
pub(crate) struct Embedder {
    name: String,
    maker: Maker,
}

#[derive(Clone)]
enum Maker {
    Local(usize),
    #[cfg(feature = "embeddings")]
    Bedrock(bedrock::Bedrock),
}

impl Embedder {
    /// An embedder for a model.
    pub(crate) fn new(model: &Model, aws: &SdkConfig) -> Self {
        Self {
            name: model.name(),
            maker: maker(model, aws),
        }
    }

    /// The name that vectors are kept under. Those of different names cannot be compared.
    pub(crate) fn model(&self) -> &str {
        &self.name
    }

    /// The vectors of texts, in the order of the texts.
    ///
    /// # Errors
    /// The model refuses a text, does not answer, or answers with something else.
    #[cfg_attr(
        not(feature = "embeddings"),
        expect(unused_variables, reason = "the local model has one purpose")
    )]
    pub(crate) async fn embed(
        &self,
        texts: &[&str],
        purpose: Purpose,
    ) -> Result<Vec<Vector>, EmbedError> {
        match &self.maker {
            Maker::Local(dimensions) => texts
                .iter()
                .map(|text| local::embed(text, *dimensions).ok_or(EmbedError::NotAVector))
                .collect(),
            #[cfg(feature = "embeddings")]
            Maker::Bedrock(bedrock) => bedrock.embed(texts, purpose).await,
        }
    }
}

#[cfg_attr(
    not(feature = "embeddings"),
    expect(unused_variables, reason = "the local model needs no client")
)]
fn maker(model: &Model, aws: &SdkConfig) -> Maker {
    match model.bedrock() {
        #[cfg(feature = "embeddings")]
        Some(on_bedrock) => Maker::Bedrock(bedrock::Bedrock::new(model, on_bedrock, aws)),
        // Without the feature, settings that name a model of Bedrock are refused.
        _ => Maker::Local(model.dimensions()),
    }
}
