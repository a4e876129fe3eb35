//! Where results go.

mod item;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::SdkError;
use aws_sdk_dynamodb::operation::put_item::PutItemError;
use aws_sdk_dynamodb::types::AttributeValue::S;
use aws_sdk_dynamodb::types::ReturnValuesOnConditionCheckFailure::AllOld;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{Dialect, Status, StoredOutput, ToolCall, ToolRequest, ToolResult};

/// The result of a call, as the table keeps it and the results queue carries it.
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
    /// The turn that the call is part of, as the request said it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub turn: Option<Value>,
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

/// A result that could not be stored.
#[derive(Debug, thiserror::Error)]
pub enum ResultsError {
    /// DynamoDB does not answer as it should.
    #[error(transparent)]
    Request(Box<aws_sdk_dynamodb::Error>),
    /// Something else than a result is in the table.
    #[error("the item in the results table has no {0} that could be read")]
    Malformed(&'static str),
}

/// Whose result it is.
#[derive(Clone)]
pub(crate) struct CallOf {
    pub(crate) conversation_id: String,
    pub(crate) call_id: String,
    pub(crate) tool: String,
    pub(crate) dialect: Dialect,
    pub(crate) turn: Option<Value>,
}

impl CallOf {
    pub(crate) fn of(request: &ToolRequest) -> Self {
        let call = ToolCall::from(request.call.clone());
        Self {
            conversation_id: request.conversation_id.clone(),
            call_id: call.id,
            tool: call.name,
            dialect: call.dialect,
            turn: request.turn.clone(),
        }
    }

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
            turn: self.turn.clone(),
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

    /// Stores what stands in for a result until there is one. What is there already is left as it
    /// is, and returned: the call was started before.
    ///
    /// # Errors
    /// DynamoDB does not answer.
    pub(crate) async fn begin(
        &self,
        unknown: &CallResult,
    ) -> Result<Option<CallResult>, ResultsError> {
        self.put(unknown, "attribute_not_exists(tool_call_id)", None)
            .await
    }

    /// Stores a result, unless there is one already; returns the one that stands. A rerun thus
    /// comes to the result that somebody may have read.
    ///
    /// # Errors
    /// DynamoDB does not answer.
    pub(crate) async fn keep(&self, result: CallResult) -> Result<CallResult, ResultsError> {
        let condition = "attribute_not_exists(tool_call_id) OR #status = :unknown";
        let unknown = Some(Status::OutcomeUnknown);
        let stands = self.put(&result, condition, unknown).await?;
        Ok(stands.unwrap_or(result))
    }

    /// What is there, if the condition does not hold.
    async fn put(
        &self,
        result: &CallResult,
        condition: &str,
        status: Option<Status>,
    ) -> Result<Option<CallResult>, ResultsError> {
        let mut put = self
            .client
            .put_item()
            .table_name(&self.name)
            .set_item(Some(item::from(result)))
            .condition_expression(condition)
            .return_values_on_condition_check_failure(AllOld);
        if let Some(status) = status {
            put = put
                .expression_attribute_names("#status", item::STATUS)
                .expression_attribute_values(":unknown", S(status.as_str().to_owned()));
        }
        match put.send().await.map_err(SdkError::into_service_error) {
            Ok(_) => Ok(None),
            Err(PutItemError::ConditionalCheckFailedException(failed)) => {
                let found = failed.item.unwrap_or_default();
                Ok(Some(item::read(&found)?))
            }
            Err(error) => Err(ResultsError::Request(Box::new(error.into()))),
        }
    }
}
