//! The function's configuration.

mod chunk_by;

use aws_config::SdkConfig;
use aws_sdk_dynamodb::Client as DynamoDb;
use aws_sdk_s3::Client as S3;
use aws_sdk_sqs::Client as Sqs;
use lambda_queue::{
    BatchProcessor, BuildError, Environment, EnvironmentError, Idempotency, IdempotencyStore,
    QueueSettings,
};

use crate::chunks::MAX_CHUNK_SIZE;
use crate::{
    Buckets, ChunkBy, Chunker, DocumentsTable, Embedding, EmbeddingSettings, Incoming, Ingestion,
};

const CHUNK_SIZE: &str = "CHUNK_SIZE";
const CHUNK_OVERLAP: &str = "CHUNK_OVERLAP";
const DEFAULT_CHUNK_SIZE: usize = 1000;
const DEFAULT_CHUNK_OVERLAP: usize = 100;
/// Smaller chunks would cost more in keys and requests than they hold.
const MIN_CHUNK_SIZE: usize = 50;
const MAX_DOCUMENT_BYTES: &str = "MAX_DOCUMENT_BYTES";
/// A document, its text and its chunks are in memory at once, for every handler of a batch.
const DEFAULT_MAX_DOCUMENT_BYTES: usize = 20 * MEBIBYTE;
const MEBIBYTE: usize = 1024 * 1024;

/// What the function is told by its environment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// What every function fed by a queue is told.
    pub queue: QueueSettings,
    /// `DOCUMENTS_TABLE`
    pub documents_table: String,
    /// `DOCUMENTS_BUCKET`: the buckets documents may come from, separated by commas.
    pub documents_buckets: Vec<String>,
    /// `MAX_DOCUMENT_BYTES`: the most a document may have, packed or unpacked.
    pub max_document_bytes: usize,
    /// `CHUNK_BY` and `TOKENIZER`
    pub chunk_by: ChunkBy,
    /// `CHUNK_SIZE`, in characters or tokens.
    pub chunk_size: usize,
    /// `CHUNK_OVERLAP`, in characters or tokens.
    pub chunk_overlap: usize,
    /// What `EMBEDDINGS` and its like say, unless embeddings are off.
    pub embeddings: Option<EmbeddingSettings>,
}

impl Config {
    /// Reads the process environment.
    ///
    /// # Errors
    /// Everything that is wrong with it, at once.
    pub fn from_env() -> Result<Self, EnvironmentError> {
        Self::read(&|name| std::env::var(name).ok())
    }

    /// Reads variables by name.
    ///
    /// # Errors
    /// Everything that is wrong with them, at once.
    pub fn read(lookup: &dyn Fn(&str) -> Option<String>) -> Result<Self, EnvironmentError> {
        let mut environment = Environment::new(lookup);
        let queue = QueueSettings::read(&mut environment);
        let documents_table = environment.required(
            "DOCUMENTS_TABLE",
            "the name of the table of documents and chunks",
        );
        let buckets = environment.optional("DOCUMENTS_BUCKET").unwrap_or_default();
        let buckets = buckets.split(',').map(str::trim).map(str::to_owned);
        let max_bytes = environment.number(MAX_DOCUMENT_BYTES, 1024..=512 * MEBIBYTE);
        let size = environment.number(CHUNK_SIZE, MIN_CHUNK_SIZE..=MAX_CHUNK_SIZE);
        let size = size.unwrap_or(DEFAULT_CHUNK_SIZE);
        let overlap = environment.number(CHUNK_OVERLAP, 0..=MAX_CHUNK_SIZE / 2);
        let overlap = overlap.unwrap_or(DEFAULT_CHUNK_OVERLAP.min(size / 2));
        // With an overlap close to the size, a document of a megabyte has a million chunks.
        if overlap > size / 2 {
            environment.problem(format!(
                "{CHUNK_OVERLAP} is {overlap} and {CHUNK_SIZE} is {size}; set {CHUNK_OVERLAP} to at \
                 most half of {CHUNK_SIZE}, here {}",
                size / 2
            ));
        }
        let chunk_by = chunk_by::read(&mut environment);
        let embeddings = EmbeddingSettings::read(&mut environment);
        chunk_by::check(&mut environment, embeddings.as_ref(), chunk_by, size);
        environment.check(Self {
            queue,
            documents_table,
            documents_buckets: buckets.filter(|name| !name.is_empty()).collect(),
            max_document_bytes: max_bytes.unwrap_or(DEFAULT_MAX_DOCUMENT_BYTES),
            chunk_by,
            chunk_size: size,
            chunk_overlap: overlap,
            embeddings,
        })
    }

    /// The model that makes vectors of chunks and where they are kept, unless embeddings are off.
    pub fn embedding(&self, aws: &SdkConfig) -> Option<Embedding> {
        let settings = self.embeddings.as_ref();
        settings.map(|settings| Embedding::new(settings, aws))
    }

    /// The function: what its messages are put through.
    ///
    /// # Errors
    /// A setting that [`Config::read`] would not have let through.
    pub fn processor(
        &self,
        store: impl IdempotencyStore,
        dynamodb: DynamoDb,
        s3: S3,
        sqs: &Sqs,
        embedding: Option<Embedding>,
    ) -> Result<BatchProcessor<Incoming, Ingestion>, ConfigError> {
        let chunker = Chunker::by(self.chunk_by, self.chunk_size, self.chunk_overlap)?;
        let table = DocumentsTable::new(dynamodb, &self.documents_table);
        let names = self.documents_buckets.iter().cloned();
        let buckets = Buckets::new(s3, names, self.max_document_bytes);
        let idempotency = Idempotency::new(store, Incoming::idempotency_key)
            .namespace("ingestion")
            // The key holds all that matters of the payload.
            .ignore_payload();
        let mut ingestion = Ingestion::new(table, buckets, chunker);
        if let Some(embedding) = embedding {
            ingestion = ingestion.embedding(embedding);
        }
        let builder = BatchProcessor::builder(ingestion);
        Ok(self
            .queue
            .apply(builder, sqs)
            .idempotency(idempotency)
            .build()?)
    }
}

/// A configuration no processor can be built with.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The chunk sizes do not fit together.
    #[error(transparent)]
    Chunks(#[from] crate::ChunkSizeError),
    /// The processor refused a setting.
    #[error(transparent)]
    Processor(#[from] BuildError),
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(variables: &[(&str, &str)]) -> Result<Config, EnvironmentError> {
        Config::read(&|name| {
            let found = variables.iter().find(|(variable, _)| *variable == name);
            found.map(|(_, value)| (*value).to_owned())
        })
    }

    fn problems(chunking: &[(&str, &str)]) -> Vec<String> {
        let tables = [("IDEMPOTENCY_TABLE", "i"), ("DOCUMENTS_TABLE", "d")];
        match read(&[&tables, chunking].concat()) {
            Ok(_) => Vec::new(),
            Err(EnvironmentError(problems)) => problems,
        }
    }

    #[test]
    fn the_tables_are_all_that_must_be_set() {
        let config = read(&[("IDEMPOTENCY_TABLE", "i"), ("DOCUMENTS_TABLE", "d")]).unwrap();
        assert_eq!((config.chunk_size, config.chunk_overlap), (1000, 100));
        assert_eq!(config.documents_buckets, [""; 0]);
        assert_eq!(config.max_document_bytes, 20 * 1024 * 1024);
        assert_eq!(config.queue.dead_letter_queue_url, None);
        assert_eq!(config.queue.retry_backoff, None);
    }

    #[test]
    fn everything_that_is_wrong_is_said_at_once() {
        let error = read(&[("CHUNK_SIZE", "big"), ("MAX_CONCURRENCY", "0")]).unwrap_err();
        assert_eq!(
            error.0,
            [
                "IDEMPOTENCY_TABLE is not set; set it to the name of the table of idempotency records",
                "MAX_CONCURRENCY is \"0\"; set it to a whole number from 1 to 1000",
                "DOCUMENTS_TABLE is not set; set it to the name of the table of documents and chunks",
                "CHUNK_SIZE is \"big\"; set it to a whole number from 50 to 32000",
            ]
        );
    }

    #[test]
    fn chunks_that_make_no_sense_are_refused_with_the_remedy() {
        assert_eq!(problems(&[("CHUNK_SIZE", "0")]).len(), 1);
        assert_eq!(problems(&[("CHUNK_OVERLAP", "-1")]).len(), 1);
        assert_eq!(
            problems(&[("CHUNK_SIZE", "200"), ("CHUNK_OVERLAP", "200")]),
            [
                "CHUNK_OVERLAP is 200 and CHUNK_SIZE is 200; set CHUNK_OVERLAP to at most half of \
              CHUNK_SIZE, here 100"
            ]
        );
        assert!(problems(&[("CHUNK_SIZE", "200")]).is_empty());
    }

    #[test]
    fn several_buckets_are_separated_by_commas() {
        let tables = [("IDEMPOTENCY_TABLE", "i"), ("DOCUMENTS_TABLE", "d")];
        let buckets = [("DOCUMENTS_BUCKET", "one, two,")];
        let config = read(&[&tables[..], &buckets].concat()).unwrap();
        assert_eq!(config.documents_buckets, ["one", "two"]);
    }

    #[test]
    fn an_overlap_left_out_never_exceeds_a_small_chunk() {
        let config = problems(&[("CHUNK_SIZE", "60")]);
        assert!(config.is_empty(), "{config:?}");
    }
}
