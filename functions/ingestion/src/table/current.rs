//! Reading chunks by name, if they are what their documents are at present.

use std::collections::{BTreeSet, HashMap};

use aws_sdk_dynamodb::types::KeysAndAttributes;

use super::item::{self, Item, MANIFEST};
use super::{ChunkName, DocumentsTable, Manifest, StoredChunk, TableError};

/// How many chunks can be asked for: `BatchGetItem` takes 100 keys, and each may need a manifest.
pub const MAX_NAMED: usize = 50;
/// How often keys that DynamoDB left out are asked for again.
const ATTEMPTS: u32 = 5;

impl DocumentsTable {
    /// Reads chunks by name; those that are not, or no longer, of the current version of their
    /// document are left out. At most [`MAX_NAMED`].
    ///
    /// # Errors
    /// DynamoDB does not answer, or an item is neither manifest nor chunk.
    pub async fn current_of(
        &self,
        names: &[ChunkName],
    ) -> Result<HashMap<ChunkName, StoredChunk>, TableError> {
        let names = &names[..names.len().min(MAX_NAMED)];
        let chunks = names
            .iter()
            .map(|it| (it.document_id.as_str(), it.sort.as_str()));
        let manifests = names.iter().map(|it| (it.document_id.as_str(), MANIFEST));
        let keys: BTreeSet<_> = chunks.chain(manifests).collect();
        if keys.is_empty() {
            return Ok(HashMap::new());
        }
        let keys = keys.into_iter().map(|(id, sort)| item::key(id, sort));
        let mut versions = HashMap::new();
        let mut chunks = HashMap::new();
        for item in self.get_batch(keys.collect()).await? {
            let name = item::name(&item)?;
            if name.sort == MANIFEST {
                versions.insert(name.document_id, Manifest::from_item(&item)?.version);
            } else {
                chunks.insert(name, StoredChunk::from_item(&item)?);
            }
        }
        // A chunk is never changed. If it is there and its version is the manifest's, it is current,
        // whichever of the two was read first.
        chunks.retain(|name, chunk| {
            let version = versions.get(&name.document_id);
            version.is_some_and(|version| version.as_str() == chunk.version)
        });
        Ok(chunks)
    }

    async fn get_batch(&self, keys: Vec<Item>) -> Result<Vec<Item>, TableError> {
        let mut asked = KeysAndAttributes::builder()
            .set_keys(Some(keys))
            .consistent_read(true)
            .build()?;
        let mut items = Vec::new();
        for attempt in 1..=ATTEMPTS {
            let answer = self
                .client
                .batch_get_item()
                .request_items(&self.name, asked)
                .send()
                .await
                .map_err(|error| TableError::request("read chunks", error))?;
            let mut found = answer.responses.unwrap_or_default();
            items.extend(found.remove(&self.name).unwrap_or_default());
            let mut left = answer.unprocessed_keys.unwrap_or_default();
            match left.remove(&self.name) {
                None => return Ok(items),
                Some(left) => asked = left,
            }
            super::batch::wait(attempt).await;
        }
        Err(TableError::Unread {
            left: asked.keys.len(),
            attempts: ATTEMPTS,
        })
    }
}
