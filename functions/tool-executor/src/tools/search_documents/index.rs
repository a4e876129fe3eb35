//! Passages and an index of their words: Okapi BM25 over the stems of English words, and over
//! words as they are in other languages.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use bm25::{Embedder, EmbedderBuilder, Language, Scorer};
use ingestion::{ChunkName, CurrentChunks, StoredChunk, Vector};

/// What was read of the documents, ready to be searched.
pub(super) struct Index {
    passages: Vec<Arc<Passage>>,
    /// Where passages are, by their names.
    places: HashMap<ChunkName, usize>,
    documents: BTreeSet<String>,
    /// Whether all documents are in it.
    pub(super) complete: bool,
    embedder: Embedder,
    scorer: Scorer<usize>,
}

/// A chunk of a document.
pub(super) struct Passage {
    pub(super) name: ChunkName,
    pub(super) ordinal: usize,
    pub(super) text: String,
    pub(super) embedding_model: Option<String>,
    vector: Option<Vector>,
}

impl From<StoredChunk> for Passage {
    fn from(chunk: StoredChunk) -> Self {
        Self {
            name: chunk.name,
            ordinal: chunk.ordinal,
            text: chunk.text,
            embedding_model: chunk.embedding_model,
            vector: chunk.embedding,
        }
    }
}

impl Index {
    /// Indexes what was read.
    pub(super) fn of(chunks: CurrentChunks) -> Self {
        let passages = chunks.documents.into_values().flatten();
        let passages = passages.map(|chunk| Arc::new(Passage::from(chunk)));
        Self::new(passages.collect(), chunks.complete)
    }

    fn new(passages: Vec<Arc<Passage>>, complete: bool) -> Self {
        let texts: Vec<&str> = passages.iter().map(|it| it.text.as_str()).collect();
        let embedder: Embedder =
            EmbedderBuilder::with_fit_to_corpus(Language::English, &texts).build();
        let mut scorer = Scorer::new();
        for (place, text) in texts.iter().enumerate() {
            scorer.upsert(&place, embedder.embed(text));
        }
        let names = passages.iter().map(|it| it.name.clone());
        let ids = passages.iter().map(|it| it.name.document_id.clone());
        Self {
            places: names.zip(0..).collect(),
            documents: ids.collect(),
            passages,
            complete,
            embedder,
            scorer,
        }
    }

    /// The passages that have a word of the query, best first, at most so many.
    pub(super) fn search(&self, query: &str, limit: usize) -> Vec<Arc<Passage>> {
        let mut found = self.scorer.matches(&self.embedder.embed(query));
        // Passages of one score stay in the order of their documents.
        found.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.id.cmp(&b.id)));
        let best = found.into_iter().take(limit);
        best.filter_map(|it| self.passages.get(it.id).cloned())
            .collect()
    }

    /// The passages whose vectors by this model are nearest, best first, at most so many. What has
    /// nothing in common with the query is left out.
    pub(super) fn nearest(&self, query: &Vector, model: &str, limit: usize) -> Vec<Arc<Passage>> {
        let same = |it: &&Arc<Passage>| it.embedding_model.as_deref() == Some(model);
        let scored = self.passages.iter().filter(same);
        let scored = scored.filter_map(|it| Some((it.vector.as_ref()?.cosine(query), it)));
        let mut found: Vec<_> = scored.filter(|(likeness, _)| *likeness > 0.0).collect();
        found.sort_by(|(a, _), (b, _)| b.total_cmp(a));
        let best = found.into_iter().take(limit);
        best.map(|(_, passage)| Arc::clone(passage)).collect()
    }

    /// Whether a document was read.
    pub(super) fn has(&self, document_id: &str) -> bool {
        self.documents.contains(document_id)
    }

    /// A passage by its name.
    pub(super) fn passage(&self, name: &ChunkName) -> Option<Arc<Passage>> {
        self.passages.get(*self.places.get(name)?).cloned()
    }

    /// How many passages are not embedded with this model.
    pub(super) fn without(&self, model: &str) -> usize {
        let other = |it: &&Arc<Passage>| it.embedding_model.as_deref() != Some(model);
        self.passages.iter().filter(other).count()
    }
}

#[cfg(test)]
impl Passage {
    /// A passage without text.
    pub(super) fn nth(ordinal: usize) -> Self {
        let name = ChunkName {
            document_id: "d".to_owned(),
            sort: ordinal.to_string(),
        };
        Self {
            name,
            ordinal,
            text: String::new(),
            embedding_model: None,
            vector: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn index(texts: &[&str]) -> Index {
        let passage = |(ordinal, text): (usize, &&str)| {
            let text = (*text).to_owned();
            Arc::new(Passage {
                text,
                ..Passage::nth(ordinal)
            })
        };
        Index::new(texts.iter().enumerate().map(passage).collect(), true)
    }

    fn order(query: &str, texts: &[&str]) -> Vec<usize> {
        let index = index(texts);
        let found = index.search(query, usize::MAX);
        found.iter().map(|it| it.ordinal).collect()
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
