//! Foreign text on a terminal: control characters could move its cursor, or worse.

/// `text` on one line, with what is not printed plainly as `\u{…}`.
pub(super) fn printable(text: &str) -> String {
    escaped(text, |it| format!("{}", it.escape_unicode()), |_| false)
}

/// As `printable`, but over several lines.
pub(super) fn printable_lines(text: &str) -> String {
    escaped(
        text,
        |it| format!("{}", it.escape_unicode()),
        |it| matches!(it, '\n' | '\t'),
    )
}

/// JSON with the same characters as `\uXXXX`: they are within strings, so it means the same.
pub(super) fn printable_json(json: &str) -> String {
    // None of them is beyond the Basic Multilingual Plane.
    escaped(json, |it| format!("\\u{:04x}", it as u32), |it| it == '\n')
}

fn escaped(text: &str, escape: impl Fn(char) -> String, keep: impl Fn(char) -> bool) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        if is_unprintable(character) && !keep(character) {
            out.push_str(&escape(character));
        } else {
            out.push(character);
        }
    }
    out
}

/// Control characters, and those that turn or hide the text around them.
fn is_unprintable(character: char) -> bool {
    character.is_control()
        || matches!(character,
            '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_steers_a_terminal_is_left() {
        let hostile = "a\u{1b}[2J\u{9b}1m\r\n\tb\u{7f}\u{202e}c ü 漢";
        let shown = printable(hostile);
        assert_eq!(
            shown,
            "a\\u{1b}[2J\\u{9b}1m\\u{d}\\u{a}\\u{9}b\\u{7f}\\u{202e}c ü 漢"
        );
        assert!(printable_lines(hostile).contains("\\u{d}\n\tb"));
    }

    #[test]
    fn json_means_the_same() {
        let hostile = "a\u{1b}\u{7f}\u{9b}\u{202e}\n\u{feff}ü";
        let json = serde_json::json!({ hostile: hostile });
        let shown = printable_json(&serde_json::to_string_pretty(&json).unwrap());
        assert!(
            shown.chars().all(|it| it == '\n' || !is_unprintable(it)),
            "{shown}"
        );
        let read: serde_json::Value = serde_json::from_str(&shown).unwrap();
        assert_eq!(read, json);
    }
}
