//! Match expressions on strings.

use serde_json::Value;

/// A match on a string; the strings ignoring case are kept in lower case.
#[derive(Debug, Clone)]
pub(super) enum Text {
    Equals { lower: String },
    Prefix { text: String, ignore_case: bool },
    Suffix { text: String, ignore_case: bool },
    Wildcard(Vec<String>),
}

impl Text {
    pub(super) fn parse(operator: &str, operand: &Value) -> Option<Self> {
        let (text, ignore_case) = match operand {
            Value::String(text) => (text.clone(), false),
            // { "prefix": { "equals-ignore-case": "…" } }
            Value::Object(nested) if nested.len() == 1 => (
                nested.get("equals-ignore-case")?.as_str()?.to_lowercase(),
                true,
            ),
            _ => return None,
        };
        match operator {
            "prefix" => Some(Self::Prefix { text, ignore_case }),
            "suffix" => Some(Self::Suffix { text, ignore_case }),
            "equals-ignore-case" if !ignore_case => Some(Self::Equals {
                lower: text.to_lowercase(),
            }),
            "wildcard" if !ignore_case => wildcard(&text).map(Self::Wildcard),
            _ => None,
        }
    }

    pub(super) fn accepts(&self, leaf: &str) -> bool {
        match self {
            Self::Equals { lower } => leaf.to_lowercase() == *lower,
            Self::Prefix {
                text,
                ignore_case: false,
            } => leaf.starts_with(text.as_str()),
            Self::Prefix {
                text,
                ignore_case: true,
            } => leaf.to_lowercase().starts_with(text.as_str()),
            Self::Suffix {
                text,
                ignore_case: false,
            } => leaf.ends_with(text.as_str()),
            Self::Suffix {
                text,
                ignore_case: true,
            } => leaf.to_lowercase().ends_with(text.as_str()),
            Self::Wildcard(pieces) => wildcard_accepts(pieces, leaf),
        }
    }
}

/// The literal pieces between the stars. `\*` and `\\` stand for themselves; two stars in a row are
/// refused, as EventBridge does.
fn wildcard(text: &str) -> Option<Vec<String>> {
    let mut pieces = vec![String::new()];
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '*' if chars.peek() == Some(&'*') => return None,
            '*' => pieces.push(String::new()),
            '\\' => pieces
                .last_mut()?
                .push(chars.next().filter(|c| matches!(c, '*' | '\\'))?),
            c => pieces.last_mut()?.push(c),
        }
    }
    Some(pieces)
}

/// First piece at the start, last at the end, the others in order between: leftmost always suffices.
fn wildcard_accepts(pieces: &[String], text: &str) -> bool {
    let Some((first, others)) = pieces.split_first() else {
        return false;
    };
    let Some((last, middle)) = others.split_last() else {
        return text == first;
    };
    let Some(mut rest) = text.strip_prefix(first.as_str()) else {
        return false;
    };
    for piece in middle {
        match rest.split_once(piece.as_str()) {
            Some((_, after)) => rest = after,
            None => return false,
        }
    }
    rest.ends_with(last.as_str())
}
