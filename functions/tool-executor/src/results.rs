//! The table of tool results.

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::AttributeValue::{Bool, S};

use crate::{Dialect, ToolResult};

/// Results by conversation and tool call.
#[derive(Debug, Clone)]
pub struct ToolResultsTable {
    client: Client,
    name: String,
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
    pub async fn put(
        &self,
        conversation_id: String,
        call_id: String,
        tool: String,
        dialect: Dialect,
        result: &ToolResult,
    ) -> Result<(), aws_sdk_dynamodb::Error> {
        let is_error = result.status.is_error();
        let mut message = dialect.result(&call_id, &result.content, is_error);
        // One order in every build, whatever other packages ask of `serde_json`.
        message.sort_all_objects();
        self.client
            .put_item()
            .table_name(&self.name)
            .item("conversation_id", S(conversation_id))
            .item("tool_call_id", S(call_id))
            .item("tool_name", S(tool))
            .item("dialect", S(dialect.as_str().to_owned()))
            .item("status", S(result.status.as_str().to_owned()))
            .item("is_error", Bool(is_error))
            .item("result", S(message.to_string()))
            .send()
            .await?;
        Ok(())
    }
}
