//! `search_documents`: passages of ingested documents that fit a query.

use std::collections::BTreeMap;
use std::time::Duration;

use aws_sdk_dynamodb::Client;
use ingestion::{CurrentChunks, DocumentsTable, StoredChunk};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use super::ranking::rank;
use crate::{Effect, Tool, ToolError, ToolFuture, ToolSpec};

const MAX_QUERY: usize = 500;
const DEFAULT_LIMIT: usize = 5;
const MAX_LIMIT: usize = 10;
/// How much of the table is read, in pages of 1 MB. It bounds time, memory and cost.
const MAX_PAGES: usize = 8;
const TIMEOUT: Duration = Duration::from_secs(10);

const DESCRIPTION: &str = "Searches the ingested documents for passages that contain the words of \
    a query and returns the best ones, each with its document's id.";

/// Searches the documents table.
pub struct SearchDocuments {
    spec: ToolSpec,
    table: DocumentsTable,
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

struct Passage {
    document_id: String,
    chunk: StoredChunk,
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
        }
    }

    async fn search(&self, arguments: Arguments) -> Result<String, ToolError> {
        let read = self.table.current_chunks(MAX_PAGES).await;
        let CurrentChunks {
            documents,
            complete,
        } = read.map_err(ToolError::unavailable)?;
        let limit = arguments.limit.unwrap_or(DEFAULT_LIMIT).min(MAX_LIMIT);
        // Counting the words of megabytes is not for the thread that serves others.
        let found = tokio::task::spawn_blocking(move || best(documents, &arguments.query, limit));
        let found = found.await.map_err(ToolError::unavailable)?;
        Ok(render(&found, complete))
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

fn best(documents: BTreeMap<String, Vec<StoredChunk>>, query: &str, limit: usize) -> Vec<Passage> {
    let passages = documents.into_iter().flat_map(|(document_id, chunks)| {
        chunks.into_iter().map(move |chunk| Passage {
            document_id: document_id.clone(),
            chunk,
        })
    });
    let mut passages: Vec<Option<Passage>> = passages.map(Some).collect();
    let texts: Vec<&str> = passages
        .iter()
        .flatten()
        .map(|passage| passage.chunk.text.as_str())
        .collect();
    let mut ranked = rank(query, &texts);
    ranked.truncate(limit);
    ranked
        .into_iter()
        .filter_map(|(index, _)| passages[index].take())
        .collect()
}

fn render(found: &[Passage], complete: bool) -> String {
    let mut text = match found.len() {
        0 => "No passage contains a word of the query. Try other words.".to_owned(),
        _ => String::new(),
    };
    for (n, Passage { document_id, chunk }) in found.iter().enumerate() {
        let separator = if n == 0 { "" } else { "\n\n" };
        let (place, passage) = (chunk.ordinal, &chunk.text);
        text += &format!(
            "{separator}[{}] document `{document_id}`, chunk {place}\n{passage}",
            n + 1
        );
    }
    if !complete {
        text += &format!("\n\n[only the first {MAX_PAGES} MB of documents were searched]");
    }
    text
}
