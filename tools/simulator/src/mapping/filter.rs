//! Filter criteria: which messages a mapping delivers; the others are deleted.
//!
//! Sources: Lambda Developer Guide, "Control which events Lambda sends to your function" and "Using
//! event filtering with an Amazon SQS event source".

mod matcher;
mod pattern;
mod text;

pub use pattern::PatternError;

use pattern::Pattern;
use serde_json::Value;

/// Filters of one mapping, by default: Lambda quotas. A raised quota allows ten.
const MAX_FILTERS: usize = 5;

/// Length of a pattern, in characters: `Pattern` in Lambda's API.
const MAX_PATTERN_CHARS: usize = 4096;

/// A mapping's compiled `FilterCriteria`; a message that satisfies any filter is delivered.
#[derive(Debug, Clone, Default)]
pub struct FilterCriteria {
    filters: Vec<Pattern>,
}

/// Why filter criteria are refused.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum FilterError {
    /// More filters than Lambda's default quota.
    #[error("{0} filters, and at most {MAX_FILTERS} are allowed")]
    TooMany(usize),
    /// A pattern longer than Lambda's API takes.
    #[error("filter {index}: the pattern has more than {MAX_PATTERN_CHARS} characters")]
    TooLong {
        /// The filter's place in the list, from 0.
        index: usize,
    },
    /// A pattern that is not an event pattern on `body`.
    #[error("filter {index}: {source}")]
    Pattern {
        /// The filter's place in the list, from 0.
        index: usize,
        /// What is wrong with it.
        source: PatternError,
    },
}

impl FilterCriteria {
    /// Compiles the `Pattern` strings of `FilterCriteria.Filters`; none lets every message through.
    ///
    /// # Errors
    /// More than five patterns, one over 4,096 characters, or one that is not an EventBridge pattern
    /// on `body` alone.
    pub fn parse<S: AsRef<str>>(patterns: &[S]) -> Result<Self, FilterError> {
        if patterns.len() > MAX_FILTERS {
            return Err(FilterError::TooMany(patterns.len()));
        }
        let filters = patterns
            .iter()
            .enumerate()
            .map(|(index, text)| compile(index, text.as_ref()))
            .collect::<Result<_, _>>()?;
        Ok(Self { filters })
    }

    /// Whether a message with this body is delivered.
    pub fn matches(&self, body: &str) -> bool {
        if self.filters.is_empty() {
            return true;
        }
        let json = as_json(body);
        let is_json = json.is_some();
        let value = json.unwrap_or_else(|| Value::String(body.to_owned()));
        // A body and a pattern of different formats never match: Lambda drops the message.
        self.filters
            .iter()
            .any(|filter| filter.is_json() == is_json && filter.matches(Some(&value)))
    }
}

fn compile(index: usize, text: &str) -> Result<Pattern, FilterError> {
    if text.chars().count() > MAX_PATTERN_CHARS {
        return Err(FilterError::TooLong { index });
    }
    body_pattern(text).map_err(|source| FilterError::Pattern { index, source })
}

/// The pattern under the key `body`.
///
/// SQS mappings filter on `body` alone; whether AWS refuses another key or lets it match nothing is
/// not documented. Refusing it here keeps such a pattern from silently deleting every message.
fn body_pattern(text: &str) -> Result<Pattern, PatternError> {
    let value = serde_json::from_str(text).map_err(|_| PatternError::NotJson)?;
    let Value::Object(fields) = value else {
        return Err(PatternError::NotAnObject);
    };
    if let Some(key) = fields.keys().find(|key| *key != "body") {
        return Err(PatternError::NotOnBody(key.clone()));
    }
    fields
        .get("body")
        .ok_or(PatternError::Empty)
        .and_then(Pattern::parse)
}

/// The body as JSON, or nothing if it is a plain string.
///
/// AWS does not say whether a bare number or `true` is "valid JSON"; it is taken for JSON here.
fn as_json(body: &str) -> Option<Value> {
    serde_json::from_str(body).ok()
}

#[cfg(test)]
mod tests;
