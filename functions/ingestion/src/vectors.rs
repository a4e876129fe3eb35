//! Vectors of chunks: made, kept, found.
//!
//! They are in the items of their chunks, or in an index of Amazon S3 Vectors under a key that is
//! made of the document's id and the chunk's sort key. An item is written before its vector and
//! deleted after it, so that what a run leaves over is found by its items. (Two runs that cross may
//! still leave a vector.) A vector in the index says nothing of whether its chunk is current: that
//! is asked of the table.

mod error;
#[cfg(feature = "embeddings")]
mod s3_vectors;

use std::collections::HashSet;

use aws_config::SdkConfig;

use crate::embeddings::{EmbedError, Embedder, EmbeddingSettings, Purpose, Vector, VectorPlace};
use crate::table::ChunkName;
pub use error::IndexError;

/// A model, and where the vectors it makes are kept.
#[derive(Clone)]
pub struct Embedding {
    embedder: Embedder,
    settings: String,
    place: Place,
}

#[derive(Clone)]
enum Place {
    Items,
    #[cfg(feature = "embeddings")]
    Index(s3_vectors::Index),
}

impl Embedding {
    /// What the settings say, with clients for it.
    pub fn new(settings: &EmbeddingSettings, aws: &SdkConfig) -> Self {
        let embedder = Embedder::new(settings.model(), aws);
        Self {
            settings: format!("{}@{}", embedder.model(), settings.vectors()),
            embedder,
            place: place(settings.vectors(), aws),
        }
    }

    /// The name of the model: vectors are compared with those of the same name only.
    pub fn model(&self) -> &str {
        self.embedder.model()
    }

    /// The vector of what is searched for.
    ///
    /// # Errors
    /// The model does not answer, or refuses the text.
    pub async fn query(&self, text: &str) -> Result<Vector, EmbedError> {
        let vectors = self.embedder.embed(&[text], Purpose::Query).await?;
        vectors.into_iter().next().ok_or(EmbedError::NotAVector)
    }

    /// What, besides the content, decides what is kept of a document.
    pub(crate) fn settings(&self) -> &str {
        &self.settings
    }

    /// Whether vectors are in the items of their chunks.
    pub(crate) fn in_items(&self) -> bool {
        matches!(self.place, Place::Items)
    }

    /// The vectors of chunks, in order.
    pub(crate) async fn embed(&self, texts: &[&str]) -> Result<Vec<Vector>, EmbedError> {
        self.embedder.embed(texts, Purpose::Document).await
    }
}

/// What an index does, and items do without.
#[cfg_attr(
    not(feature = "embeddings"),
    expect(unused_variables, reason = "only an index needs them")
)]
impl Embedding {
    /// The chunks whose vectors are nearest to this one, the nearest first, also of versions that
    /// are not or no longer current; nothing where vectors are in items.
    ///
    /// # Errors
    /// The index does not answer.
    pub async fn nearest(
        &self,
        query: &Vector,
        limit: u8,
    ) -> Result<Option<Vec<ChunkName>>, IndexError> {
        match &self.place {
            Place::Items => Ok(None),
            #[cfg(feature = "embeddings")]
            Place::Index(index) => index.nearest(query, self.model(), limit).await.map(Some),
        }
    }

    /// Puts vectors into the index.
    pub(crate) async fn put(&self, vectors: &[(ChunkName, Vector)]) -> Result<(), IndexError> {
        match &self.place {
            Place::Items => Ok(()),
            #[cfg(feature = "embeddings")]
            Place::Index(index) => index.put(vectors, self.model()).await,
        }
    }

    /// Which of these chunks, whose items are written, have their vectors.
    pub(crate) async fn present(
        &self,
        chunks: Vec<ChunkName>,
    ) -> Result<HashSet<ChunkName>, IndexError> {
        match &self.place {
            Place::Items => Ok(chunks.into_iter().collect()),
            #[cfg(feature = "embeddings")]
            Place::Index(index) => index.present(chunks).await,
        }
    }

    /// Deletes the vectors of chunks from the index.
    pub(crate) async fn delete(&self, chunks: &[ChunkName]) -> Result<(), IndexError> {
        match &self.place {
            Place::Items => Ok(()),
            #[cfg(feature = "embeddings")]
            Place::Index(index) => index.delete(chunks).await,
        }
    }
}

#[cfg(feature = "embeddings")]
fn place(place: &VectorPlace, aws: &SdkConfig) -> Place {
    match place {
        VectorPlace::Item => Place::Items,
        VectorPlace::S3Vectors { bucket, index } => {
            Place::Index(s3_vectors::Index::new(bucket, index, aws))
        }
    }
}

/// Without the feature, settings that name an index are refused.
#[cfg(not(feature = "embeddings"))]
fn place(_: &VectorPlace, _: &SdkConfig) -> Place {
    Place::Items
}
