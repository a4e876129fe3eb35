//! What the length of a chunk is counted in.

use text_splitter::{Characters, ChunkSizer};
#[cfg(feature = "tokens")]
use tiktoken_rs::{CoreBPE, cl100k_base_singleton, o200k_base_singleton};

/// What the length of a chunk is counted in: `CHUNK_BY` and `TOKENIZER`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ChunkBy {
    /// Characters.
    #[default]
    Characters,
    /// Tokens of a vocabulary.
    #[cfg(feature = "tokens")]
    Tokens(Vocabulary),
}

/// A vocabulary of tokens.
#[cfg(feature = "tokens")]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Vocabulary {
    /// That of OpenAI's GPT-4 and of its embedding models.
    #[default]
    Cl100kBase,
    /// That of OpenAI's GPT-4o and later.
    O200kBase,
}

#[cfg(feature = "tokens")]
impl Vocabulary {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Cl100kBase, Self::O200kBase];

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Cl100kBase => "cl100k_base",
            Self::O200kBase => "o200k_base",
        }
    }

    /// Its table, which is built once, at the first use.
    fn table(self) -> &'static CoreBPE {
        match self {
            Self::Cl100kBase => cl100k_base_singleton(),
            Self::O200kBase => o200k_base_singleton(),
        }
    }
}

/// Counts.
#[derive(Clone, Copy)]
pub(super) enum Sizer {
    Characters,
    #[cfg(feature = "tokens")]
    Tokens(&'static CoreBPE),
}

impl ChunkBy {
    pub(super) fn sizer(self) -> Sizer {
        match self {
            Self::Characters => Sizer::Characters,
            #[cfg(feature = "tokens")]
            Self::Tokens(vocabulary) => Sizer::Tokens(vocabulary.table()),
        }
    }

    /// What versions of documents are told apart by.
    pub(super) fn name(self) -> Option<&'static str> {
        match self {
            Self::Characters => None,
            #[cfg(feature = "tokens")]
            Self::Tokens(vocabulary) => Some(vocabulary.name()),
        }
    }
}

impl ChunkSizer for Sizer {
    fn size(&self, chunk: &str) -> usize {
        match self {
            Self::Characters => Characters.size(chunk),
            #[cfg(feature = "tokens")]
            Self::Tokens(table) => table.size(chunk),
        }
    }
}
