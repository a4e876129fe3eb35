use super::ENTRIES;

/// Largest message, and largest batch, attributes included (`SendMessageBatch`).
pub(crate) const MAX_BYTES: usize = 1 << 20;

/// Entries with their sizes, in their order, ten to a request and at most 1 MiB.
pub(crate) fn batches<T>(entries: impl IntoIterator<Item = (T, usize)>) -> Vec<Vec<T>> {
    let mut batches: Vec<Vec<T>> = Vec::new();
    let mut room = 0;
    for (entry, bytes) in entries {
        match batches.last_mut() {
            Some(batch) if batch.len() < ENTRIES && bytes <= room => {
                room -= bytes;
                batch.push(entry);
            }
            _ => {
                room = MAX_BYTES.saturating_sub(bytes);
                batches.push(vec![entry]);
            }
        }
    }
    batches
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_batch_holds_ten_entries_or_a_mebibyte_in_their_order() {
        let small = (0..12).map(|it| (it, 1));
        assert_eq!(batches(small), [(0..10).collect::<Vec<_>>(), vec![10, 11]]);
        let large = [("a", MAX_BYTES - 1), ("b", 1), ("c", 1)];
        assert_eq!(batches(large), [vec!["a", "b"], vec!["c"]]);
    }
}
