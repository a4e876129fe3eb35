//! Documents in, text chunks out.
//!
//! A message brings a document, names one in a bucket, or is what S3 says of an object; the
//! document's text is cut into chunks, which replace the chunks it had before.

mod buckets;
mod chunks;
mod config;
mod document;
mod incoming;
mod ingest;
mod notification;
mod sequencer;
mod table;
mod text;
mod version;

pub use buckets::Buckets;
pub use chunks::{Chunk, ChunkSizeError, Chunker, MAX_CHUNK_SIZE};
pub use config::{Config, ConfigError};
pub use document::{Document, DocumentKey, Inline, InvalidDocument, S3Object, Source};
pub use incoming::{IdempotencyKey, Incoming};
pub use ingest::Ingestion;
pub use notification::{Change, Event, InvalidRecord};
pub use sequencer::{InvalidSequencer, Sequencer};
pub use table::{
    CurrentChunks, DOCUMENT_ID, DocumentsTable, Manifest, SORT, StoredChunk, TableError,
};
pub use text::{Declared, ExtractError, Format, Kind, Text, extract};
pub use version::Version;
