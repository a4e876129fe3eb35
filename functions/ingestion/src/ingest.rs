//! The handler: one message, from body to table.

mod parse;
mod write;

use std::sync::Arc;

use lambda_queue::{Classify, Handler, HandlerError, MessageContext};
use serde_json::{Map, Value};
use tracing::info;

use crate::document::{S3Object, Source, content_hash};
use crate::notification::{Change, Event};
use crate::text::{Declared, ExtractError, extract_unless};
use crate::{
    Buckets, Chunk, Chunker, Document, DocumentsTable, Embedding, Incoming, Manifest, Sequencer,
    Version,
};

/// Ingests documents.
#[derive(Clone)]
pub struct Ingestion {
    table: DocumentsTable,
    buckets: Buckets,
    chunker: Arc<Chunker>,
    embedding: Option<Embedding>,
}

/// A document that is there, and what is to be remembered of where it came from.
struct Loaded {
    id: String,
    declared: Declared,
    content_type: String,
    content: Vec<u8>,
    from: String,
    sequencer: Option<Sequencer>,
    metadata: Map<String, Value>,
}

impl Ingestion {
    /// A handler that takes documents from messages and `buckets`, cuts them with `chunker` and
    /// keeps them in `table`.
    pub fn new(table: DocumentsTable, buckets: Buckets, chunker: Chunker) -> Self {
        Self {
            table,
            buckets,
            chunker: Arc::new(chunker),
            embedding: None,
        }
    }

    /// Keeps vectors of the chunks as well.
    pub fn embedding(self, embedding: Embedding) -> Self {
        Self {
            embedding: Some(embedding),
            ..self
        }
    }

    async fn document(&self, document: Document) -> Result<(), HandlerError> {
        document.validate().permanent()?;
        let loaded = match document.source {
            Source::Inline(inline) => Loaded {
                id: document.document_id,
                declared: Declared::inline(&inline.content_type),
                content_type: inline.content_type,
                content: inline.text.into_bytes(),
                from: "inline".to_owned(),
                sequencer: None,
                metadata: document.metadata,
            },
            Source::S3(object) => {
                let loaded = self.load(document.document_id, &object).await?;
                Loaded {
                    metadata: document.metadata,
                    ..loaded
                }
            }
        };
        self.ingest(loaded).await
    }

    /// Makes the document what the object is now. Events may come late: of an object's older event,
    /// there is nothing to do. One as old as what is stored is done again, as the run that stored it
    /// may have been cut off before the old chunks were deleted.
    async fn event(&self, event: Event) -> Result<(), HandlerError> {
        // Whoever sends a message may call it S3's: what is removed is asked about as well.
        self.buckets.check(&event.object).permanent()?;
        let id = event.document_id();
        // Before the download, as an older version may be gone already; the switch sees what
        // happens in between.
        let stored = self.table.manifest(&id).await?;
        if is_late(event.sequencer.as_ref(), stored.as_ref()) {
            info!(document_id = id, "nothing to do: a later event was handled");
            return Ok(());
        }
        match event.change {
            // What consoles create to show a folder.
            Change::Created if event.object.key.ends_with('/') => {
                info!(document_id = id, "nothing to do: the object is a folder");
                Ok(())
            }
            Change::Created => {
                let loaded = self.load(id, &event.object).await?;
                let sequencer = event.sequencer;
                self.ingest(Loaded {
                    sequencer,
                    ..loaded
                })
                .await
            }
            Change::Removed => {
                let from = format!("{} (removed)", event.object);
                let removed = Loaded::nothing(id, from, event.sequencer);
                let hash = removed.content_hash();
                self.replace(removed, Vec::new(), hash).await
            }
            Change::Other(change) => {
                info!(
                    document_id = id,
                    change, "nothing to do: the event is of no interest"
                );
                Ok(())
            }
        }
    }

    async fn load(&self, id: String, object: &S3Object) -> Result<Loaded, HandlerError> {
        let fetched = self.buckets.fetch(object).await?;
        if fetched.content.is_empty() {
            return Err(ExtractError::Empty).permanent();
        }
        Ok(Loaded {
            declared: Declared::object(fetched.content_type.as_deref(), &object.key),
            content_type: fetched.content_type.unwrap_or_default(),
            content: fetched.content,
            ..Loaded::nothing(id, object.to_string(), None)
        })
    }

    async fn ingest(&self, mut loaded: Loaded) -> Result<(), HandlerError> {
        let content_hash = loaded.content_hash();
        let content = std::mem::take(&mut loaded.content);
        let chunks = self.cut(loaded.declared.clone(), content).await?;
        self.replace(loaded, chunks, content_hash).await
    }

    /// Replaces the document's chunks with these.
    ///
    /// It can be cut off anywhere and run again. Until the switch, readers have the old version;
    /// after it, the new one, and never a mix. What a cut-off run wrote is among the old chunks of
    /// the next run. Only chunks listed *before* the switch are deleted, and only after it
    /// succeeded: a version in the making by another worker, which is built on the same manifest
    /// and therefore cannot be switched to any more, is all they can belong to.
    async fn replace(
        &self,
        loaded: Loaded,
        chunks: Vec<Chunk>,
        content_hash: String,
    ) -> Result<(), HandlerError> {
        let id = loaded.id;
        let current = self.table.manifest(&id).await?;
        if is_late(loaded.sequencer.as_ref(), current.as_ref()) {
            info!(document_id = id, "nothing to do: a later event was handled");
            return Ok(());
        }
        let previous = current.map(|manifest| manifest.version);
        let version = Version::after(previous.as_ref(), &content_hash, &self.settings());
        let written = self.table.written_chunks(&id).await?;
        let (own, old): (Vec<_>, Vec<_>) = written.into_iter().partition(|it| it.is_of(&version));
        self.write(&id, &version, &chunks, &own).await?;
        let manifest = Manifest {
            version,
            chunk_count: chunks.len(),
            content_hash,
            content_type: loaded.content_type,
            ingested_from: loaded.from,
            sequencer: loaded.sequencer,
            embedding_model: self.embedding.as_ref().map(|it| it.model().to_owned()),
            metadata: loaded.metadata,
        };
        self.table.switch(&id, &manifest, previous.as_ref()).await?;
        self.delete(&id, &old).await?;
        info!(
            document_id = id,
            version = %manifest.version,
            chunks = chunks.len(),
            deleted = old.len(),
            embedding_model = manifest.embedding_model,
            "document ingested"
        );
        Ok(())
    }

    /// What, besides the content, decides what a version is.
    fn settings(&self) -> String {
        let chunks = self.chunker.settings();
        match &self.embedding {
            None => chunks,
            Some(embedding) => format!("{chunks}/{}", embedding.settings()),
        }
    }

    /// From content to chunks. Between the steps of both it is asked whether anybody still waits:
    /// a document that is given up costs no more than the step it is in.
    async fn cut(&self, declared: Declared, content: Vec<u8>) -> Result<Vec<Chunk>, HandlerError> {
        let chunker = Arc::clone(&self.chunker);
        let max_bytes = self.buckets.max_bytes();
        let cut = parse::parse(move |cancellation| {
            let cancelled = || cancellation.is_requested();
            let text = extract_unless(&declared, &content, max_bytes, &cancelled)?;
            let chunks = chunker.chunks_unless(&text, &cancelled);
            chunks.ok_or(ExtractError::Cancelled)
        });
        cut.await
    }
}

/// Whether what is stored comes from a later event of the object.
fn is_late(sequencer: Option<&Sequencer>, stored: Option<&Manifest>) -> bool {
    let stored = stored.and_then(|manifest| manifest.sequencer.as_ref());
    sequencer
        .zip(stored)
        .is_some_and(|(ours, stored)| ours < stored)
}

impl Loaded {
    fn nothing(id: String, from: String, sequencer: Option<Sequencer>) -> Self {
        Self {
            id,
            declared: Declared::default(),
            content_type: String::new(),
            content: Vec::new(),
            from,
            sequencer,
            metadata: Map::new(),
        }
    }

    fn content_hash(&self) -> String {
        content_hash(&self.content_type, &self.content, &self.metadata)
    }
}

impl Handler<Incoming> for Ingestion {
    type Output = ();

    async fn handle(&self, incoming: Incoming, _: MessageContext) -> Result<(), HandlerError> {
        match incoming {
            Incoming::Document(document) => self.document(document).await,
            Incoming::Notification(events) => {
                for event in events {
                    self.event(event).await?;
                }
                Ok(())
            }
            Incoming::TestEvent => Ok(()),
        }
    }
}
