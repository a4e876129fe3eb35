//! Documents in, text chunks out.
//!
//! A message brings a document; its text is cut into chunks, which replace the chunks the document
//! had before.

mod chunks;
mod config;
mod document;
mod ingest;
mod table;
mod text;
mod version;

pub use chunks::{Chunk, ChunkSizeError, Chunker, MAX_CHUNK_SIZE};
pub use config::{Config, ConfigError};
pub use document::{Document, IdempotencyKey, Inline, InvalidDocument, Source};
pub use ingest::Ingestion;
pub use table::{
    CurrentChunks, DOCUMENT_ID, DocumentsTable, Manifest, SORT, StoredChunk, TableError,
};
pub use text::{ExtractError, Format, Text, extract};
pub use version::Version;
