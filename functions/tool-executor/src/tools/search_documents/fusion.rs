//! One list out of two.

use std::collections::HashMap;
use std::sync::Arc;

use super::index::Passage;

/// Reciprocal rank fusion: scores of words and of vectors cannot be compared, places in lists can.
/// With the usual constant, two good places beat a single first one.
const DAMPING: f32 = 60.0;

/// The passages of both lists, those best placed in both first, at most so many.
pub(super) fn fused(lists: [Vec<Arc<Passage>>; 2], limit: usize) -> Vec<Arc<Passage>> {
    let mut places = HashMap::new();
    let mut found: Vec<(f32, Arc<Passage>)> = Vec::new();
    for list in lists {
        for (rank, passage) in list.into_iter().enumerate() {
            let score = 1.0 / (DAMPING + 1.0 + rank as f32);
            let place = *places.entry(passage.name.clone()).or_insert(found.len());
            match found.get_mut(place) {
                Some((sum, _)) => *sum += score,
                None => found.push((score, passage)),
            }
        }
    }
    // Stable: of equal passages, the one found by its words comes first.
    found.sort_by(|(a, _), (b, _)| b.total_cmp(a));
    found.truncate(limit);
    found.into_iter().map(|(_, passage)| passage).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order(by_words: &[usize], by_meaning: &[usize]) -> Vec<usize> {
        let passage = |ordinal: &usize| Arc::new(Passage::nth(*ordinal));
        let lists = [by_words, by_meaning].map(|it| it.iter().map(passage).collect());
        fused(lists, 4).iter().map(|it| it.ordinal).collect()
    }

    #[test]
    fn passages_in_both_lists_come_before_those_in_one() {
        assert_eq!(order(&[1, 2, 3], &[4, 2]), [2, 1, 4, 3]);
    }

    #[test]
    fn one_list_alone_keeps_its_order_and_no_more_than_asked_for_is_returned() {
        assert_eq!(order(&[3, 1, 2], &[]), [3, 1, 2]);
        assert_eq!(order(&[], &[5, 4, 3, 2, 1]), [5, 4, 3, 2]);
        assert!(order(&[], &[]).is_empty());
    }
}
