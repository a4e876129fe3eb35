//! Documents in, text chunks out.
//!
//! A message brings a document, names one in a bucket, or is what S3 says of an object; the
//! document's text is cut into chunks, which replace the chunks it had before.

mod buckets;
mod chunks;
mod config;
mod document;
mod embeddings;
mod incoming;
mod ingest;
mod notification;
mod sequencer;
mod table;
mod text;
mod vectors;
mod version;

pub use buckets::Buckets;
#[cfg(feature = "tokens")]
pub use chunks::Vocabulary;
pub use chunks::{Chunk, ChunkBy, ChunkSizeError, Chunker, MAX_CHUNK_SIZE};
pub use config::{Config, ConfigError};
pub use document::{Document, DocumentKey, Inline, InvalidDocument, S3Object, Source};
pub use embeddings::{EmbedError, EmbeddingSettings, Vector};
pub use incoming::{IdempotencyKey, Incoming};
pub use ingest::Ingestion;
pub use notification::{Change, Event, InvalidRecord};
pub use sequencer::{InvalidSequencer, Sequencer};
pub use table::{
    ChunkName, CurrentChunks, DOCUMENT_ID, DocumentsTable, Embedded, MAX_NAMED, Manifest, SORT,
    StoredChunk, TableError, WrittenChunk,
};
pub use text::{Declared, ExtractError, Format, Kind, Text, extract, extract_unless};
pub use vectors::{Embedding, IndexError};
pub use version::Version;
