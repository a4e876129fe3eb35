//! From content of a declared type to text that can be cut into chunks.

mod html;

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

/// Content that no retry turns into text.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum ExtractError {
    /// Nobody has written the conversion.
    #[error(
        "content type `{0}` is not supported; supported are text/markdown, text/html, text/plain"
    )]
    Unsupported(String),
    /// The tree is deeper than a person would write.
    #[error("the HTML is nested more than {} elements deep", html::MAX_DEPTH)]
    TooDeep,
    /// The tree is larger than a document.
    #[error("the HTML has more than {} nodes", html::MAX_NODES)]
    TooLarge,
}

/// Turns content into text according to its MIME type.
///
/// # Errors
/// When the type is not supported, or the content is not what a document looks like.
pub fn extract(content_type: &str, content: String) -> Result<Text, ExtractError> {
    let essence = content_type.split(';').next().unwrap_or_default().trim();
    let (format, text) = match essence.to_ascii_lowercase().as_str() {
        "text/plain" => (Format::Plain, content),
        "text/markdown" | "text/x-markdown" => (Format::Markdown, content),
        "text/html" | "application/xhtml+xml" => (Format::Markdown, html::to_markdown(&content)?),
        // The name ends up in logs and in the dead-letter queue: it must not carry a document there.
        other => {
            return Err(ExtractError::Unsupported(other.chars().take(64).collect()));
        }
    };
    Ok(Text { format, text })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_and_case_of_the_content_type_do_not_matter() {
        let text = extract("Text/Markdown; charset=UTF-8", "# Hi".into()).unwrap();
        assert_eq!(text.format, Format::Markdown);
        assert_eq!(text.text, "# Hi");
    }

    #[test]
    fn an_unsupported_type_is_named_beside_the_supported_ones() {
        let error = extract("application/pdf", "%PDF-1.7".into()).unwrap_err();
        assert_eq!(
            error.to_string(),
            "content type `application/pdf` is not supported; \
             supported are text/markdown, text/html, text/plain"
        );
    }

    #[test]
    fn a_document_in_place_of_its_type_stays_out_of_the_error() {
        let error = extract(&"secret ".repeat(10_000), String::new()).unwrap_err();
        assert!(error.to_string().len() < 200);
    }
}
