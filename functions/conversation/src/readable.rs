//! Whether those who read a transcript can.
//!
//! A result is kept as it came, and nothing that receives or stores it looks into it. What is wrong
//! with it would be found by its readers, when it can no longer be refused.

use std::io;

use serde_json::value::RawValue;
use serde_json::{Deserializer, Serializer};

use crate::InvalidMessage;

/// The deepest JSON of a result: parsers stop at some depth, `serde_json` at 128 levels, with what is
/// around the result counted in.
pub const MAX_RESULT_DEPTH: usize = 100;

/// Reads it once from token to token, and keeps nothing.
pub(crate) fn check(json: &RawValue) -> Result<(), InvalidMessage> {
    let json = json.get();
    let depth = depth(json);
    if depth > MAX_RESULT_DEPTH {
        return Err(InvalidMessage::DeepResult(depth));
    }
    let mut reader = Deserializer::from_str(json);
    let read = serde_transcode::transcode(&mut reader, &mut Serializer::new(io::sink()));
    read.map_err(|error| InvalidMessage::UnreadableResult {
        line: error.line(),
        column: error.column(),
    })
}

/// Of what is valid JSON, without recursion.
fn depth(json: &str) -> usize {
    let (mut depth, mut deepest) = (0_usize, 0);
    let (mut in_text, mut escaped) = (false, false);
    for byte in json.bytes() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => in_text = !in_text,
            b'[' | b'{' if !in_text => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            b']' | b'}' if !in_text => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checked(json: &str) -> Result<(), InvalidMessage> {
        check(&RawValue::from_string(json.to_owned()).unwrap())
    }

    #[test]
    fn depth_is_that_of_arrays_and_objects_and_not_of_texts() {
        assert_eq!(depth("1"), 0);
        assert_eq!(depth(r#"[{"a": []}, []]"#), 3);
        assert_eq!(depth(r#"["[[[", "\"[[", "\\", []]"#), 2);
    }

    #[test]
    fn what_is_as_deep_as_allowed_is_read_and_what_is_deeper_is_not() {
        let nested = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
        assert_eq!(checked(&nested(MAX_RESULT_DEPTH)), Ok(()));
        let deeper = checked(&nested(MAX_RESULT_DEPTH + 1));
        assert_eq!(deeper, Err(InvalidMessage::DeepResult(101)));
        let endless = checked(&nested(150_000));
        assert_eq!(endless, Err(InvalidMessage::DeepResult(150_000)));
    }

    #[test]
    fn what_json_allows_and_readers_do_not_is_refused_where_it_stands() {
        for json in [
            r#"["a",  "\ud800"]"#,
            r#"["a", "\udc00b"]"#,
            r#"["a", 1e999]"#,
        ] {
            let refused = checked(json);
            let is_placed = matches!(
                refused,
                Err(InvalidMessage::UnreadableResult { line: 1, .. })
            );
            assert!(is_placed, "{json}: {refused:?}");
        }
        assert_eq!(checked(r#"["\ud83d\ude00", 18446744073709551616]"#), Ok(()));
    }
}
