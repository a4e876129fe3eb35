//! What a call came to.

/// The longest result, in bytes; longer ones are cut, and say so. A model's context is not a place
/// for more, and an item has 400 KB.
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
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
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
        }
    }

    /// Whether the model is told that it is an error.
    pub fn is_error(self) -> bool {
        self != Self::Succeeded
    }
}

impl ToolResult {
    /// A result, cut to [`MAX_OUTPUT_BYTES`].
    pub fn new(status: Status, content: impl Into<String>) -> Self {
        Self {
            status,
            content: cut(content.into()),
        }
    }
}

fn cut(mut content: String) -> String {
    let total = content.len();
    if total > MAX_OUTPUT_BYTES {
        content.truncate(content.floor_char_boundary(MAX_OUTPUT_BYTES));
        let kept = content.len();
        content.push_str(&format!("\n[cut off: the first {kept} of {total} bytes]"));
    }
    content
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_result_is_cut_between_characters_and_says_so() {
        let content = "é".repeat(MAX_OUTPUT_BYTES);
        let result = ToolResult::new(Status::Succeeded, content);
        let (kept, notice) = result.content.rsplit_once('\n').unwrap();
        assert_eq!(kept.len(), MAX_OUTPUT_BYTES);
        assert_eq!(notice, "[cut off: the first 32768 of 65536 bytes]");
    }

    #[test]
    fn a_result_that_fits_is_left_alone() {
        let content = "x".repeat(MAX_OUTPUT_BYTES);
        assert_eq!(
            ToolResult::new(Status::Succeeded, content.clone()).content,
            content
        );
    }
}
