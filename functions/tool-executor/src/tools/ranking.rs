//! Which passages fit a query: Okapi BM25 over what was read.

use std::collections::HashMap;

/// How soon repeating a term stops to count.
const K1: f64 = 1.2;
/// How much long passages are held back.
const B: f64 = 0.75;

/// The indices and scores of the passages that have a term of the query, best first.
pub(super) fn rank(query: &str, passages: &[&str]) -> Vec<(usize, f64)> {
    let mut terms: Vec<String> = words(query).collect();
    terms.sort_unstable();
    terms.dedup();
    let counted: Vec<Counted> = passages
        .iter()
        .map(|passage| count(&terms, passage))
        .collect();
    let total = counted.len() as f64;
    let average = counted.iter().map(|passage| passage.length).sum::<f64>() / total.max(1.0);
    let weight = |term: usize| {
        let having = counted
            .iter()
            .filter(|passage| passage.terms.contains_key(&term))
            .count() as f64;
        (1.0 + (total - having + 0.5) / (having + 0.5)).ln()
    };
    let weights: Vec<f64> = (0..terms.len()).map(weight).collect();
    let score = |passage: &Counted| -> f64 {
        let norm = K1 * (1.0 - B + B * passage.length / average.max(1.0));
        let part = |(&term, &n): (&usize, &f64)| weights[term] * n * (K1 + 1.0) / (n + norm);
        passage.terms.iter().map(part).sum()
    };
    let mut ranked: Vec<_> = counted.iter().map(score).enumerate().collect();
    ranked.retain(|(_, score)| *score > 0.0);
    // A stable sort: passages of one score stay in the order of their documents.
    ranked.sort_by(|a, b| b.1.total_cmp(&a.1));
    ranked
}

struct Counted {
    terms: HashMap<usize, f64>,
    length: f64,
}

fn count(terms: &[String], passage: &str) -> Counted {
    let mut counted = Counted {
        terms: HashMap::new(),
        length: 0.0,
    };
    for word in words(passage) {
        counted.length += 1.0;
        if let Ok(term) = terms.binary_search(&word) {
            *counted.terms.entry(term).or_default() += 1.0;
        }
    }
    counted
}

fn words(text: &str) -> impl Iterator<Item = String> {
    text.split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order(query: &str, passages: &[&str]) -> Vec<usize> {
        rank(query, passages)
            .into_iter()
            .map(|(index, _)| index)
            .collect()
    }

    #[test]
    fn rare_terms_weigh_more_than_common_ones() {
        let passages = ["the the the cat", "the zebra", "the dog", "the cow"];
        assert_eq!(order("the zebra", &passages)[0], 1);
    }

    #[test]
    fn passages_without_any_term_are_left_out() {
        assert_eq!(order("zebra", &["a cat", "A ZEBRA!"]), [1]);
        assert!(order("?!", &["a cat"]).is_empty());
        assert!(order("zebra", &[]).is_empty());
    }

    #[test]
    fn of_equal_passages_the_first_stays_first() {
        assert_eq!(order("cat", &["cat", "dog", "cat"]), [0, 2]);
    }
}
