//! What arrives on the queue: a model's tool call, in the dialect of its provider.

mod anthropic;
mod mcp;
mod openai_chat;
mod openai_responses;
#[cfg(test)]
mod tests;

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

/// A tool call of a conversation.
// No `Debug` here, nor below: arguments must not reach a log by way of a `{:?}`.
#[derive(Clone, Deserialize)]
pub struct ToolRequest {
    /// The conversation the result belongs to.
    pub conversation_id: String,
    /// The call as the model made it.
    pub call: Call,
    /// The turn that the call is part of, for whoever waits for all of it; it goes into the result
    /// as it is.
    #[serde(default)]
    pub turn: Option<Value>,
}

/// A call as a provider's API gives it.
#[derive(Clone, Deserialize, Serialize)]
#[serde(try_from = "Value")]
pub struct Call(Wire);

/// MCP's requests have no `type`; everything else is told apart by it.
#[derive(Clone, Serialize)]
#[serde(untagged)]
enum Wire {
    Typed(Typed),
    Mcp(mcp::Request),
}

#[derive(Clone, Deserialize, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Typed {
    ToolUse(anthropic::ToolUse),
    Function(openai_chat::ChatCall),
    FunctionCall(openai_responses::FunctionCall),
}

/// Whose way of writing calls and results.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// `tool_use` and `tool_result` blocks.
    Anthropic,
    /// `tool_calls` entries and messages of role `tool`.
    OpenAiChat,
    /// `function_call` and `function_call_output` items.
    OpenAiResponses,
    /// `tools/call` requests of JSON-RPC and their responses.
    Mcp {
        /// Whether the request's id is a number.
        numeric_id: bool,
    },
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
    pub fn id(&self) -> Cow<'_, str> {
        match &self.0 {
            Wire::Typed(Typed::ToolUse(call)) => Cow::Borrowed(&call.id),
            Wire::Typed(Typed::Function(call)) => Cow::Borrowed(&call.id),
            Wire::Typed(Typed::FunctionCall(call)) => Cow::Borrowed(&call.call_id),
            Wire::Mcp(request) => Cow::Owned(request.id.to_string()),
        }
    }

    /// The tool's name.
    pub fn tool(&self) -> &str {
        match &self.0 {
            Wire::Typed(Typed::ToolUse(call)) => &call.name,
            Wire::Typed(Typed::Function(call)) => &call.function.name,
            Wire::Typed(Typed::FunctionCall(call)) => &call.name,
            Wire::Mcp(request) => &request.params.name,
        }
    }
}

impl TryFrom<Value> for Call {
    type Error = serde_json::Error;

    fn try_from(call: Value) -> Result<Self, Self::Error> {
        let wire = if call.get("jsonrpc").is_some() {
            Wire::Mcp(mcp::Request::deserialize(call)?)
        } else {
            Wire::Typed(Typed::deserialize(call)?)
        };
        Ok(Self(wire))
    }
}

impl From<Call> for ToolCall {
    fn from(call: Call) -> Self {
        match call.0 {
            Wire::Typed(Typed::ToolUse(call)) => call.into(),
            Wire::Typed(Typed::Function(call)) => call.into(),
            Wire::Typed(Typed::FunctionCall(call)) => call.into(),
            Wire::Mcp(request) => request.into(),
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
            Self::OpenAiResponses => "openai_responses",
            Self::Mcp { .. } => "mcp",
        }
    }

    /// A result as the provider's API takes it.
    pub fn result(self, call_id: &str, content: &str, is_error: bool) -> Value {
        match self {
            Self::Anthropic => anthropic::result(call_id, content, is_error),
            Self::OpenAiChat => openai_chat::result(call_id, content, is_error),
            Self::OpenAiResponses => openai_responses::result(call_id, content, is_error),
            Self::Mcp { numeric_id } => mcp::result(call_id, numeric_id, content, is_error),
        }
    }
}

/// What a call is known by, of one length and alphabet: ids are whatever a provider or a model
/// makes up, and may look like paths.
pub(crate) fn fingerprint(conversation_id: &str, call_id: &str) -> String {
    let mut hash = Sha256::new();
    // The length keeps ("ab", "c") and ("a", "bc") apart.
    hash.update((conversation_id.len() as u64).to_be_bytes());
    hash.update(conversation_id);
    hash.update(call_id);
    hex::encode(hash.finalize())
}

/// OpenAI's dialects have no flag for an error: the text has to say it.
fn error_text(content: &str, is_error: bool) -> Cow<'_, str> {
    match is_error {
        true => Cow::Owned(format!("Error: {content}")),
        false => Cow::Borrowed(content),
    }
}
