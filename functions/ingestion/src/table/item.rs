//! What manifests and chunks look like as items.

use std::collections::HashMap;
use std::ops::Range;

use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::AttributeValue;
use serde_json::{Map, Value};

use super::TableError;
use crate::document::canonical;
use crate::embeddings::Vector;
use crate::{Chunk, Sequencer, Version};

/// The table's partition key.
pub const DOCUMENT_ID: &str = "document_id";
/// The table's sort key.
pub const SORT: &str = "sort";

pub(super) const MANIFEST: &str = "manifest";
pub(super) const CHUNK_PREFIX: &str = "chunk#";
pub(super) const VERSION: &str = "version";
const SEQUENCER: &str = "sequencer";
const HEADING_PATH: &str = "heading_path";
pub(super) const CONTENT_HASH: &str = "content_hash";
/// Which model embedded a chunk, or all chunks of a document.
const EMBEDDING_MODEL: &str = "embedding_model";
const EMBEDDING: &str = "embedding";

pub(super) type Item = HashMap<String, AttributeValue>;

/// What a document is at present.
#[derive(Clone, PartialEq)]
pub struct Manifest {
    /// The version whose chunks are the document.
    pub version: Version,
    /// How many chunks that version has.
    pub chunk_count: usize,
    /// SHA-256 of what was ingested, in hex.
    pub content_hash: String,
    /// The content type it came with.
    pub content_type: String,
    /// What it was ingested from.
    pub ingested_from: String,
    /// Which of its object's events it is of, if it came by one.
    pub sequencer: Option<Sequencer>,
    /// The model its chunks are embedded with, if they are.
    pub embedding_model: Option<String>,
    /// The producer's metadata.
    pub metadata: Map<String, Value>,
}

/// Names a chunk of a version of a document.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ChunkName {
    /// The document's id.
    pub document_id: String,
    /// The item's sort key.
    pub sort: String,
}

/// A chunk that is written, whether it is current or not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WrittenChunk {
    /// Which one.
    pub name: ChunkName,
    /// SHA-256 of its text, in hex.
    pub content_hash: String,
}

/// What a chunk that is written is embedded as.
#[derive(Clone, Copy)]
pub struct Embedded<'e> {
    /// The name of the model.
    pub model: &'e str,
    /// The vector, if it is kept in the chunk's item: at most 6 KB of the 400 that an item may have.
    pub vector: Option<&'e Vector>,
}

/// A chunk as a reader needs it.
#[derive(Clone, PartialEq)]
pub struct StoredChunk {
    /// Its name.
    pub name: ChunkName,
    /// The version it belongs to; to be ignored unless it is the manifest's.
    pub version: String,
    /// Its place among the document's chunks, from 0.
    pub ordinal: usize,
    /// The headings it stands under, the outermost first.
    pub heading_path: Vec<String>,
    /// Where it is in the document's text, in bytes.
    pub bytes: Range<usize>,
    /// The text.
    pub text: String,
    /// The model it is embedded with, if it is.
    pub embedding_model: Option<String>,
    /// Its vector, if that is kept in its item.
    pub embedding: Option<Vector>,
}

impl Manifest {
    /// Reads a manifest from its item.
    ///
    /// # Errors
    /// Names the attribute that is missing or of another kind.
    pub fn from_item(item: &Item) -> Result<Self, TableError> {
        let version = Version::parse(string(item, VERSION)?);
        let metadata = serde_json::from_str(string(item, "metadata")?);
        Ok(Self {
            version: version.ok_or(TableError::Malformed(VERSION))?,
            chunk_count: number(item, "chunk_count")?,
            content_hash: string(item, CONTENT_HASH)?.to_owned(),
            content_type: string(item, "content_type")?.to_owned(),
            ingested_from: string(item, "ingested_from")?.to_owned(),
            sequencer: sequencer(item)?,
            embedding_model: optional(item, EMBEDDING_MODEL)?,
            metadata: metadata.map_err(|_| TableError::Malformed("metadata"))?,
        })
    }

    pub(super) fn to_item(&self, document_id: &str) -> Item {
        // Metadata stays JSON text: DynamoDB allows 32 levels and has no integers of 64 bits.
        let metadata = canonical(&self.metadata);
        let mut item = key(document_id, MANIFEST);
        item.extend([
            s(VERSION, self.version.as_str()),
            n("chunk_count", self.chunk_count),
            s(CONTENT_HASH, &self.content_hash),
            s("content_type", &self.content_type),
            s("ingested_from", &self.ingested_from),
            s("metadata", &metadata),
        ]);
        item.extend(self.sequencer.iter().map(|it| s(SEQUENCER, it.as_str())));
        let model = self.embedding_model.iter();
        item.extend(model.map(|it| s(EMBEDDING_MODEL, it)));
        item
    }
}

impl StoredChunk {
    /// Reads a chunk from its item.
    ///
    /// # Errors
    /// Names the attribute that is missing or of another kind.
    pub fn from_item(item: &Item) -> Result<Self, TableError> {
        Ok(Self {
            name: name(item)?,
            version: string(item, VERSION)?.to_owned(),
            ordinal: number(item, "ordinal")?,
            heading_path: heading_path(item)?,
            bytes: number(item, "byte_start")?..number(item, "byte_end")?,
            text: string(item, "text")?.to_owned(),
            embedding_model: optional(item, EMBEDDING_MODEL)?,
            embedding: embedding(item)?,
        })
    }
}

impl ChunkName {
    /// The name of a version's chunk by its ordinal.
    pub fn of(document_id: &str, version: &Version, ordinal: usize) -> Self {
        Self {
            document_id: document_id.to_owned(),
            sort: sort(version, ordinal),
        }
    }
}

impl WrittenChunk {
    pub(super) fn from_item(item: &Item) -> Result<Self, TableError> {
        Ok(Self {
            name: name(item)?,
            content_hash: string(item, CONTENT_HASH)?.to_owned(),
        })
    }

    /// Whether it belongs to a version.
    pub fn is_of(&self, version: &Version) -> bool {
        self.name.sort.starts_with(&chunk_prefix(version))
    }
}

pub(super) fn chunk(
    document_id: &str,
    version: &Version,
    chunk: &Chunk,
    embedded: Option<Embedded<'_>>,
) -> Item {
    let mut item = key(document_id, &sort(version, chunk.ordinal));
    item.extend([
        s(VERSION, version.as_str()),
        n("ordinal", chunk.ordinal),
        n("byte_start", chunk.bytes.start),
        n("byte_end", chunk.bytes.end),
        s("text", &chunk.text),
        s(CONTENT_HASH, &chunk.hash),
    ]);
    if !chunk.heading_path.is_empty() {
        let path = chunk.heading_path.iter().cloned().map(AttributeValue::S);
        item.insert(HEADING_PATH.to_owned(), AttributeValue::L(path.collect()));
    }
    if let Some(Embedded { model, vector }) = embedded {
        item.extend([s(EMBEDDING_MODEL, model)]);
        let bytes = vector.map(|it| AttributeValue::B(Blob::new(it.to_bytes())));
        item.extend(bytes.map(|bytes| (EMBEDDING.to_owned(), bytes)));
    }
    item
}

/// An item's key.
pub(super) fn name(item: &Item) -> Result<ChunkName, TableError> {
    Ok(ChunkName {
        document_id: string(item, DOCUMENT_ID)?.to_owned(),
        sort: string(item, SORT)?.to_owned(),
    })
}

/// The sort key of a chunk.
fn sort(version: &Version, ordinal: usize) -> String {
    format!("{}{ordinal:08}", chunk_prefix(version))
}

fn chunk_prefix(version: &Version) -> String {
    format!("{CHUNK_PREFIX}{version}#")
}

pub(super) fn key(document_id: &str, sort: &str) -> Item {
    HashMap::from([s(DOCUMENT_ID, document_id), s(SORT, sort)])
}

pub(super) fn is(value: &AttributeValue, text: &str) -> bool {
    value.as_s().is_ok_and(|value| value == text)
}

fn s(name: &str, value: &str) -> (String, AttributeValue) {
    (name.to_owned(), AttributeValue::S(value.to_owned()))
}

fn n(name: &str, value: usize) -> (String, AttributeValue) {
    (name.to_owned(), AttributeValue::N(value.to_string()))
}

fn string<'i>(item: &'i Item, name: &'static str) -> Result<&'i str, TableError> {
    let value = item.get(name).and_then(|value| value.as_s().ok());
    value.map(String::as_str).ok_or(TableError::Malformed(name))
}

fn optional(item: &Item, name: &'static str) -> Result<Option<String>, TableError> {
    let found = item.contains_key(name).then(|| string(item, name));
    Ok(found.transpose()?.map(str::to_owned))
}

fn embedding(item: &Item) -> Result<Option<Vector>, TableError> {
    let Some(value) = item.get(EMBEDDING) else {
        return Ok(None);
    };
    let bytes = value.as_b().ok().map(Blob::as_ref);
    let vector = bytes.and_then(Vector::from_bytes);
    vector.map(Some).ok_or(TableError::Malformed(EMBEDDING))
}

fn sequencer(item: &Item) -> Result<Option<Sequencer>, TableError> {
    let digits = optional(item, SEQUENCER)?;
    let sequencer = digits.map(Sequencer::try_from).transpose();
    sequencer.map_err(|_| TableError::Malformed(SEQUENCER))
}

/// Chunks of text without headings have none.
fn heading_path(item: &Item) -> Result<Vec<String>, TableError> {
    let Some(path) = item.get(HEADING_PATH) else {
        return Ok(Vec::new());
    };
    let malformed = |_| TableError::Malformed(HEADING_PATH);
    let path = path.as_l().map_err(malformed)?.iter();
    path.map(|heading| heading.as_s().cloned().map_err(malformed))
        .collect()
}

fn number(item: &Item, name: &'static str) -> Result<usize, TableError> {
    let value = item.get(name).and_then(|value| value.as_n().ok());
    value
        .and_then(|digits| digits.parse().ok())
        .ok_or(TableError::Malformed(name))
}
