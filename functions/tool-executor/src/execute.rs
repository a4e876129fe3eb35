//! The handler: one tool call from message to stored result.

use std::sync::Arc;

use lambda_queue::{Classify, Handler, HandlerError, MessageContext, Policy};
use tracing::info;

use crate::{Call, Effect, Registry, ToolCall, ToolRequest, ToolResultsTable};

/// Bounds of the ids, in bytes: they are the results table's key.
const MAX_CONVERSATION_ID: usize = 1024;
const MAX_CALL_ID: usize = 512;
const MAX_TOOL_NAME: usize = 256;

/// Runs tool calls.
#[derive(Clone)]
pub struct ToolExecutor {
    registry: Arc<Registry>,
    results: ToolResultsTable,
}

/// A request whose result could not be stored.
#[derive(Debug, thiserror::Error)]
#[error("{field} has {bytes} bytes, it must have 1 to {limit}")]
struct InvalidRequest {
    field: &'static str,
    bytes: usize,
    limit: usize,
}

impl ToolExecutor {
    /// A handler that runs calls of these tools and keeps what they come to.
    pub fn new(registry: Registry, results: ToolResultsTable) -> Self {
        Self {
            registry: Arc::new(registry),
            results,
        }
    }

    /// What becomes of a call that was cut off.
    pub fn policy(&self) -> impl Fn(&ToolRequest) -> Policy + Send + Sync + 'static {
        let registry = Arc::clone(&self.registry);
        move |request| registry.effect(request.call.tool()).policy()
    }

    async fn execute(&self, request: ToolRequest) -> Result<(), HandlerError> {
        validate(&request).permanent()?;
        let conversation_id = request.conversation_id;
        let call = ToolCall::from(request.call);
        let (id, tool, dialect) = (call.id.clone(), call.name.clone(), call.dialect);
        let arguments_bytes = call.arguments.size();
        // From here on it is unknown whether a tool that must not be repeated had its effect.
        let once = self.registry.effect(&tool) == Effect::NotRepeatable;
        let result = self.registry.run(call).await;
        let result = if once {
            result.indeterminate()?
        } else {
            result?
        };
        info!(
            conversation_id,
            tool_call_id = id,
            tool,
            arguments_bytes,
            result_bytes = result.content.len(),
            status = result.status.as_str(),
            "tool call executed"
        );
        let stored = self
            .results
            .put(conversation_id, id, tool, dialect, &result)
            .await;
        if once {
            stored.indeterminate()
        } else {
            Ok(stored?)
        }
    }
}

impl Handler<ToolRequest> for ToolExecutor {
    type Output = ();

    async fn handle(&self, request: ToolRequest, _: MessageContext) -> Result<(), HandlerError> {
        self.execute(request).await
    }
}

fn validate(request: &ToolRequest) -> Result<(), InvalidRequest> {
    let call: &Call = &request.call;
    for (field, value, limit) in [
        (
            "conversation_id",
            request.conversation_id.as_str(),
            MAX_CONVERSATION_ID,
        ),
        ("the tool call's id", &call.id(), MAX_CALL_ID),
        ("the tool's name", call.tool(), MAX_TOOL_NAME),
    ] {
        let bytes = value.len();
        if bytes == 0 || bytes > limit {
            return Err(InvalidRequest {
                field,
                bytes,
                limit,
            });
        }
    }
    Ok(())
}
