//! The documents table: one manifest and the chunks of each document.
//!
//! | `document_id` | `sort` | |
//! |---|---|---|
//! | `handbook` | `chunk#<version>#<ordinal>` | a chunk |
//! | `handbook` | `manifest` | names the version whose chunks are the document |
//!
//! A reader takes the manifest's version and nothing else, so that replacing a document is the
//! write of one item.

mod batch;
mod current;
mod error;
mod item;
mod reader;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::operation::put_item::PutItemError;
use aws_sdk_dynamodb::types::{AttributeValue, ReturnValuesOnConditionCheckFailure};

pub use current::MAX_NAMED;
pub use error::TableError;
use item::{CHUNK_PREFIX, CONTENT_HASH, Item, MANIFEST, VERSION};
pub use item::{ChunkName, DOCUMENT_ID, Embedded, Manifest, SORT, StoredChunk, WrittenChunk};
pub use reader::CurrentChunks;

use crate::{Chunk, Version};

/// The table of documents and their chunks.
#[derive(Clone, Debug)]
pub struct DocumentsTable {
    client: Client,
    name: String,
}

impl DocumentsTable {
    /// A table by its name.
    pub fn new(client: Client, name: impl Into<String>) -> Self {
        Self {
            client,
            name: name.into(),
        }
    }

    /// The manifest of a document, if it was ever ingested.
    ///
    /// # Errors
    /// DynamoDB does not answer, or the item is not a manifest.
    pub async fn manifest(&self, document_id: &str) -> Result<Option<Manifest>, TableError> {
        let found = self
            .client
            .get_item()
            .table_name(&self.name)
            .set_key(Some(item::key(document_id, MANIFEST)))
            .consistent_read(true)
            .send()
            .await
            .map_err(|error| TableError::request("read a manifest", error))?;
        found
            .item
            .map(|item| Manifest::from_item(&item))
            .transpose()
    }

    /// All chunks of a document that are written, of whatever version.
    ///
    /// # Errors
    /// DynamoDB does not answer.
    pub async fn written_chunks(&self, document_id: &str) -> Result<Vec<WrittenChunk>, TableError> {
        let mut pages = self
            .client
            .query()
            .table_name(&self.name)
            .key_condition_expression("#id = :id AND begins_with(#sort, :prefix)")
            .projection_expression("#id, #sort, #hash")
            .expression_attribute_names("#id", DOCUMENT_ID)
            .expression_attribute_names("#sort", SORT)
            .expression_attribute_names("#hash", CONTENT_HASH)
            .expression_attribute_values(":id", AttributeValue::S(document_id.to_owned()))
            .expression_attribute_values(":prefix", AttributeValue::S(CHUNK_PREFIX.to_owned()))
            .consistent_read(true)
            .into_paginator()
            .items()
            .send();
        let mut chunks = Vec::new();
        while let Some(found) = pages.next().await {
            let found = found.map_err(|error| TableError::request("list chunks", error))?;
            chunks.push(WrittenChunk::from_item(&found)?);
        }
        Ok(chunks)
    }

    /// Writes chunks under a version. Nobody reads them until the manifest names that version.
    ///
    /// # Errors
    /// DynamoDB does not answer, or keeps leaving writes out.
    pub async fn write_chunks(
        &self,
        document_id: &str,
        version: &Version,
        chunks: &[Chunk],
    ) -> Result<(), TableError> {
        let chunks: Vec<_> = chunks.iter().map(|chunk| (chunk, None)).collect();
        self.write_embedded(document_id, version, &chunks).await
    }

    /// Writes chunks as [`write_chunks`](Self::write_chunks) does, with what they are embedded as.
    ///
    /// # Errors
    /// DynamoDB does not answer, or keeps leaving writes out.
    pub async fn write_embedded(
        &self,
        document_id: &str,
        version: &Version,
        chunks: &[(&Chunk, Option<Embedded<'_>>)],
    ) -> Result<(), TableError> {
        for chunks in chunks.chunks(batch::BATCH) {
            let writes = chunks
                .iter()
                .map(|(chunk, embedded)| {
                    batch::put(item::chunk(document_id, version, chunk, *embedded))
                })
                .collect::<Result<_, _>>()?;
            self.write_batch(writes).await?;
        }
        Ok(())
    }

    /// Makes the manifest's version the document, provided `previous` still is.
    ///
    /// # Errors
    /// [`TableError::Replaced`] when somebody else replaced the document since `previous` was
    /// read; otherwise DynamoDB does not answer.
    pub async fn switch(
        &self,
        document_id: &str,
        manifest: &Manifest,
        previous: Option<&Version>,
    ) -> Result<(), TableError> {
        let put = self
            .client
            .put_item()
            .table_name(&self.name)
            .set_item(Some(manifest.to_item(document_id)))
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
        let put = match previous {
            None => put
                .condition_expression("attribute_not_exists(#id)")
                .expression_attribute_names("#id", DOCUMENT_ID),
            Some(version) => put
                .condition_expression("#version = :previous")
                .expression_attribute_names("#version", VERSION)
                .expression_attribute_values(":previous", AttributeValue::S(version.to_string())),
        };
        let Err(error) = put.send().await else {
            return Ok(());
        };
        match error.as_service_error() {
            Some(PutItemError::ConditionalCheckFailedException(failed)) => {
                // The SDK may have sent the write twice, with the first answer lost.
                let stored = failed.item().and_then(|item: &Item| item.get(VERSION));
                if stored.is_some_and(|stored| item::is(stored, manifest.version.as_str())) {
                    return Ok(());
                }
                Err(TableError::Replaced)
            }
            _ => Err(TableError::request("write a manifest", error)),
        }
    }

    /// Deletes chunks.
    ///
    /// # Errors
    /// DynamoDB does not answer, or keeps leaving deletions out.
    pub async fn delete_chunks(
        &self,
        document_id: &str,
        chunks: &[WrittenChunk],
    ) -> Result<(), TableError> {
        for chunks in chunks.chunks(batch::BATCH) {
            let writes = chunks
                .iter()
                .map(|chunk| batch::delete(item::key(document_id, &chunk.name.sort)))
                .collect::<Result<_, _>>()?;
            self.write_batch(writes).await?;
        }
        Ok(())
    }
}
