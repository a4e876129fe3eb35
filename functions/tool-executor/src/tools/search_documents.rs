//! `search_documents`: passages of ingested documents that fit a query.

mod fusion;
mod index;
mod meaning;

use std::sync::Arc;
use std::time::Duration;

use aws_sdk_dynamodb::Client;
use ingestion::{DocumentsTable, Embedding, MAX_NAMED};
use lambda_queue::blocking;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;
use tokio::sync::Mutex;
use tokio::time::Instant;
use tracing::warn;

use crate::{Effect, Tool, ToolError, ToolFuture, ToolSpec};
use fusion::fused;
use index::{Index, Passage};
use meaning::nearest;

const MAX_QUERY: usize = 500;
const DEFAULT_LIMIT: usize = 5;
const MAX_LIMIT: usize = 10;
/// How much of the table is read, in pages of 1 MB. It bounds time, memory and cost.
const MAX_PAGES: usize = 8;
/// How long an index is used before the table is read again. The calls of a batch share one; what
/// was ingested since is found later by as much.
const FRESH: Duration = Duration::from_secs(5);
const TIMEOUT: Duration = Duration::from_secs(10);
/// Long enough for a model that is asked again when it throttles.
const TIMEOUT_WITH_VECTORS: Duration = Duration::from_secs(30);

const NO_WORD: &str = "No passage contains a word of the query. Try other words.";
const NOTHING: &str = "No passage has anything in common with the query. Try other words.";

const DESCRIPTION: &str = "Searches the ingested documents for passages that contain the words of \
    a query and returns the best ones, each with its document's id.";

const DESCRIPTION_WITH_VECTORS: &str = "Searches the ingested documents for passages that are \
    about a query, by its words and by its meaning, and returns the best ones, each with its \
    document's id.";

/// Searches the documents table.
pub struct SearchDocuments {
    spec: ToolSpec,
    table: DocumentsTable,
    embedding: Option<Embedding>,
    /// Locked while the table is read: who comes then waits for it instead of reading it, too.
    latest: Mutex<Option<(Instant, Arc<Index>)>>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Arguments {
    /// The words to look for.
    #[schemars(length(min = 1, max = MAX_QUERY))]
    query: String,
    /// How many passages to return, 5 if left out.
    #[schemars(range(min = 1, max = MAX_LIMIT))]
    limit: Option<usize>,
}

impl SearchDocuments {
    /// The tool, over ingestion's table.
    pub fn new(client: Client, table: impl Into<String>) -> Self {
        Self {
            spec: ToolSpec::of::<Arguments>(
                "search_documents",
                DESCRIPTION,
                Effect::ReadOnly,
                TIMEOUT,
            ),
            table: DocumentsTable::new(client, table),
            embedding: None,
            latest: Mutex::default(),
        }
    }

    /// Searches by meaning as well: passages that were embedded as the query is.
    pub fn embedding(mut self, embedding: Embedding) -> Self {
        self.spec.description = DESCRIPTION_WITH_VECTORS.to_owned();
        self.spec.timeout = TIMEOUT_WITH_VECTORS;
        self.embedding = Some(embedding);
        self
    }

    async fn search(&self, arguments: Arguments) -> Result<String, ToolError> {
        let limit = arguments.limit.unwrap_or(DEFAULT_LIMIT).min(MAX_LIMIT);
        let query = &arguments.query;
        let Some(embedding) = &self.embedding else {
            let index = self.index().await?;
            let found = index.search(query, limit);
            return Ok(render(&found, NO_WORD, index.complete, 0));
        };
        // Half a search would be the call's result for good: without the query's vector there is none.
        let vector = async {
            let vector = embedding.query(query).await;
            vector.map_err(ToolError::unavailable)
        };
        let (index, vector) = tokio::try_join!(self.index(), vector)?;
        let by_words = index.search(query, MAX_NAMED);
        let by_meaning = nearest(embedding, &self.table, &index, &vector).await?;
        let found = fused([by_words, by_meaning], limit);
        let others = index.without(embedding.model());
        Ok(render(&found, NOTHING, index.complete, others))
    }

    async fn index(&self) -> Result<Arc<Index>, ToolError> {
        let mut latest = self.latest.lock().await;
        if let Some((at, index)) = latest.as_ref()
            && at.elapsed() < FRESH
        {
            return Ok(Arc::clone(index));
        }
        let at = Instant::now();
        let read = self.table.current_chunks(MAX_PAGES).await;
        let chunks = read.map_err(ToolError::unavailable)?;
        // Counting the words of megabytes is not for the thread that serves others.
        let indexed = blocking(move |cancellation| {
            let index = Index::of(chunks, &|| cancellation.is_requested())?;
            Some(Arc::new(index))
        });
        let indexed = indexed.await.map_err(ToolError::unavailable)?;
        let index = indexed.ok_or_else(|| ToolError::unavailable("nobody waits for the search"))?;
        if let Some(embedding) = &self.embedding {
            tell_of_other_models(embedding, &index);
        }
        *latest = Some((at, Arc::clone(&index)));
        Ok(index)
    }
}

impl Tool for SearchDocuments {
    fn spec(&self) -> &ToolSpec {
        &self.spec
    }

    fn call(&self, arguments: Value) -> ToolFuture<'_> {
        Box::pin(async move {
            let arguments = serde_json::from_value(arguments)
                .map_err(|error| ToolError::Failed(error.to_string()))?;
            self.search(arguments).await
        })
    }
}

fn tell_of_other_models(embedding: &Embedding, index: &Index) {
    let chunks = index.without(embedding.model());
    if chunks > 0 {
        let model = embedding.model();
        warn!(
            chunks,
            model, "chunks of no or another model are found by words only; ingest them again"
        );
    }
}

/// What was found, or why nothing was; `others` are passages without a vector to compare with.
fn render(found: &[Arc<Passage>], nothing: &str, complete: bool, others: usize) -> String {
    let mut text = match found.len() {
        0 => nothing.to_owned(),
        _ => String::new(),
    };
    for (n, passage) in found.iter().enumerate() {
        let separator = if n == 0 { "" } else { "\n\n" };
        let Passage { name, ordinal, .. } = passage.as_ref();
        text += &format!(
            "{separator}[{}] document `{}`, chunk {ordinal}\n{}",
            n + 1,
            name.document_id,
            passage.text
        );
    }
    if others > 0 {
        text += &format!("\n\n[{others} passages can be found by their words only]");
    }
    if !complete {
        text += &format!("\n\n[only the first {MAX_PAGES} MB of documents were searched]");
    }
    text
}
