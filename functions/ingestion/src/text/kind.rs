//! What content is: by its first bytes, and by what it is declared as.

use std::fmt;

use infer::MatcherType;

use super::ExtractError;

/// A kind of content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Plain text.
    Plain,
    /// Markdown.
    Markdown,
    /// A web page.
    Html,
    /// One JSON value.
    Json,
    /// A JSON value a line.
    JsonLines,
    /// A table with a row of column names.
    Csv,
    /// Pages as they are printed.
    Pdf,
    /// A text of Word and others.
    Docx,
    /// Any of these, packed.
    Gzip,
}

/// What content is declared as.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Declared {
    /// A MIME type without parameters, in lower case.
    content_type: Option<String>,
    charset: Option<String>,
    /// Of the file's name, in lower case.
    extension: Option<String>,
    /// With `.gz` taken off.
    inner_extension: Option<String>,
}

/// What is said of content of which nothing is known.
const SAYS_NOTHING: [&str; 4] = [
    "",
    "application/octet-stream",
    "binary/octet-stream",
    "application/x-www-form-urlencoded",
];
/// Every DOCX has it, and its name is not packed.
const DOCX_PART: &[u8] = b"word/document.xml";
/// Where Office files were kept before 2007, and encrypted ones are to this day.
const OLE: [u8; 8] = [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1];

impl Declared {
    /// Content in a message, which is UTF-8 whatever is said of its charset.
    pub fn inline(content_type: &str) -> Self {
        Self {
            charset: None,
            ..Self::object(Some(content_type), "")
        }
    }

    /// An object of a bucket.
    pub fn object(content_type: Option<&str>, key: &str) -> Self {
        let mut parts = content_type.unwrap_or_default().split(';').map(str::trim);
        let essence = parts.next().unwrap_or_default().to_ascii_lowercase();
        let charset = parts.find_map(|parameter| {
            let (name, value) = parameter.split_once('=')?;
            name.trim()
                .eq_ignore_ascii_case("charset")
                .then(|| value.trim().trim_matches('"').to_owned())
        });
        let name = key.rsplit('/').next().unwrap_or_default();
        let mut extensions = name.rsplit('.').map(str::to_ascii_lowercase);
        Self {
            content_type: Some(essence).filter(|it| !SAYS_NOTHING.contains(&it.as_str())),
            charset,
            extension: extensions.next(),
            inner_extension: extensions.next(),
        }
    }

    /// The same, once gzip is taken off.
    pub(super) fn unpacked(&self) -> Self {
        let is_gzip = |kind: Result<Option<Kind>, _>| kind == Ok(Some(Kind::Gzip));
        let mut inner = self.clone();
        if is_gzip(self.by_content_type()) {
            inner.content_type = None;
        }
        if self.by_extension() == Some(Kind::Gzip) {
            inner.extension.clone_from(&self.inner_extension);
        }
        inner
    }

    pub(super) fn charset(&self) -> Option<&str> {
        self.charset.as_deref()
    }

    fn kind(&self) -> Result<Option<Kind>, ExtractError> {
        Ok(self.by_content_type()?.or_else(|| self.by_extension()))
    }

    fn by_content_type(&self) -> Result<Option<Kind>, ExtractError> {
        let Some(content_type) = self.content_type.as_deref() else {
            return Ok(None);
        };
        Ok(Some(match content_type {
            "text/plain" => Kind::Plain,
            "text/markdown" | "text/x-markdown" => Kind::Markdown,
            "text/html" | "application/xhtml+xml" => Kind::Html,
            "application/json" | "text/json" => Kind::Json,
            "application/x-ndjson" | "application/jsonl" | "application/x-jsonlines" => {
                Kind::JsonLines
            }
            "text/csv" | "application/csv" | "text/tab-separated-values" => Kind::Csv,
            "application/pdf" => Kind::Pdf,
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document" => Kind::Docx,
            "application/gzip" | "application/x-gzip" => Kind::Gzip,
            // The name ends up in logs and in the dead-letter queue: it must not carry a document
            // there.
            other => return Err(ExtractError::Unsupported(other.chars().take(64).collect())),
        }))
    }

    fn by_extension(&self) -> Option<Kind> {
        Some(match self.extension.as_deref()? {
            "txt" | "text" | "log" => Kind::Plain,
            "md" | "markdown" => Kind::Markdown,
            "html" | "htm" | "xhtml" => Kind::Html,
            "json" => Kind::Json,
            "jsonl" | "ndjson" => Kind::JsonLines,
            "csv" | "tsv" => Kind::Csv,
            "pdf" => Kind::Pdf,
            "docx" => Kind::Docx,
            "gz" => Kind::Gzip,
            _ => return None,
        })
    }
}

impl Kind {
    /// What the content is.
    ///
    /// # Errors
    /// It is nothing that is supported, or not what it is declared as.
    pub(super) fn of(declared: &Declared, content: &[u8]) -> Result<Self, ExtractError> {
        match (declared.kind()?, sniff(content)?) {
            // Packed content is often declared as what it is inside.
            (_, Some(Self::Gzip)) => Ok(Self::Gzip),
            (None, None) => Ok(by_look(content)),
            (None, Some(found)) => Ok(found),
            (Some(declared), None) if declared.is_recognisable() => {
                Err(ExtractError::NotAsDeclared(declared))
            }
            (Some(declared), Some(found)) if declared != found => {
                Err(ExtractError::Mismatch { declared, found })
            }
            (Some(declared), _) => Ok(declared),
        }
    }

    fn is_recognisable(self) -> bool {
        matches!(self, Self::Pdf | Self::Docx | Self::Gzip)
    }
}

/// What the first bytes are for certain.
fn sniff(content: &[u8]) -> Result<Option<Kind>, ExtractError> {
    let Some(found) = infer::get(content) else {
        return Ok(None);
    };
    match found.mime_type() {
        "application/pdf" => Ok(Some(Kind::Pdf)),
        "application/gzip" => Ok(Some(Kind::Gzip)),
        // Some of its marks are two letters long: text is text first.
        _ if std::str::from_utf8(content).is_ok() => Ok(None),
        _ if found.matcher_type() == MatcherType::Text => Ok(None),
        _ if content.starts_with(b"PK") && contains(content, DOCX_PART) => Ok(Some(Kind::Docx)),
        "application/zip" => Err(ExtractError::Archive),
        _ if content.starts_with(&OLE) && contains(content, &encrypted_part()) => {
            Err(ExtractError::EncryptedOffice)
        }
        _ if content.starts_with(&OLE) => Err(ExtractError::OldOffice),
        other => Err(ExtractError::Unsupported(other.to_owned())),
    }
}

fn by_look(content: &[u8]) -> Kind {
    let start = content.trim_ascii_start();
    let begins = |with: &[u8]| {
        let start = start.get(..with.len());
        start.is_some_and(|start| start.eq_ignore_ascii_case(with))
    };
    match begins(b"<!doctype html") || begins(b"<html") {
        true => Kind::Html,
        false => Kind::Plain,
    }
}

/// The name of what is encrypted, as the container's directory has it ([MS-OFFCRYPTO]).
fn encrypted_part() -> Vec<u8> {
    let name = "EncryptedPackage".encode_utf16();
    name.flat_map(u16::to_le_bytes).collect()
}

fn contains(content: &[u8], part: &[u8]) -> bool {
    content.windows(part.len()).any(|window| window == part)
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Plain => "plain text",
            Self::Markdown => "Markdown",
            Self::Html => "HTML",
            Self::Json => "JSON",
            Self::JsonLines => "JSON Lines",
            Self::Csv => "CSV",
            Self::Pdf => "PDF",
            Self::Docx => "DOCX",
            Self::Gzip => "gzip",
        })
    }
}
