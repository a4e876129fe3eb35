//! What JSON has and YAML has not: characters written as two escapes.

use std::borrow::Cow;

/// `text` with `\ud83d\ude00` and the like written as the characters they stand for.
pub(super) fn joined(text: &str) -> Cow<'_, str> {
    // YAML's own texts hold no such escape, as its parser refuses them.
    if !text.contains("\\ud") && !text.contains("\\uD") {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('\\') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let taken = match pair(rest) {
            Some(character) => {
                out.push(character);
                "\\uXXXX\\uXXXX".len()
            }
            // The backslash and what it escapes, which may be another one.
            None => {
                let end = rest.char_indices().nth(2).map_or(rest.len(), |it| it.0);
                out.push_str(&rest[..end]);
                end
            }
        };
        rest = &rest[taken..];
    }
    out.push_str(rest);
    Cow::Owned(out)
}

/// The character of the two escapes that `text` begins with.
fn pair(text: &str) -> Option<char> {
    let unit = |at: usize| {
        let digits = text.get(at..at + 6)?.strip_prefix("\\u")?;
        u16::from_str_radix(digits, 16).ok()
    };
    char::decode_utf16([unit(0)?, unit(6)?])
        .next()?
        .ok()
        .filter(|it| u32::from(*it) > 0xFFFF)
}

#[cfg(test)]
mod tests {
    use super::joined;

    #[test]
    fn two_escapes_are_one_character() {
        assert_eq!(joined(r#""\ud83d\ude00 \u00fc""#), "\"\u{1F600} \\u00fc\"");
        assert_eq!(joined(r"\\ud83d\\ude00"), r"\\ud83d\\ude00");
        assert_eq!(joined(r"\ud83d alone \"), r"\ud83d alone \");
    }
}
