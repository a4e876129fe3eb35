//! Where results go.

use std::collections::HashMap;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::AttributeValue::{self, Bool, M, N, S};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{Dialect, Status, StoredOutput, ToolResult};

/// The result of a call, as the table keeps it.
// No `Debug` here: results must not reach a log by way of a `{:?}`.
#[derive(Clone, PartialEq, Eq, Deserialize, Serialize)]
pub struct CallResult {
    /// The conversation the result belongs to.
    pub conversation_id: String,
    /// The call's id.
    pub tool_call_id: String,
    /// The tool's name.
    pub tool_name: String,
    /// The dialect of `result`.
    pub dialect: String,
    /// What the call came to, in a word.
    pub status: Status,
    /// Whether the model is told that it is an error.
    pub is_error: bool,
    /// The result as the provider's API takes it.
    pub result: Value,
    /// Where all of the output is, if `result` has only its beginning.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub output: Option<StoredOutput>,
}

/// Results by conversation and tool call.
#[derive(Debug, Clone)]
pub struct ToolResultsTable {
    client: Client,
    name: String,
}

/// Whose result it is.
#[derive(Clone)]
pub(crate) struct CallOf {
    pub(crate) conversation_id: String,
    pub(crate) call_id: String,
    pub(crate) tool: String,
    pub(crate) dialect: Dialect,
}

impl CallOf {
    pub(crate) fn came_to(&self, result: &ToolResult, output: Option<StoredOutput>) -> CallResult {
        let is_error = result.status.is_error();
        let mut message = self
            .dialect
            .result(&self.call_id, &result.content, is_error);
        // One order in every build, whatever other packages ask of `serde_json`.
        message.sort_all_objects();
        CallResult {
            conversation_id: self.conversation_id.clone(),
            tool_call_id: self.call_id.clone(),
            tool_name: self.tool.clone(),
            dialect: self.dialect.as_str().to_owned(),
            status: result.status,
            is_error,
            result: message,
            output,
        }
    }
}

impl ToolResultsTable {
    /// A table by its name.
    pub fn new(client: Client, name: impl Into<String>) -> Self {
        Self {
            client,
            name: name.into(),
        }
    }

    /// Stores a result; one of the same call is replaced.
    ///
    /// # Errors
    /// DynamoDB does not answer.
    pub async fn put(&self, result: &CallResult) -> Result<(), aws_sdk_dynamodb::Error> {
        let put = self.client.put_item().table_name(&self.name);
        put.set_item(Some(item(result))).send().await?;
        Ok(())
    }
}

fn item(result: &CallResult) -> HashMap<String, AttributeValue> {
    let text = |text: &str| S(text.to_owned());
    let mut attributes = vec![
        ("conversation_id", text(&result.conversation_id)),
        ("tool_call_id", text(&result.tool_call_id)),
        ("tool_name", text(&result.tool_name)),
        ("dialect", text(&result.dialect)),
        ("status", text(result.status.as_str())),
        ("is_error", Bool(result.is_error)),
        ("result", S(result.result.to_string())),
    ];
    if let Some(output) = &result.output {
        let output = [
            ("bucket", text(&output.bucket)),
            ("key", text(&output.key)),
            ("bytes", N(output.bytes.to_string())),
        ];
        attributes.push(("output", M(named(output))));
    }
    named(attributes)
}

fn named<'a>(
    attributes: impl IntoIterator<Item = (&'a str, AttributeValue)>,
) -> HashMap<String, AttributeValue> {
    let own = |(name, value): (&str, _)| (name.to_owned(), value);
    attributes.into_iter().map(own).collect()
}
