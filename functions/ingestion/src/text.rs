//! From content to text that can be cut into chunks.

mod bounded;
mod csv;
mod docx;
mod encoding;
mod error;
mod gzip;
mod html;
mod json;
mod kind;
mod pdf;

use bounded::Bounded;
pub use error::ExtractError;
pub use kind::{Declared, Kind};

/// Text, and whether its structure is markdown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text {
    /// How the text is structured.
    pub format: Format,
    /// The text.
    pub text: String,
}

/// How a text is structured, and therefore where it is best cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Headings, lists and code blocks are boundaries.
    Markdown,
    /// Paragraphs, sentences and words are.
    Plain,
}

/// Turns content into text, as its first bytes and its declaration say.
///
/// Neither what it unpacks to nor the text has more than `max_bytes`.
///
/// # Errors
/// When the content is not supported, not what it is declared as, or damaged: nothing that another
/// try could change.
pub fn extract(
    declared: &Declared,
    content: &[u8],
    max_bytes: usize,
) -> Result<Text, ExtractError> {
    extract_unless(declared, content, max_bytes, &|| false)
}

/// The same for content that it may take long to convert: `cancelled` is asked between the steps.
///
/// # Errors
/// As above; [`ExtractError::Cancelled`] where nobody waits any more.
pub fn extract_unless(
    declared: &Declared,
    content: &[u8],
    max_bytes: usize,
    cancelled: &dyn Fn() -> bool,
) -> Result<Text, ExtractError> {
    let output = Bounded::new(max_bytes, cancelled);
    match Kind::of(declared, content)? {
        Kind::Gzip => {
            let content = gzip::unpack(content, &output)?;
            match Kind::of(&declared.unpacked(), &content)? {
                Kind::Gzip => Err(ExtractError::GzipInGzip),
                kind => convert(kind, declared, &content, output),
            }
        }
        kind => convert(kind, declared, content, output),
    }
}

fn convert(
    kind: Kind,
    declared: &Declared,
    content: &[u8],
    output: Bounded<'_>,
) -> Result<Text, ExtractError> {
    let decoded = || encoding::decode(content, declared.charset());
    let (format, text) = match kind {
        Kind::Plain => (Format::Plain, decoded()?.into_owned()),
        Kind::Markdown => (Format::Markdown, decoded()?.into_owned()),
        Kind::Html => (Format::Markdown, html::to_markdown(&decoded()?, &output)?),
        Kind::Json => (Format::Plain, json::to_text(&decoded()?, output)?),
        Kind::JsonLines => (Format::Plain, json::lines_to_text(&decoded()?, output)?),
        Kind::Csv => (Format::Plain, csv::to_text(&decoded()?, output)?),
        Kind::Pdf => (Format::Plain, pdf::to_text(content, output)?),
        Kind::Docx => (Format::Markdown, docx::to_markdown(content, output)?),
        Kind::Gzip => return Err(ExtractError::GzipInGzip),
    };
    Ok(Text { format, text })
}

#[cfg(test)]
mod tests;
