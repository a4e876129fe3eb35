//! Entries in batches that SQS accepts.

use serde_json::Value as Json;

const MAX_ENTRIES: usize = 10;
/// A mebibyte for bodies and attributes; what JSON adds to them only makes batches smaller.
const MAX_BYTES: usize = 1 << 20;

/// `entries` in order, as full as batches may be, each with an id.
pub(super) fn batches(entries: impl Iterator<Item = Json>) -> impl Iterator<Item = Vec<Json>> {
    let mut entries = entries.peekable();
    std::iter::from_fn(move || {
        let mut batch = Vec::new();
        let mut room = MAX_BYTES;
        while batch.len() < MAX_ENTRIES
            && let Some(next) = entries.peek()
        {
            let size = next.to_string().len();
            // One that is too large goes alone, for SQS to say so.
            if size > room && !batch.is_empty() {
                break;
            }
            room = room.saturating_sub(size);
            let mut entry = entries.next()?;
            entry["Id"] = batch.len().to_string().into();
            batch.push(entry);
        }
        (!batch.is_empty()).then_some(batch)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sizes(lengths: &[usize]) -> Vec<usize> {
        let entries = lengths
            .iter()
            .map(|it| serde_json::json!({"MessageBody": "x".repeat(*it)}));
        batches(entries).map(|batch| batch.len()).collect()
    }

    #[test]
    fn batches_hold_ten_entries_or_a_mebibyte() {
        assert_eq!(sizes(&[1; 23]), [10, 10, 3]);
        assert_eq!(sizes(&[600_000; 3]), [1, 1, 1]);
        assert_eq!(sizes(&[300_000; 4]), [3, 1]);
        assert_eq!(sizes(&[1, 2_000_000, 1]), [1, 1, 1]);
        assert!(sizes(&[]).is_empty());
    }

    #[test]
    fn entries_have_ids_of_their_own() {
        let batch = batches([serde_json::json!({}), serde_json::json!({})].into_iter()).next();
        let ids: Vec<_> = batch.unwrap().iter().map(|it| it["Id"].clone()).collect();
        assert_eq!(ids, ["0", "1"]);
    }
}
