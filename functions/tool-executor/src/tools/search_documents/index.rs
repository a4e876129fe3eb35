//! Passages and an index of their words: Okapi BM25 over the stems of English words, and over
//! words as they are in other languages.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use bm25::{DefaultTokenizer, Embedder, EmbedderBuilder, Language, Scorer, Tokenizer};
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
    /// Indexes what was read; `cancelled` is asked before each passage, and where it says so, there
    /// is no index.
    pub(super) fn of(chunks: CurrentChunks, cancelled: &dyn Fn() -> bool) -> Option<Self> {
        let passages = chunks.documents.into_values().flatten();
        let passages = passages.map(|chunk| Arc::new(Passage::from(chunk)));
        Self::new(passages.collect(), chunks.complete, cancelled)
    }

    fn new(
        passages: Vec<Arc<Passage>>,
        complete: bool,
        cancelled: &dyn Fn() -> bool,
    ) -> Option<Self> {
        let embedder = embedder(&passages, cancelled)?;
        let mut scorer = Scorer::new();
        for (place, passage) in passages.iter().enumerate() {
            if cancelled() {
                return None;
            }
            scorer.upsert(&place, embedder.embed(&passage.text));
        }
        let names = passages.iter().map(|it| it.name.clone());
        let ids = passages.iter().map(|it| it.name.document_id.clone());
        Some(Self {
            places: names.zip(0..).collect(),
            documents: ids.collect(),
            passages,
            complete,
            embedder,
            scorer,
        })
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

/// Fit to the passages as the crate's own `with_fit_to_corpus` does it, which cannot be stopped.
fn embedder(passages: &[Arc<Passage>], cancelled: &dyn Fn() -> bool) -> Option<Embedder> {
    let tokenizer = DefaultTokenizer::new(Language::English);
    let mut words = 0;
    for passage in passages {
        if cancelled() {
            return None;
        }
        words += tokenizer.tokenize(&passage.text).len();
    }
    let average = words as f32 / passages.len().max(1) as f32;
    let builder = EmbedderBuilder::with_avgdl(average.max(1.0));
    Some(builder.tokenizer(tokenizer).build())
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
        let passages = texts.iter().enumerate().map(passage).collect();
        Index::new(passages, true, &|| false).unwrap()
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
    fn indexing_ends_when_nobody_waits_for_it() {
        let passages = || (0..10).map(|n| Arc::new(Passage::nth(n))).collect();
        for until in [0, 5, 15, 19] {
            let asked = std::cell::Cell::new(0);
            let cancelled = || asked.replace(asked.get() + 1) >= until;
            assert!(Index::new(passages(), true, &cancelled).is_none());
            assert_eq!(asked.get(), until + 1);
        }
    }

    #[test]
    fn no_more_than_asked_for_are_found() {
        assert_eq!(index(&["cat"; 5]).search("cat", 2).len(), 2);
    }
}
