//! The Model Context Protocol: a `tools/call` request of JSON-RPC, and its response.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::{Arguments, Dialect, ToolCall};

/// A `tools/call` request.
#[derive(Clone, Deserialize, Serialize)]
pub struct Request {
    jsonrpc: Version,
    method: Method,
    pub(super) id: RequestId,
    pub(super) params: Params,
}

#[derive(Clone, Deserialize, Serialize)]
enum Version {
    #[serde(rename = "2.0")]
    V2,
}

#[derive(Clone, Deserialize, Serialize)]
enum Method {
    #[serde(rename = "tools/call")]
    ToolsCall,
}

/// What is called; other members, such as `_meta`, are for servers.
#[derive(Clone, Deserialize, Serialize)]
pub(super) struct Params {
    pub(super) name: String,
    /// May be left out, which means none.
    #[serde(default)]
    arguments: Map<String, Value>,
}

/// A request's id; the response repeats it as it is.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(untagged)]
pub(super) enum RequestId {
    Number(i64),
    Text(String),
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number) => number.fmt(f),
            Self::Text(text) => text.fmt(f),
        }
    }
}

impl From<Request> for ToolCall {
    fn from(request: Request) -> Self {
        let numeric_id = matches!(request.id, RequestId::Number(_));
        Self {
            id: request.id.to_string(),
            name: request.params.name,
            dialect: Dialect::Mcp { numeric_id },
            arguments: Arguments::Value(Value::Object(request.params.arguments)),
        }
    }
}

/// A response with the tool's content. What the model did wrong is one, too: an error of the
/// protocol would not reach it.
pub(super) fn result(call_id: &str, numeric_id: bool, content: &str, is_error: bool) -> Value {
    let number = numeric_id.then(|| call_id.parse::<i64>().ok()).flatten();
    json!({
        "jsonrpc": "2.0",
        "id": number.map_or_else(|| json!(call_id), |number| json!(number)),
        "result": {
            "content": [{"type": "text", "text": content}],
            "isError": is_error,
        },
    })
}
