//! What arrives on the queue: a model's tool call, in the dialect of its provider.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

/// A tool call of a conversation.
// No `Debug` here, nor below: arguments must not reach a log by way of a `{:?}`.
#[derive(Clone, Deserialize)]
pub struct ToolRequest {
    /// The conversation the result belongs to.
    pub conversation_id: String,
    /// The call as the model made it.
    pub call: Call,
}

/// A call as a provider's API gives it.
#[derive(Clone, Deserialize, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Call {
    /// Anthropic's `tool_use` block.
    ToolUse {
        /// The call's id.
        id: String,
        /// The tool's name.
        name: String,
        /// The arguments.
        input: Value,
    },
    /// An entry of `tool_calls` in OpenAI's Chat Completions.
    Function {
        /// The call's id.
        id: String,
        /// Name and arguments.
        function: Function,
    },
}

/// The `function` of an OpenAI call.
#[derive(Clone, Deserialize, Serialize)]
pub struct Function {
    /// The tool's name.
    name: String,
    /// The arguments, as the JSON text the model wrote.
    arguments: String,
}

/// Whose way of writing calls and results.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// `tool_use` and `tool_result` blocks.
    Anthropic,
    /// `tool_calls` entries and messages of role `tool`.
    OpenAiChat,
}

/// A call, whatever its dialect.
#[derive(Clone)]
pub struct ToolCall {
    /// The call's id.
    pub id: String,
    /// The tool's name.
    pub name: String,
    /// The dialect to answer in.
    pub dialect: Dialect,
    /// The arguments, as they came.
    pub arguments: Arguments,
}

/// Arguments, parsed by the provider or as the model wrote them.
#[derive(Clone)]
pub enum Arguments {
    /// A JSON value.
    Value(Value),
    /// JSON text, or what the model takes for it.
    Text(String),
}

impl Call {
    /// The call's id.
    pub fn id(&self) -> &str {
        match self {
            Self::ToolUse { id, .. } | Self::Function { id, .. } => id,
        }
    }

    /// The tool's name.
    pub fn tool(&self) -> &str {
        match self {
            Self::ToolUse { name, .. } => name,
            Self::Function { function, .. } => &function.name,
        }
    }
}

impl From<Call> for ToolCall {
    fn from(call: Call) -> Self {
        match call {
            Call::ToolUse { id, name, input } => Self {
                id,
                name,
                dialect: Dialect::Anthropic,
                arguments: Arguments::Value(input),
            },
            Call::Function { id, function } => Self {
                id,
                name: function.name,
                dialect: Dialect::OpenAiChat,
                arguments: Arguments::Text(function.arguments),
            },
        }
    }
}

impl Arguments {
    /// Their size as JSON text.
    pub fn size(&self) -> usize {
        match self {
            Self::Value(value) => value.to_string().len(),
            Self::Text(text) => text.len(),
        }
    }

    /// The arguments as a value; blank text is what some models write for "none".
    ///
    /// # Errors
    /// The text is not JSON. The error says where, and may quote the text: it is for the model.
    pub fn parse(self) -> Result<Value, serde_json::Error> {
        match self {
            Self::Value(value) => Ok(value),
            Self::Text(text) if text.trim().is_empty() => Ok(Value::Object(Map::new())),
            Self::Text(text) => serde_json::from_str(&text),
        }
    }
}

impl Dialect {
    /// The name it is stored under.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Anthropic => "anthropic",
            Self::OpenAiChat => "openai_chat",
        }
    }

    /// A result as the provider's API takes it.
    pub fn result(self, call_id: &str, content: &str, is_error: bool) -> Value {
        match self {
            Self::Anthropic => json!({
                "type": "tool_result",
                "tool_use_id": call_id,
                "content": content,
                "is_error": is_error,
            }),
            // This dialect has no flag: the text has to say it.
            Self::OpenAiChat if is_error => json!({
                "role": "tool",
                "tool_call_id": call_id,
                "content": format!("Error: {content}"),
            }),
            Self::OpenAiChat => json!({
                "role": "tool",
                "tool_call_id": call_id,
                "content": content,
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(call: Value) -> Result<ToolCall, serde_json::Error> {
        serde_json::from_value::<Call>(call).map(ToolCall::from)
    }

    #[test]
    fn both_dialects_become_the_same_call() {
        let calls = [
            json!({"type": "tool_use", "id": "c", "name": "calculator", "input": {"expression": "1"}}),
            json!({"type": "function", "id": "c", "function":
                {"name": "calculator", "arguments": "{\"expression\": \"1\"}"}}),
        ];
        for call in calls {
            let call = parse(call).unwrap();
            assert_eq!((call.id.as_str(), call.name.as_str()), ("c", "calculator"));
            assert_eq!(call.arguments.parse().unwrap(), json!({"expression": "1"}));
        }
    }

    #[test]
    fn another_type_of_call_is_refused_by_name() {
        let error = parse(json!({"type": "computer_use", "id": "c"}))
            .err()
            .unwrap();
        assert!(error.to_string().contains("tool_use"), "{error}");
    }

    #[test]
    fn blank_arguments_are_none() {
        let blank = Arguments::Text(" ".into());
        assert_eq!(blank.parse().unwrap(), json!({}));
    }

    #[test]
    fn a_dialect_without_an_error_flag_says_error_in_the_text() {
        let result = Dialect::OpenAiChat.result("c", "no such tool", true);
        assert_eq!(result["content"], "Error: no such tool");
        let result = Dialect::Anthropic.result("c", "no such tool", true);
        assert_eq!(
            (&result["content"], &result["is_error"]),
            (&json!("no such tool"), &json!(true))
        );
    }
}
