//! Passages whose vectors are near that of a query.

use std::sync::Arc;

use ingestion::{DocumentsTable, Embedding, MAX_NAMED, Vector};

use super::index::{Index, Passage};
use crate::ToolError;

/// The passages nearest to a query, best first.
///
/// An index of vectors may have those of versions that are not or no longer current. Of documents
/// that were read, only what was read counts, so that no answer mixes two versions; the others are
/// looked up.
pub(super) async fn nearest(
    embedding: &Embedding,
    table: &DocumentsTable,
    index: &Index,
    query: &Vector,
) -> Result<Vec<Arc<Passage>>, ToolError> {
    let limit = u8::try_from(MAX_NAMED).unwrap_or(u8::MAX);
    let named = embedding.nearest(query, limit).await;
    let Some(named) = named.map_err(ToolError::unavailable)? else {
        return Ok(index.nearest(query, embedding.model(), MAX_NAMED));
    };
    let unread = named.iter().filter(|it| !index.has(&it.document_id));
    let unread: Vec<_> = unread.cloned().collect();
    let current = table.current_of(&unread).await;
    let mut current = current.map_err(ToolError::unavailable)?;
    let found = named.iter().filter_map(|name| {
        let passage = index.passage(name);
        passage.or_else(|| Some(Arc::new(Passage::from(current.remove(name)?))))
    });
    let same = |it: &Arc<Passage>| it.embedding_model.as_deref() == Some(embedding.model());
    Ok(found.filter(same).collect())
}
