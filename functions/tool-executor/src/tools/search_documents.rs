//! `search_documents`: passages of ingested documents that fit a query.

mod index;

use std::sync::Arc;
use std::time::Duration;

use aws_sdk_dynamodb::Client;
use ingestion::DocumentsTable;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;
use tokio::sync::Mutex;
use tokio::time::Instant;

use crate::{Effect, Tool, ToolError, ToolFuture, ToolSpec};
use index::{Index, Passage};

const MAX_QUERY: usize = 500;
const DEFAULT_LIMIT: usize = 5;
const MAX_LIMIT: usize = 10;
/// How much of the table is read, in pages of 1 MB. It bounds time, memory and cost.
const MAX_PAGES: usize = 8;
/// How long an index is used before the table is read again. The calls of a batch share one; what
/// was ingested since is found later by as much.
const FRESH: Duration = Duration::from_secs(5);
const TIMEOUT: Duration = Duration::from_secs(10);

const DESCRIPTION: &str = "Searches the ingested documents for passages that contain the words of \
    a query and returns the best ones, each with its document's id.";

/// Searches the documents table.
pub struct SearchDocuments {
    spec: ToolSpec,
    table: DocumentsTable,
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
            latest: Mutex::default(),
        }
    }

    async fn search(&self, arguments: Arguments) -> Result<String, ToolError> {
        let index = self.index().await?;
        let limit = arguments.limit.unwrap_or(DEFAULT_LIMIT).min(MAX_LIMIT);
        Ok(render(
            &index.search(&arguments.query, limit),
            index.complete,
        ))
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
        let indexed = tokio::task::spawn_blocking(|| Arc::new(Index::of(chunks))).await;
        let index = indexed.map_err(ToolError::unavailable)?;
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

fn render(found: &[&Passage], complete: bool) -> String {
    let mut text = match found.len() {
        0 => "No passage contains a word of the query. Try other words.".to_owned(),
        _ => String::new(),
    };
    for (n, passage) in found.iter().enumerate() {
        let separator = if n == 0 { "" } else { "\n\n" };
        let Passage {
            document_id,
            ordinal,
            text: passage,
        } = passage;
        text += &format!(
            "{separator}[{}] document `{document_id}`, chunk {ordinal}\n{passage}",
            n + 1
        );
    }
    if !complete {
        text += &format!("\n\n[only the first {MAX_PAGES} MB of documents were searched]");
    }
    text
}
