//! Documents in, text chunks out.

mod chunks;
mod document;
mod text;

pub use chunks::{Chunk, Chunker, MAX_CHUNK_SIZE};
pub use document::{Document, IdempotencyKey, Inline, InvalidDocument, Source};
pub use text::{ExtractError, Format, Text, extract};
