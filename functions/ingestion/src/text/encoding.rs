//! From bytes to characters.

use std::borrow::Cow;

use encoding_rs::{Encoding, UTF_8};

use super::ExtractError;

/// Decodes text: by its byte order mark, else by the declared charset, else as UTF-8.
pub(super) fn decode<'c>(
    content: &'c [u8],
    charset: Option<&str>,
) -> Result<Cow<'c, str>, ExtractError> {
    let marked = Encoding::for_bom(content);
    let (encoding, mark) = match (marked, charset) {
        (Some(marked), _) => marked,
        (None, Some(label)) => (known(label)?, 0),
        (None, None) => (UTF_8, 0),
    };
    // A replacement character in a chunk would be noticed much later, or never.
    encoding
        .decode_without_bom_handling_and_without_replacement(&content[mark..])
        .ok_or(ExtractError::NotText(encoding.name()))
}

fn known(label: &str) -> Result<&'static Encoding, ExtractError> {
    Encoding::for_label(label.as_bytes())
        .ok_or_else(|| ExtractError::Charset(label.chars().take(40).collect()))
}
