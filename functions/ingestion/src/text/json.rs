//! JSON as text: one value a line, so that it is cut between values.

use serde_json::{Deserializer, Serializer};

use super::{Bounded, ExtractError, Kind};

/// Rewrites one value.
pub(super) fn to_text(json: &str, mut output: Bounded<'_>) -> Result<String, ExtractError> {
    rewrite(json, &mut output).map_err(|error| failed(&error, Kind::Json, 0, &output))?;
    Ok(output.finish())
}

/// Rewrites a value for each line, with blank lines between them.
pub(super) fn lines_to_text(lines: &str, mut output: Bounded<'_>) -> Result<String, ExtractError> {
    let lines = lines.lines().enumerate();
    for (number, line) in lines.filter(|(_, line)| !line.trim().is_empty()) {
        rewrite(line, &mut output)
            .map_err(|error| failed(&error, Kind::JsonLines, number, &output))?;
        output.push("\n\n")?;
    }
    Ok(output.finish())
}

/// From token to token, without a tree: a megabyte of brackets is no more memory than that, and
/// the reader stops at 128 levels.
fn rewrite(json: &str, output: &mut Bounded<'_>) -> serde_json::Result<()> {
    let mut reader = Deserializer::from_str(json);
    serde_transcode::transcode(&mut reader, &mut Serializer::pretty(output))?;
    reader.end()
}

fn failed(
    error: &serde_json::Error,
    kind: Kind,
    lines_before: usize,
    output: &Bounded<'_>,
) -> ExtractError {
    // A failed write comes back as an error of the reader.
    match output.wanted() {
        Err(cancelled) => cancelled,
        Ok(()) if output.is_full() => output.too_large(),
        Ok(()) => ExtractError::DamagedAt {
            kind,
            line: lines_before + error.line(),
            column: error.column(),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(json: &str) -> Result<String, ExtractError> {
        to_text(json, Bounded::new(100_000, &|| false))
    }

    #[test]
    fn values_keep_their_order_and_digits() {
        let json = r#"{"b":[1,18446744073709551615],"a":{"name":"Zoë"}}"#;
        assert_eq!(
            text(json).unwrap(),
            "{\n  \"b\": [\n    1,\n    18446744073709551615\n  ],\n  \"a\": {\n    \"name\": \"Zoë\"\n  }\n}"
        );
    }

    #[test]
    fn what_is_no_json_is_placed_and_not_quoted() {
        let error = text("{\n  \"a\": secret\n}").unwrap_err();
        assert_eq!(error.to_string(), "the JSON is damaged at line 2, column 8");
        let error = lines_to_text("{}\n\n[1, 2\n", Bounded::new(100, &|| false)).unwrap_err();
        assert_eq!(
            error.to_string(),
            "the JSON Lines is damaged at line 3, column 5"
        );
    }

    #[test]
    fn nesting_is_limited_and_so_is_the_text_it_makes() {
        let nested = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
        assert!(text(&nested(100)).is_ok());
        assert!(matches!(
            text(&nested(200)),
            Err(ExtractError::DamagedAt { .. })
        ));
        assert!(text(&"[".repeat(1024 * 1024)).is_err());
        let wide = format!(
            "{}{}{}",
            "[".repeat(120),
            "0,".repeat(1000) + "0",
            "]".repeat(120)
        );
        assert_eq!(text(&wide), Err(ExtractError::UnpacksTooLarge(100_000)));
    }
}
