//! Cutting text into overlapping chunks along its structure.

mod headings;
mod sections;
mod sizer;

use std::ops::Range;

use sha2::{Digest, Sha256};
use text_splitter::{ChunkConfig, MarkdownSplitter, TextSplitter};

pub use text_splitter::ChunkConfigError as ChunkSizeError;

use crate::text::{Format, Text};
use headings::HeadingPath;
use sections::sections;
pub use sizer::ChunkBy;
use sizer::Sizer;
#[cfg(feature = "tokens")]
pub use sizer::Vocabulary;

/// The largest chunk size, in characters; at four bytes each a third of what an item may hold.
pub const MAX_CHUNK_SIZE: usize = 32_000;

/// The longest text cut at once, in bytes, unless chunks are very long.
const SECTION: usize = 32 * 1024;

/// How long chunks are and how much of one is repeated at the start of the next.
pub struct Chunker {
    size: usize,
    overlap: usize,
    by: ChunkBy,
    markdown: MarkdownSplitter<Sizer>,
    plain: TextSplitter<Sizer>,
}

/// A piece of a document.
#[derive(Clone, PartialEq, Eq)]
pub struct Chunk {
    /// Its place among the document's chunks, from 0.
    pub ordinal: usize,
    /// The headings it stands under, the outermost first, shortened where they are very long.
    pub heading_path: Vec<String>,
    /// Where it is in the text, in bytes; for other formats than plain text and markdown, in the
    /// text made of it.
    pub bytes: Range<usize>,
    /// The text.
    pub text: String,
    /// SHA-256 of the text, in hex.
    pub hash: String,
}

impl Chunker {
    /// A chunker for chunks of at most `size` characters.
    ///
    /// # Errors
    /// When the overlap is not smaller than the size.
    pub fn new(size: usize, overlap: usize) -> Result<Self, ChunkSizeError> {
        Self::by(ChunkBy::Characters, size, overlap)
    }

    /// A chunker for chunks of at most `size` characters or tokens.
    ///
    /// # Errors
    /// When the overlap is not smaller than the size.
    pub fn by(by: ChunkBy, size: usize, overlap: usize) -> Result<Self, ChunkSizeError> {
        let sizer = by.sizer();
        let config = || {
            let config = ChunkConfig::new(size).with_sizer(sizer);
            config.with_overlap(overlap)
        };
        Ok(Self {
            size,
            overlap,
            by,
            markdown: MarkdownSplitter::new(config()?),
            plain: TextSplitter::new(config()?),
        })
    }

    /// Cuts a text. Blank text gives no chunk.
    pub fn chunks(&self, text: &Text) -> Vec<Chunk> {
        self.chunks_unless(text, &|| false).unwrap_or_default()
    }

    /// The same for a text that it may take long to cut: `cancelled` is asked between its sections,
    /// and where it says so, there are no chunks.
    pub fn chunks_unless(&self, text: &Text, cancelled: &dyn Fn() -> bool) -> Option<Vec<Chunk>> {
        let limit = SECTION.max(4 * self.size);
        let mut chunks = Vec::new();
        let mut path = HeadingPath::default();
        for (offset, section) in sections(&text.text, limit) {
            if cancelled() {
                return None;
            }
            match text.format {
                Format::Markdown => {
                    path.enter(section);
                    let pieces = self.markdown.chunk_indices(section);
                    collect(&mut chunks, offset, &mut path, pieces);
                }
                Format::Plain => {
                    let pieces = self.plain.chunk_indices(section);
                    collect(&mut chunks, offset, &mut path, pieces);
                }
            }
        }
        Some(chunks)
    }

    /// What, besides the content, decides where the cuts are.
    pub fn settings(&self) -> String {
        let Self { size, overlap, .. } = self;
        match self.by.name() {
            None => format!("{size}/{overlap}"),
            Some(by) => format!("{size}/{overlap}/{by}"),
        }
    }
}

fn collect<'t>(
    chunks: &mut Vec<Chunk>,
    offset: usize,
    path: &mut HeadingPath,
    pieces: impl Iterator<Item = (usize, &'t str)>,
) {
    for (start, text) in pieces {
        let heading_path = path.at(start);
        let start = offset + start;
        chunks.push(Chunk {
            ordinal: chunks.len(),
            heading_path,
            bytes: start..start + text.len(),
            text: text.to_owned(),
            hash: hex::encode(Sha256::digest(text)),
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chunk(format: Format, text: &str, size: usize, overlap: usize) -> Vec<Chunk> {
        let text = Text {
            format,
            text: text.into(),
        };
        Chunker::new(size, overlap).unwrap().chunks(&text)
    }

    #[test]
    fn every_chunk_is_the_text_at_its_byte_range_and_no_longer_than_asked() {
        let text = "Größe zählt. ".repeat(40);
        let chunks = chunk(Format::Plain, &text, 50, 10);
        assert!(chunks.len() > 5);
        for chunk in &chunks {
            assert_eq!(chunk.text, text[chunk.bytes.clone()]);
            assert!(chunk.text.chars().count() <= 50);
        }
    }

    #[test]
    fn chunks_of_a_long_text_keep_their_place_in_it() {
        let text = "# Heading\n\nSome words of a long document.\n\n".repeat(5000);
        let chunks = chunk(Format::Markdown, &text, 1000, 100);
        assert!(
            chunks
                .windows(2)
                .all(|pair| pair[0].ordinal + 1 == pair[1].ordinal)
        );
        for chunk in &chunks {
            assert_eq!(chunk.text, text[chunk.bytes.clone()]);
        }
    }

    #[test]
    fn neighbours_overlap_when_asked_to() {
        let text = "one two three four five six seven eight nine ten";
        let chunks = chunk(Format::Plain, text, 20, 8);
        assert!(
            chunks
                .windows(2)
                .all(|pair| pair[1].bytes.start < pair[0].bytes.end)
        );
        let apart = chunk(Format::Plain, text, 20, 0);
        assert!(
            apart
                .windows(2)
                .all(|pair| pair[1].bytes.start >= pair[0].bytes.end)
        );
    }

    #[test]
    fn markdown_is_cut_at_its_headings() {
        let text = "# One\n\nFirst part.\n\n# Two\n\nSecond part.\n";
        let chunks = chunk(Format::Markdown, text, 25, 0);
        let texts: Vec<_> = chunks.iter().map(|chunk| chunk.text.as_str()).collect();
        assert_eq!(texts, ["# One\n\nFirst part.", "# Two\n\nSecond part."]);
    }

    #[test]
    fn blank_text_gives_no_chunk() {
        assert!(chunk(Format::Markdown, "", 10, 0).is_empty());
        assert!(chunk(Format::Plain, " \n\t\n ", 10, 0).is_empty());
    }

    #[test]
    fn text_without_breaks_or_of_nothing_else_is_cut_in_bounded_time() {
        for part in ["[", "> ", "*a ", "`", "a", "\n", " \n", "a\n\n\n\n"] {
            let text = part.repeat(64 * 1024 / part.len());
            for format in [Format::Markdown, Format::Plain] {
                let blank = part.trim().is_empty();
                assert_eq!(chunk(format, &text, 1000, 100).is_empty(), blank);
            }
        }
    }

    #[cfg(feature = "tokens")]
    #[test]
    fn chunks_by_tokens_have_no_more_tokens_than_asked_for() {
        let text = Text {
            format: Format::Markdown,
            text: "Größe zählt, 大きさが重要です, size matters. ".repeat(30),
        };
        for vocabulary in Vocabulary::ALL {
            let by = ChunkBy::Tokens(vocabulary);
            let chunks = Chunker::by(by, 50, 5).unwrap().chunks(&text);
            let tokens = |it: &Chunk| text_splitter::ChunkSizer::size(&by.sizer(), &it.text);
            let longest = chunks.iter().map(tokens).max().unwrap();
            assert!((30..=50).contains(&longest), "{longest}");
        }
    }

    #[cfg(feature = "tokens")]
    #[test]
    fn text_without_breaks_is_cut_by_tokens_in_bounded_time() {
        let by = ChunkBy::Tokens(Vocabulary::default());
        let chunker = Chunker::by(by, 250, 25).unwrap();
        for part in ["[", "a", "\n", "日"] {
            let text = Text {
                format: Format::Plain,
                text: part.repeat(16 * 1024 / part.len()),
            };
            assert_eq!(chunker.chunks(&text).is_empty(), part.trim().is_empty());
        }
    }
}
