//! Reading the documents as they are at present.

use std::collections::BTreeMap;

use super::item::{self, CHUNK_PREFIX, Item, MANIFEST};
use super::{ChunkName, DocumentsTable, Manifest, StoredChunk, TableError};

/// The chunks of all documents that were read whole.
#[derive(Default)]
pub struct CurrentChunks {
    /// Chunks in order, by document id.
    pub documents: BTreeMap<String, Vec<StoredChunk>>,
    /// Whether the whole table was read.
    pub complete: bool,
}

#[derive(Default)]
struct Found {
    manifest: Option<Manifest>,
    chunks: Vec<StoredChunk>,
}

impl DocumentsTable {
    /// Reads the current chunks of all documents, but at most this many pages of 1 MB.
    ///
    /// A document of which chunks are missing is left out: it is being replaced just now, or the
    /// last page ended within it. Half a document, or a mix of two versions, is never returned.
    ///
    /// # Errors
    /// DynamoDB does not answer, or an item is neither manifest nor chunk.
    pub async fn current_chunks(&self, max_pages: usize) -> Result<CurrentChunks, TableError> {
        let mut pages = self
            .client
            .scan()
            .table_name(&self.name)
            .consistent_read(true)
            .into_paginator()
            .send();
        let mut found = BTreeMap::<String, Found>::new();
        let mut complete = false;
        for _ in 0..max_pages {
            let Some(page) = pages.next().await else {
                complete = true;
                break;
            };
            let page = page.map_err(|error| TableError::request("read the documents", error))?;
            complete = page.last_evaluated_key.is_none();
            for item in page.items.unwrap_or_default() {
                sort_in(&mut found, &item)?;
            }
            if complete {
                break;
            }
        }
        let documents = found
            .into_iter()
            .filter_map(|(id, found)| Some((id, whole(found)?)));
        Ok(CurrentChunks {
            documents: documents.collect(),
            complete,
        })
    }
}

fn sort_in(found: &mut BTreeMap<String, Found>, item: &Item) -> Result<(), TableError> {
    let ChunkName { document_id, sort } = item::name(item)?;
    let found = found.entry(document_id).or_default();
    if sort == MANIFEST {
        found.manifest = Some(Manifest::from_item(item)?);
    } else if sort.starts_with(CHUNK_PREFIX) {
        found.chunks.push(StoredChunk::from_item(item)?);
    }
    Ok(())
}

fn whole(found: Found) -> Option<Vec<StoredChunk>> {
    let manifest = found.manifest?;
    let mut chunks = found.chunks;
    chunks.retain(|chunk| chunk.version == manifest.version.as_str());
    (chunks.len() == manifest.chunk_count).then_some(chunks)
}
