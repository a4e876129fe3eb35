//! Cutting text into overlapping chunks along its structure.

use std::ops::Range;

use sha2::{Digest, Sha256};
use text_splitter::{Characters, ChunkConfig, MarkdownSplitter, TextSplitter};

pub use text_splitter::ChunkConfigError as ChunkSizeError;

use crate::text::{Format, Text};

/// The largest chunk size, in characters; at four bytes each a third of what an item may hold.
pub const MAX_CHUNK_SIZE: usize = 32_000;

/// How long chunks are and how much of one is repeated at the start of the next.
pub struct Chunker {
    size: usize,
    overlap: usize,
    markdown: MarkdownSplitter<Characters>,
    plain: TextSplitter<Characters>,
}

/// A piece of a document.
#[derive(Clone, PartialEq, Eq)]
pub struct Chunk {
    /// Its place among the document's chunks, from 0.
    pub ordinal: usize,
    /// Where it is in the text, in bytes; for HTML, in the markdown made of it.
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
        let config = || ChunkConfig::new(size).with_overlap(overlap);
        Ok(Self {
            size,
            overlap,
            markdown: MarkdownSplitter::new(config()?),
            plain: TextSplitter::new(config()?),
        })
    }

    /// Cuts a text. Blank text gives no chunk.
    pub fn chunks(&self, text: &Text) -> Vec<Chunk> {
        match text.format {
            Format::Markdown => collect(self.markdown.chunk_indices(&text.text)),
            Format::Plain => collect(self.plain.chunk_indices(&text.text)),
        }
    }

    /// What, besides the content, decides where the cuts are.
    pub fn settings(&self) -> String {
        format!("{}/{}", self.size, self.overlap)
    }
}

fn collect<'t>(pieces: impl Iterator<Item = (usize, &'t str)>) -> Vec<Chunk> {
    pieces
        .enumerate()
        .map(|(ordinal, (start, text))| Chunk {
            ordinal,
            bytes: start..start + text.len(),
            text: text.to_owned(),
            hash: hex::encode(Sha256::digest(text)),
        })
        .collect()
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
    fn hostile_markdown_is_cut_in_bounded_time() {
        for text in [
            "[".repeat(100_000),
            "> ".repeat(50_000),
            "*a ".repeat(30_000),
        ] {
            assert!(!chunk(Format::Markdown, &text, 1000, 100).is_empty());
        }
    }
}
