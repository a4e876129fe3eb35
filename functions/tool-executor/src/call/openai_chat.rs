//! OpenAI's Chat Completions: entries of `tool_calls`, and messages of role `tool`.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{Arguments, Dialect, ToolCall, error_text};

/// An entry of `tool_calls`.
#[derive(Clone, Deserialize, Serialize)]
pub struct ChatCall {
    pub(super) id: String,
    pub(super) function: Function,
}

/// Its `function`.
#[derive(Clone, Deserialize, Serialize)]
pub(super) struct Function {
    pub(super) name: String,
    /// The JSON text the model wrote.
    arguments: String,
}

impl From<ChatCall> for ToolCall {
    fn from(call: ChatCall) -> Self {
        Self {
            id: call.id,
            name: call.function.name,
            dialect: Dialect::OpenAiChat,
            arguments: Arguments::Text(call.function.arguments),
        }
    }
}

/// A message of role `tool`.
pub(super) fn result(call_id: &str, content: &str, is_error: bool) -> Value {
    json!({
        "role": "tool",
        "tool_call_id": call_id,
        "content": error_text(content, is_error),
    })
}
