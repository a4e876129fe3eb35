//! Why a request has no answer, or not the one that was wanted.

use std::time::Duration;

use aws_runtime::retries::classifiers::{THROTTLING_ERRORS, TRANSIENT_ERRORS};
use serde::Deserialize;
use thiserror::Error;

type BoxError = Box<dyn std::error::Error + Send + Sync>;

#[derive(Debug, Error)]
pub(in super::super) enum WireError {
    /// DynamoDB did not do it.
    #[error("{code}: {message}")]
    Refused {
        status: u16,
        /// Its name for the reason, or the status where there is none.
        code: String,
        message: String,
        /// All that it said.
        answer: Vec<u8>,
    },
    #[error("no answer within {0:?}")]
    TimedOut(Duration),
    /// It may have been carried out.
    #[error("no answer")]
    Unanswered(#[source] BoxError),
    #[error("not sent")]
    Unsent(#[source] BoxError),
}

/// What is done about a failure that may pass.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Remedy {
    /// Another try.
    Again,
    /// Another try, when there is less to do.
    Later,
}

/// An error in DynamoDB's JSON. The message has either name.
#[derive(Deserialize)]
struct Refusal {
    #[serde(rename = "__type", default)]
    kind: String,
    #[serde(alias = "Message", default)]
    message: String,
}

impl WireError {
    pub(super) fn unsent(error: impl Into<BoxError>) -> Self {
        Self::Unsent(error.into())
    }

    /// Reads an answer that is not a success.
    pub(super) fn refused(status: u16, answer: Vec<u8>) -> Self {
        let said: Option<Refusal> = serde_json::from_slice(&answer).ok();
        let (kind, message) = said.map(|it| (it.kind, it.message)).unwrap_or_default();
        let code = match kind.rsplit('#').next() {
            Some(code) if !code.is_empty() => code.to_owned(),
            _ => format!("HTTP status {status}"),
        };
        Self::Refused {
            status,
            code,
            message,
            answer,
        }
    }

    /// DynamoDB's code, if it answered.
    pub(in super::super) fn code(&self) -> Option<&str> {
        match self {
            Self::Refused { code, .. } => Some(code),
            _ => None,
        }
    }

    /// All that DynamoDB said, if it answered.
    pub(in super::super) fn answer(&self) -> Option<&[u8]> {
        match self {
            Self::Refused { answer, .. } => Some(answer),
            _ => None,
        }
    }

    pub(super) fn remedy(&self) -> Option<Remedy> {
        match self {
            Self::TimedOut(_) | Self::Unanswered(_) => Some(Remedy::Again),
            Self::Unsent(_) => None,
            Self::Refused { code, .. } if THROTTLING_ERRORS.contains(&&**code) => {
                Some(Remedy::Later)
            }
            Self::Refused { code, status, .. } => {
                let passes = *status >= 500 || TRANSIENT_ERRORS.contains(&&**code);
                passes.then_some(Remedy::Again)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(status: u16, answer: &str) -> WireError {
        WireError::refused(status, answer.as_bytes().to_vec())
    }

    #[test]
    fn a_code_is_what_stands_behind_its_namespace() {
        let answer = r#"{"__type": "com.amazonaws.dynamodb.v20120810#ResourceNotFoundException", "message": "no table"}"#;
        let error = refused(400, answer);
        assert_eq!(error.to_string(), "ResourceNotFoundException: no table");
        assert_eq!(error.remedy(), None);
    }

    #[test]
    fn what_is_throttled_waits_longer_than_what_has_failed() {
        let throttled = r#"{"__type": "x#ProvisionedThroughputExceededException"}"#;
        assert_eq!(refused(400, throttled).remedy(), Some(Remedy::Later));
        assert_eq!(refused(500, "{}").remedy(), Some(Remedy::Again));
    }

    #[test]
    fn an_answer_that_is_no_json_is_told_by_its_status() {
        let error = refused(503, "<html>busy</html>");
        assert_eq!(error.code(), Some("HTTP status 503"));
        assert_eq!(error.remedy(), Some(Remedy::Again));
    }
}
