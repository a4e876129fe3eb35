//! An index of Amazon S3 Vectors.
//!
//! Limits: <https://docs.aws.amazon.com/AmazonS3/latest/userguide/s3-vectors-limitations.html>

use std::collections::{HashMap, HashSet};

use aws_config::SdkConfig;
use aws_sdk_s3vectors::Client;
use aws_sdk_s3vectors::error::{BuildError, ProvideErrorMetadata, SdkError};
use aws_sdk_s3vectors::types::{PutInputVector, VectorData};
use aws_smithy_types::Document;
use sha2::{Digest, Sha256};

use super::IndexError;
use crate::embeddings::Vector;
use crate::table::ChunkName;

/// The most vectors a request can put or delete.
const MAX_WRITTEN: usize = 500;
/// The most vectors a request can get.
const MAX_READ: usize = 100;

const DOCUMENT_ID: &str = "document_id";
const CHUNK: &str = "chunk";
/// Filterable, so that vectors of other models do not take the places of the nearest.
const MODEL: &str = "model";

#[derive(Clone)]
pub(super) struct Index {
    client: Client,
    bucket: String,
    index: String,
}

impl Index {
    /// An index by its bucket and name.
    pub(super) fn new(bucket: &str, index: &str, aws: &SdkConfig) -> Self {
        Self {
            client: Client::new(aws),
            bucket: bucket.to_owned(),
            index: index.to_owned(),
        }
    }

    /// Puts vectors, or puts them again.
    pub(super) async fn put(
        &self,
        vectors: &[(ChunkName, Vector)],
        model: &str,
    ) -> Result<(), IndexError> {
        let dimensions = vectors.first().map_or(0, |(_, it)| it.numbers().len());
        for vectors in vectors.chunks(MAX_WRITTEN) {
            let inputs: Result<Vec<_>, BuildError> =
                vectors.iter().map(|it| input(it, model)).collect();
            let inputs = inputs.map_err(|error| self.error("take vectors", error))?;
            let put = self
                .client
                .put_vectors()
                .vector_bucket_name(&self.bucket)
                .index_name(&self.index)
                .set_vectors(Some(inputs));
            let put = put.send().await;
            put.map_err(|error| self.failed("take vectors", dimensions, error))?;
        }
        Ok(())
    }

    /// Which of these chunks have vectors.
    pub(super) async fn present(
        &self,
        chunks: Vec<ChunkName>,
    ) -> Result<HashSet<ChunkName>, IndexError> {
        let mut names: HashMap<_, _> = chunks.into_iter().map(|it| (key(&it), it)).collect();
        let keys: Vec<_> = names.keys().cloned().collect();
        let mut present = HashSet::new();
        for keys in keys.chunks(MAX_READ) {
            let get = self
                .client
                .get_vectors()
                .vector_bucket_name(&self.bucket)
                .index_name(&self.index)
                .set_keys(Some(keys.to_vec()));
            let found = get.send().await;
            let found = found.map_err(|error| self.failed("tell its vectors", 0, error))?;
            let found = found.vectors.into_iter();
            present.extend(found.filter_map(|vector| names.remove(&vector.key)));
        }
        Ok(present)
    }

    /// Deletes vectors; those that are not there are no error.
    pub(super) async fn delete(&self, chunks: &[ChunkName]) -> Result<(), IndexError> {
        for chunks in chunks.chunks(MAX_WRITTEN) {
            let delete = self
                .client
                .delete_vectors()
                .vector_bucket_name(&self.bucket)
                .index_name(&self.index)
                .set_keys(Some(chunks.iter().map(key).collect()));
            let deleted = delete.send().await;
            deleted.map_err(|error| self.failed("delete vectors", 0, error))?;
        }
        Ok(())
    }

    /// The nearest vectors of a model.
    pub(super) async fn nearest(
        &self,
        query: &Vector,
        model: &str,
        limit: u8,
    ) -> Result<Vec<ChunkName>, IndexError> {
        let numbers = query.numbers();
        let query = self
            .client
            .query_vectors()
            .vector_bucket_name(&self.bucket)
            .index_name(&self.index)
            .query_vector(VectorData::Float32(numbers.to_vec()))
            .filter(object([(MODEL, model)]))
            .top_k(i32::from(limit))
            .return_metadata(true);
        let found = query.send().await;
        let found = found.map_err(|error| self.failed("be searched", numbers.len(), error))?;
        let names = found.vectors.into_iter().map(|vector| {
            name(vector.metadata.as_ref()).ok_or_else(|| IndexError::Foreign(self.name()))
        });
        names.collect()
    }

    fn failed<E, R>(
        &self,
        what: &'static str,
        dimensions: usize,
        error: SdkError<E, R>,
    ) -> IndexError
    where
        aws_sdk_s3vectors::Error: From<SdkError<E, R>>,
        E: ProvideErrorMetadata,
    {
        // Of the requests without vectors, there is nothing that could be put right.
        if error.code() == Some("ValidationException") && dimensions > 0 {
            return IndexError::Refused {
                index: self.name(),
                what,
                dimensions,
            };
        }
        self.error(what, aws_sdk_s3vectors::Error::from(error))
    }

    fn error(
        &self,
        what: &'static str,
        source: impl std::error::Error + Send + Sync + 'static,
    ) -> IndexError {
        IndexError::Request {
            index: self.name(),
            what,
            source: Box::new(source),
        }
    }

    fn name(&self) -> String {
        format!("{}/{}", self.bucket, self.index)
    }
}

/// A document id alone may be as long as a key can be.
fn key(chunk: &ChunkName) -> String {
    let document = Sha256::digest(&chunk.document_id);
    format!("{}/{}", hex::encode(document), chunk.sort)
}

fn input((chunk, vector): &(ChunkName, Vector), model: &str) -> Result<PutInputVector, BuildError> {
    let metadata = [
        (DOCUMENT_ID, chunk.document_id.as_str()),
        (CHUNK, &chunk.sort),
        (MODEL, model),
    ];
    PutInputVector::builder()
        .key(key(chunk))
        .data(VectorData::Float32(vector.numbers().to_vec()))
        .metadata(object(metadata))
        .build()
}

fn object<const N: usize>(entries: [(&str, &str); N]) -> Document {
    let entries = entries.map(|(name, value)| (name.to_owned(), value.into()));
    Document::Object(entries.into())
}

fn name(metadata: Option<&Document>) -> Option<ChunkName> {
    let metadata = metadata?.as_object()?;
    let text = |name| Some(metadata.get(name)?.as_string()?.to_owned());
    Some(ChunkName {
        document_id: text(DOCUMENT_ID)?,
        sort: text(CHUNK)?,
    })
}
