//! Why content cannot be turned into text.

use super::html;
use super::kind::Kind;

/// Content that no retry turns into text. Nothing of the content is in it.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum ExtractError {
    /// Nobody has written the conversion.
    #[error(
        "content type `{0}` is not supported; supported are plain text, Markdown, HTML, JSON, JSON \
         Lines, CSV, PDF and DOCX, and each of these in gzip"
    )]
    Unsupported(String),
    /// It is declared as one thing and is another.
    #[error(
        "the content is declared as {declared}, but it begins as {found}; correct its content type"
    )]
    Mismatch {
        /// What it is declared as.
        declared: Kind,
        /// What it is.
        found: Kind,
    },
    /// It is declared as something that can be recognised, and is not.
    #[error(
        "the content is declared as {0}, but it does not begin as one: it is damaged, or something \
         else"
    )]
    NotAsDeclared(Kind),
    /// There is nothing in it.
    #[error("the file is empty")]
    Empty,
    /// It is readable with a password only.
    #[error("the {0} is encrypted; store it without a password")]
    Encrypted(Kind),
    /// An Office file that is readable with a password only.
    #[error("the Office file is encrypted; store it as DOCX without a password")]
    EncryptedOffice,
    /// An Office file in the container of before 2007.
    #[error("the file is of an Office version before 2007; store it as DOCX")]
    OldOffice,
    /// Files in a file, with or without a password.
    #[error("the file is a ZIP archive of other files, which is not opened; send the files in it")]
    Archive,
    /// It is not as its format demands.
    #[error("the {0} is damaged")]
    Damaged(Kind),
    /// It is damaged at a known place.
    #[error("the {kind} is damaged at line {line}, column {column}")]
    DamagedAt {
        /// What it is.
        kind: Kind,
        /// The line, from 1.
        line: usize,
        /// The column, from 1.
        column: usize,
    },
    /// It is only pictures.
    #[error("the {0} has no text; if it was scanned, recognise its text (OCR) first")]
    NoText(Kind),
    /// It is not text in its charset.
    #[error("the text is not {0}; declare its charset, as in `text/plain; charset=windows-1252`")]
    NotText(&'static str),
    /// Nobody knows its charset.
    #[error("the charset `{0}` is not known")]
    Charset(String),
    /// It unpacks to more than is allowed.
    #[error("the content unpacks to more than {0} bytes")]
    UnpacksTooLarge(usize),
    /// Packed twice.
    #[error("the content is gzip in gzip; pack it once")]
    GzipInGzip,
    /// The tree is deeper than a person would write.
    #[error("the HTML is nested more than {} elements deep", html::MAX_DEPTH)]
    TooDeep,
    /// The tree is larger than a document.
    #[error("the HTML has more than {} nodes", html::MAX_NODES)]
    TooLarge,
    /// It has more pages than a document.
    #[error("the PDF has more than {0} pages; split it")]
    TooManyPages(usize),
    /// Nobody waits for the text any more; seen by nobody therefore.
    #[error("nobody waits for the document any more")]
    Cancelled,
}
