//! The text of PDF files.

use lopdf::{DecompressError, Document, Error, LoadOptions};

use super::{Bounded, ExtractError, Kind};

/// More than a long book has. Every page is looked up among all of them.
const MAX_PAGES: usize = 5_000;
/// The most drawing instructions of a page, in bytes; a page of dense text has 20 KB. Parsed, they
/// take eighty times as much memory.
const MAX_PAGE_BYTES: usize = 1024 * 1024;
/// The most drawing instructions of all pages, as a multiple of the text they may make.
const MAX_DRAWING: usize = 4;

/// The text of all pages, with a blank line between them.
///
/// What cannot be read of a page is left out, as viewers do. A file without a readable word is an
/// error.
pub(super) fn to_text(pdf: &[u8], mut output: Bounded<'_>) -> Result<String, ExtractError> {
    let limit = output.max_bytes();
    let options = LoadOptions::with_max_decompressed_size(limit);
    let document = Document::load_mem_with_options(pdf, options);
    let document = document.map_err(|error| failed(&error, limit))?;
    // The empty password, which allows reading and forbids printing, has been tried by now.
    if document.trailer.has(b"Encrypt") && !document.was_encrypted() {
        return Err(ExtractError::Encrypted(Kind::Pdf));
    }
    let pages = document.get_pages();
    if pages.len() > MAX_PAGES {
        return Err(ExtractError::TooManyPages(MAX_PAGES));
    }
    let mut damaged = false;
    let mut drawing_left = limit.saturating_mul(MAX_DRAWING);
    for (page, id) in pages {
        output.wanted()?;
        let Ok(drawing) = document.get_page_content_with_limit(id, MAX_PAGE_BYTES) else {
            damaged = true;
            continue;
        };
        let left = drawing_left.checked_sub(drawing.len());
        drawing_left = left.ok_or_else(|| output.too_large())?;
        // All pages at once would be in memory at once, and a thousand may share one drawing.
        for part in document.extract_text_chunks_with_limit(&[page], MAX_PAGE_BYTES) {
            match part {
                Ok(text) => output.push(&text)?,
                Err(_) => damaged = true,
            }
        }
        output.push("\n\n")?;
    }
    let text = output.finish();
    match (text.is_empty(), damaged) {
        (false, _) => Ok(text),
        (true, true) => Err(ExtractError::Damaged(Kind::Pdf)),
        (true, false) => Err(ExtractError::NoText(Kind::Pdf)),
    }
}

fn failed(error: &Error, limit: usize) -> ExtractError {
    match error {
        Error::InvalidPassword | Error::Decryption(_) | Error::UnsupportedSecurityHandler(_) => {
            ExtractError::Encrypted(Kind::Pdf)
        }
        Error::Decompress(DecompressError::MemoryLimitExceeded { .. }) => {
            ExtractError::UnpacksTooLarge(limit)
        }
        _ => ExtractError::Damaged(Kind::Pdf),
    }
}
