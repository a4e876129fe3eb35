//! Anthropic's Messages API: `tool_use` and `tool_result` blocks.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{Arguments, Dialect, ToolCall};

/// A `tool_use` block.
#[derive(Clone, Deserialize, Serialize)]
pub struct ToolUse {
    pub(super) id: String,
    pub(super) name: String,
    input: Value,
}

impl From<ToolUse> for ToolCall {
    fn from(call: ToolUse) -> Self {
        Self {
            id: call.id,
            name: call.name,
            dialect: Dialect::Anthropic,
            arguments: Arguments::Value(call.input),
        }
    }
}

/// A `tool_result` block.
pub(super) fn result(call_id: &str, content: &str, is_error: bool) -> Value {
    json!({
        "type": "tool_result",
        "tool_use_id": call_id,
        "content": content,
        "is_error": is_error,
    })
}
