//! OpenAI's Responses: `function_call` and `function_call_output` items.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{Arguments, Dialect, ToolCall, error_text};

/// A `function_call` item. Its `id` is the item's own; the answer names the `call_id`.
#[derive(Clone, Deserialize, Serialize)]
pub struct FunctionCall {
    pub(super) call_id: String,
    pub(super) name: String,
    /// The JSON text the model wrote.
    arguments: String,
}

impl From<FunctionCall> for ToolCall {
    fn from(call: FunctionCall) -> Self {
        Self {
            id: call.call_id,
            name: call.name,
            dialect: Dialect::OpenAiResponses,
            arguments: Arguments::Text(call.arguments),
        }
    }
}

/// A `function_call_output` item.
pub(super) fn result(call_id: &str, content: &str, is_error: bool) -> Value {
    json!({
        "type": "function_call_output",
        "call_id": call_id,
        "output": error_text(content, is_error),
    })
}
