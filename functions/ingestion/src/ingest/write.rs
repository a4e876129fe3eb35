//! Writing the chunks of a version, with their vectors.

use std::collections::HashSet;

use lambda_queue::{Classify, HandlerError};

use super::Ingestion;
use crate::table::{ChunkName, Embedded, WrittenChunk};
use crate::vectors::{Embedding, IndexError};
use crate::{Chunk, EmbedError, Version};

/// How many chunks are embedded before they are written: five requests of the models that take many
/// texts, one of the index. It bounds the vectors in memory, and what a run that is cut off repeats.
const GROUP: usize = 480;

impl Ingestion {
    /// Writes chunks; `written` are those of the document that are there already. A run that was cut
    /// off does not pay for its vectors twice.
    pub(super) async fn write(
        &self,
        document_id: &str,
        version: &Version,
        chunks: &[Chunk],
        written: &[WrittenChunk],
    ) -> Result<(), HandlerError> {
        let Some(embedding) = &self.embedding else {
            let write = self.table.write_chunks(document_id, version, chunks);
            return Ok(write.await?);
        };
        let written: HashSet<_> = written
            .iter()
            .map(|it| (it.name.sort.as_str(), it.content_hash.as_str()))
            .collect();
        let named = |chunk: &Chunk| ChunkName::of(document_id, version, chunk.ordinal);
        let is_written = |name: &ChunkName, chunk: &Chunk| {
            written.contains(&(name.sort.as_str(), chunk.hash.as_str()))
        };
        for group in chunks.chunks(GROUP) {
            let named: Vec<_> = group.iter().map(|chunk| (named(chunk), chunk)).collect();
            let earlier = named.iter().filter(|(name, chunk)| is_written(name, chunk));
            let earlier = earlier.map(|(name, _)| name.clone()).collect();
            let done = embedding.present(earlier).await.or_else(index_failed)?;
            let missing = named.into_iter().filter(|(name, _)| !done.contains(name));
            self.write_group(embedding, version, missing.collect())
                .await?;
        }
        Ok(())
    }

    async fn write_group(
        &self,
        embedding: &Embedding,
        version: &Version,
        chunks: Vec<(ChunkName, &Chunk)>,
    ) -> Result<(), HandlerError> {
        let Some((ChunkName { document_id, .. }, _)) = chunks.first() else {
            return Ok(());
        };
        let texts: Vec<_> = chunks.iter().map(|(_, it)| it.text.as_str()).collect();
        let vectors = embedding.embed(&texts).await.or_else(embedding_failed)?;
        let embedded = chunks.iter().zip(&vectors).map(|((_, chunk), vector)| {
            let embedded = Embedded {
                model: embedding.model(),
                vector: embedding.in_items().then_some(vector),
            };
            (*chunk, Some(embedded))
        });
        let embedded: Vec<_> = embedded.collect();
        self.table
            .write_embedded(document_id, version, &embedded)
            .await?;
        let names = chunks.into_iter().map(|(name, _)| name);
        let named: Vec<_> = names.zip(vectors).collect();
        embedding.put(&named).await.or_else(index_failed)
    }

    /// Deletes chunks of versions that are not current, and before them their vectors.
    pub(super) async fn delete(
        &self,
        document_id: &str,
        chunks: &[WrittenChunk],
    ) -> Result<(), HandlerError> {
        if let Some(embedding) = &self.embedding {
            let names: Vec<_> = chunks.iter().map(|it| it.name.clone()).collect();
            embedding.delete(&names).await.or_else(index_failed)?;
        }
        Ok(self.table.delete_chunks(document_id, chunks).await?)
    }
}

fn embedding_failed<T>(error: EmbedError) -> Result<T, HandlerError> {
    let permanent = error.is_permanent();
    if permanent {
        Err(error).permanent()
    } else {
        Err(error).retryable()
    }
}

fn index_failed<T>(error: IndexError) -> Result<T, HandlerError> {
    let permanent = error.is_permanent();
    if permanent {
        Err(error).permanent()
    } else {
        Err(error).retryable()
    }
}
