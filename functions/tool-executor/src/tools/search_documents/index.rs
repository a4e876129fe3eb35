//! Passages and an index of their words: Okapi BM25 over the stems of English words, and over
//! words as they are in other languages.

use bm25::{Embedder, EmbedderBuilder, Language, Scorer};
use ingestion::CurrentChunks;

/// What was read of the documents, ready to be searched.
pub(super) struct Index {
    passages: Vec<Passage>,
    /// Whether all documents are in it.
    pub(super) complete: bool,
    embedder: Embedder,
    scorer: Scorer<usize>,
}

/// A chunk of a document.
pub(super) struct Passage {
    pub(super) document_id: String,
    pub(super) ordinal: usize,
    pub(super) text: String,
}

impl Index {
    /// Indexes what was read.
    pub(super) fn of(chunks: CurrentChunks) -> Self {
        let documents = chunks.documents.into_iter();
        let passages = documents.flat_map(|(document_id, chunks)| {
            chunks.into_iter().map(move |chunk| Passage {
                document_id: document_id.clone(),
                ordinal: chunk.ordinal,
                text: chunk.text,
            })
        });
        Self::new(passages.collect(), chunks.complete)
    }

    fn new(passages: Vec<Passage>, complete: bool) -> Self {
        let texts: Vec<&str> = passages.iter().map(|it| it.text.as_str()).collect();
        let embedder: Embedder =
            EmbedderBuilder::with_fit_to_corpus(Language::English, &texts).build();
        let mut scorer = Scorer::new();
        for (place, text) in texts.iter().enumerate() {
            scorer.upsert(&place, embedder.embed(text));
        }
        Self {
            passages,
            complete,
            embedder,
            scorer,
        }
    }

    /// The passages that have a word of the query, best first, at most so many.
    pub(super) fn search(&self, query: &str, limit: usize) -> Vec<&Passage> {
        let mut found = self.scorer.matches(&self.embedder.embed(query));
        // Passages of one score stay in the order of their documents.
        found.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.id.cmp(&b.id)));
        let best = found.into_iter().take(limit);
        best.filter_map(|it| self.passages.get(it.id)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn index(texts: &[&str]) -> Index {
        let passage = |(ordinal, text): (usize, &&str)| Passage {
            document_id: "d".to_owned(),
            ordinal,
            text: (*text).to_owned(),
        };
        Index::new(texts.iter().enumerate().map(passage).collect(), true)
    }

    fn order(query: &str, texts: &[&str]) -> Vec<usize> {
        let index = index(texts);
        let found = index.search(query, usize::MAX);
        found.into_iter().map(|it| it.ordinal).collect()
    }

    #[test]
    fn rare_words_weigh_more_than_common_ones() {
        let texts = ["cat cat cat dog", "cat zebra", "cat horse", "cat cow"];
        assert_eq!(order("cat zebra", &texts)[0], 1);
    }

    #[test]
    fn passages_without_any_word_are_left_out() {
        assert_eq!(order("zebra", &["a cat", "A ZEBRA!"]), [1]);
        assert!(order("?!", &["a cat"]).is_empty());
        assert!(order("the", &["the cat"]).is_empty());
        assert!(order("zebra", &[]).is_empty());
    }

    #[test]
    fn of_equal_passages_the_first_stays_first() {
        let mut texts = vec!["cat"; 20];
        texts.insert(3, "dog");
        assert!(order("cat", &texts).is_sorted());
    }

    #[test]
    fn words_are_found_in_their_other_forms() {
        let texts = ["Parcels are shipped daily.", "Nothing of the kind."];
        assert_eq!(order("shipping a parcel", &texts), [0]);
    }

    #[test]
    fn words_of_other_languages_and_alphabets_are_found() {
        let texts = [
            "Rücksendung binnen 14 Tagen",
            "Доставка за два дня",
            "配送は無料です",
        ];
        assert_eq!(order("rücksendung", &texts), [0]);
        assert_eq!(order("доставка", &texts), [1]);
        assert_eq!(order("配送", &texts), [2]);
    }

    #[test]
    fn no_more_than_asked_for_are_found() {
        assert_eq!(index(&["cat"; 5]).search("cat", 2).len(), 2);
    }
}
