//! What a call came to.

use serde::{Deserialize, Serialize};

/// The longest output kept with a result, in bytes, where no policy says otherwise. A model's
/// context is not a place for more, and an item has 400 KB.
pub const MAX_OUTPUT_BYTES: usize = 32 * 1024;

/// A result, in no dialect yet.
#[derive(Clone, PartialEq, Eq)]
pub struct ToolResult {
    /// What the call came to, in a word.
    pub status: Status,
    /// What the model is told.
    pub content: String,
}

/// What a call came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// The tool did it.
    Succeeded,
    /// The tool said that it cannot.
    Failed,
    /// The tool took too long.
    TimedOut,
    /// The arguments are not what the tool takes.
    InvalidArguments,
    /// There is no such tool.
    UnknownTool,
    /// A tool that must not be repeated was started, and nobody knows how it ended.
    OutcomeUnknown,
}

impl Status {
    /// The word in logs and in the results table.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Succeeded => "succeeded",
            Self::Failed => "failed",
            Self::TimedOut => "timed_out",
            Self::InvalidArguments => "invalid_arguments",
            Self::UnknownTool => "unknown_tool",
            Self::OutcomeUnknown => "outcome_unknown",
        }
    }

    /// Whether the model is told that it is an error.
    pub fn is_error(self) -> bool {
        self != Self::Succeeded
    }
}

impl ToolResult {
    /// A result.
    pub fn new(status: Status, content: impl Into<String>) -> Self {
        Self {
            status,
            content: content.into(),
        }
    }

    /// What stands in for the result of a tool that must not be repeated, from before it starts
    /// until it is known how it ended.
    pub fn outcome_unknown(tool: &str) -> Self {
        let content = format!(
            "The outcome is unknown: `{tool}` was started, but its run was cut off. It may or may \
             not have taken effect: find out before calling it again."
        );
        Self::new(Status::OutcomeUnknown, content)
    }
}
