//! What became of each message, as the function's own log lines tell it.
//!
//! The response of a batch only says which messages come back, not why; the toolkit logs one
//! line per message under the target `lambda_queue::outcome`, and those are read here.

mod text;

use serde::{Deserialize, Serialize};

/// What became of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Outcome {
    /// The handler ran and its result is recorded.
    Processed,
    /// An earlier delivery had done it; the handler did not run.
    Replayed,
    /// A failure that may pass; the message comes back.
    Retry,
    /// A permanent failure, now in the dead-letter queue.
    DeadLettered,
    /// Another worker holds the key.
    Deferred,
    /// An earlier message of its group failed.
    Blocked,
    /// The deadline was too close to start.
    NotStarted,
    /// Another worker took the claim over.
    LeaseLost,
    /// The function said nothing about this message.
    #[serde(other)]
    Unknown,
}

impl Outcome {
    /// The outcome in words.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Processed => "processed",
            Self::Replayed => "replayed",
            Self::Retry => "retry",
            Self::DeadLettered => "dead-lettered",
            Self::Deferred => "deferred",
            Self::Blocked => "blocked",
            Self::NotStarted => "not started",
            Self::LeaseLost => "lease lost",
            Self::Unknown => "unknown",
        }
    }
}

/// A message of an event and what became of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MessageOutcome {
    /// The id SQS gave it.
    pub message_id: String,
    /// What became of it.
    pub outcome: Outcome,
    /// Why, where it failed.
    #[serde(default, deserialize_with = "known_text")]
    pub error: Option<String>,
}

/// Reads a log line as an outcome; `None` for any other line.
pub(crate) fn parse_line(line: &str) -> Option<MessageOutcome> {
    parse_json(line).or_else(|| text::parse(line))
}

fn parse_json(line: &str) -> Option<MessageOutcome> {
    #[derive(Deserialize)]
    struct Line {
        target: String,
        fields: MessageOutcome,
    }
    let line: Line = serde_json::from_str(line).ok()?;
    (line.target == "lambda_queue::outcome").then_some(line.fields)
}

/// One outcome for each message of an event, in its order; messages that no line spoke of are
/// `Unknown`, rather than guessed from the response.
pub(crate) fn settle(messages: &[String], mut logged: Vec<MessageOutcome>) -> Vec<MessageOutcome> {
    let mut outcomes: Vec<MessageOutcome> = Vec::with_capacity(messages.len());
    for id in messages {
        let found = logged.iter().position(|it| it.message_id == *id);
        outcomes.push(match found {
            Some(index) => logged.remove(index),
            None => MessageOutcome {
                message_id: id.clone(),
                outcome: Outcome::Unknown,
                error: None,
            },
        });
    }
    outcomes
}

/// An empty `error` field is no error.
fn known_text<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Option<String>, D::Error> {
    let text = Option::<String>::deserialize(from)?;
    Ok(text.filter(|text| !text.is_empty()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINE: &str = r#"{"timestamp":"2026-01-01T00:00:00Z","level":"DEBUG","fields":{"message":"message settled","message_id":"a","outcome":"dead_lettered","receive_count":1,"error":"no"},"target":"lambda_queue::outcome"}"#;

    #[test]
    fn an_outcome_line_is_read() {
        let outcome = parse_line(LINE).unwrap();
        assert_eq!(outcome.outcome, Outcome::DeadLettered);
        assert_eq!(outcome.error.as_deref(), Some("no"));
    }

    #[test]
    fn other_lines_are_not_outcomes() {
        for line in [
            "plain text",
            "{}",
            r#"{"_aws":{}}"#,
            &LINE.replace("lambda_queue::outcome", "ingestion"),
        ] {
            assert_eq!(parse_line(line), None, "{line}");
        }
    }

    #[test]
    fn an_outcome_of_a_later_version_is_unknown() {
        let line = LINE.replace("dead_lettered", "sent_to_the_moon");
        assert_eq!(parse_line(&line).unwrap().outcome, Outcome::Unknown);
    }

    #[test]
    fn a_message_nothing_was_said_about_is_unknown() {
        let messages = ["b".to_owned(), "a".to_owned()];
        let outcomes = settle(&messages, vec![parse_line(LINE).unwrap()]);
        let outcomes: Vec<_> = outcomes.iter().map(|it| it.outcome).collect();
        assert_eq!(outcomes, [Outcome::Unknown, Outcome::DeadLettered]);
    }
}
