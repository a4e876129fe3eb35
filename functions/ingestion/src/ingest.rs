//! The handler: one document from message to table.

use std::sync::Arc;

use lambda_queue::{Classify, Handler, HandlerError, MessageContext};
use tracing::info;

use crate::text::{ExtractError, extract};
use crate::{Chunk, Chunker, Document, DocumentsTable, Manifest, Source, Version};

/// Ingests documents.
#[derive(Clone)]
pub struct Ingestion {
    table: DocumentsTable,
    chunker: Arc<Chunker>,
}

impl Ingestion {
    /// A handler that cuts documents with `chunker` and keeps them in `table`.
    pub fn new(table: DocumentsTable, chunker: Chunker) -> Self {
        Self {
            table,
            chunker: Arc::new(chunker),
        }
    }

    /// Replaces the document with what the message says.
    ///
    /// It can be cut off anywhere and run again. Until the switch, readers have the old version;
    /// after it, the new one, and never a mix. What a cut-off run wrote is among the old chunks of
    /// the next run. Only chunks listed *before* the switch are deleted, and only after it
    /// succeeded: a version in the making by another worker, which is built on the same manifest
    /// and therefore cannot be switched to any more, is all they can belong to.
    async fn replace(&self, document: Document) -> Result<(), HandlerError> {
        document.validate().permanent()?;
        let id = document.document_id.clone();
        let content_hash = document.content_hash();
        let Source::Inline(inline) = document.source;
        let content_type = inline.content_type.clone();
        let chunks = self.cut(inline.content_type, inline.text).await?;

        let current = self.table.manifest(&id).await?;
        let previous = current.map(|manifest| manifest.version);
        let settings = self.chunker.settings();
        let version = Version::after(previous.as_ref(), &content_hash, &settings);
        let old = self.table.other_chunks(&id, &version).await?;
        self.table.write_chunks(&id, &version, &chunks).await?;
        let manifest = Manifest {
            version,
            chunk_count: chunks.len(),
            content_hash,
            content_type,
            ingested_from: "inline".to_owned(),
            metadata: document.metadata,
        };
        self.table.switch(&id, &manifest, previous.as_ref()).await?;
        self.table.delete_chunks(&id, &old).await?;
        info!(
            document_id = id,
            version = %manifest.version,
            chunks = chunks.len(),
            deleted = old.len(),
            "document ingested"
        );
        Ok(())
    }

    /// Parsing and cutting keep a core busy, and the handlers of a batch share one task.
    async fn cut(&self, content_type: String, text: String) -> Result<Vec<Chunk>, HandlerError> {
        let chunker = Arc::clone(&self.chunker);
        let cut = tokio::task::spawn_blocking(move || -> Result<_, ExtractError> {
            Ok(chunker.chunks(&extract(&content_type, text)?))
        });
        cut.await?.permanent()
    }
}

impl Handler<Document> for Ingestion {
    type Output = ();

    async fn handle(&self, document: Document, _: MessageContext) -> Result<(), HandlerError> {
        self.replace(document).await
    }
}
