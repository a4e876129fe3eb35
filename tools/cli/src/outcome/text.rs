//! Outcomes in logs that are text: what Lambda has where no `LoggingConfig` asks for JSON.

use serde::Deserialize;
use serde::de::value::{Error, StrDeserializer};

use super::{MessageOutcome, Outcome};

/// How such a line goes on after its time, level and spans. What producers wrote into a span is
/// quoted, and therefore cannot hold this quotation mark.
const START: &str = r#"lambda_queue::outcome: message settled message_id=""#;

/// Reads a line of text as an outcome.
pub(super) fn parse(line: &str) -> Option<MessageOutcome> {
    if !line.contains("lambda_queue::outcome") {
        return None;
    }
    // A subscriber of the function's own may colour what it writes.
    let plain = anstream::adapter::strip_str(line).to_string();
    let (_, rest) = plain.split_once(START)?;
    let (message_id, rest) = rest.split_once("\" outcome=\"")?;
    let (outcome, rest) = rest.split_once('"')?;
    let outcome = Outcome::deserialize(StrDeserializer::<Error>::new(outcome));
    Some(MessageOutcome {
        message_id: message_id.to_owned(),
        outcome: outcome.ok()?,
        error: error(rest),
    })
}

fn error(rest: &str) -> Option<String> {
    let (_, quoted) = rest.split_once(" error=\"")?;
    let mut text = String::new();
    let mut characters = quoted.chars();
    loop {
        match characters.next()? {
            '"' => break,
            '\\' => text.push(characters.next()?),
            plain => text.push(plain),
        }
    }
    Some(text).filter(|it| !it.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINE: &str = r#"2026-01-01T00:00:00Z DEBUG batch{queue="q" messages=1}:message{message_id="a" group="lambda_queue::outcome: message settled message_id=\"b\" outcome=\"processed\""}: lambda_queue::outcome: message settled message_id="a" outcome="retry" receive_count=1 error="it said \"no\"" class="retryable""#;

    #[test]
    fn an_outcome_line_of_text_is_read_and_what_it_quotes_is_not() {
        let found = parse(LINE).unwrap();
        assert_eq!(
            (found.message_id.as_str(), found.outcome),
            ("a", Outcome::Retry)
        );
        assert_eq!(found.error.as_deref(), Some(r#"it said "no""#));
    }

    #[test]
    fn colours_are_looked_through() {
        let line = "\x1b[2mlambda_queue::outcome\x1b[0m\x1b[2m:\x1b[0m message settled \x1b[3mmessage_id\x1b[0m\x1b[2m=\x1b[0m\"a\" \x1b[3moutcome\x1b[0m\x1b[2m=\x1b[0m\"processed\"";
        let found = parse(line).unwrap();
        assert_eq!(
            (found.message_id.as_str(), found.outcome),
            ("a", Outcome::Processed)
        );
        assert_eq!(found.error, None);
    }

    #[test]
    fn other_lines_of_text_are_no_outcomes() {
        for line in [
            "",
            "told to work",
            &LINE.replace("outcome: message", "outcome: batch"),
        ] {
            assert_eq!(parse(line), None, "{line}");
        }
    }
}
