//! The handler: one tool call from message to stored result.

mod reconcile;

use std::sync::Arc;

use lambda_queue::{Classify, Handler, HandlerError, MessageContext, Policy};
use tokio::time::timeout;
use tracing::info;

use crate::gate::{Entered, Gate};
use crate::results::CallOf;
use crate::{
    Call, CallResult, Effect, LongOutput, Registry, ResultsQueue, ToolCall, ToolRequest,
    ToolResult, ToolResultsTable,
};

/// Bounds of the ids, in bytes: they are the results table's key.
const MAX_CONVERSATION_ID: usize = 1024;
const MAX_CALL_ID: usize = 512;
const MAX_TOOL_NAME: usize = 256;

/// Runs tool calls.
#[derive(Clone)]
pub struct ToolExecutor {
    registry: Arc<Registry>,
    results: ToolResultsTable,
    long_output: LongOutput,
    gate: Arc<Gate>,
    queue: Option<ResultsQueue>,
}

/// A call that could not start any more.
#[derive(Debug, thiserror::Error)]
#[error("other calls of its conversation or tool left no time for it")]
struct NoTimeLeft;

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
            long_output: LongOutput::Cut,
            gate: Arc::default(),
            queue: None,
        }
    }

    /// Sends results to a queue as well, once they are in the table.
    #[must_use]
    pub fn results_queue(self, queue: ResultsQueue) -> Self {
        Self {
            queue: Some(queue),
            ..self
        }
    }

    /// Runs at most so many calls of one conversation at a time, in their order in the batch.
    #[must_use]
    pub fn per_conversation(self, calls: usize) -> Self {
        Self {
            gate: Arc::new(Gate::new(Some(calls))),
            ..self
        }
    }

    /// Keeps output that is longer than a result may be; without this it is cut.
    #[must_use]
    pub fn long_output(self, long_output: LongOutput) -> Self {
        Self {
            long_output,
            ..self
        }
    }

    /// What becomes of a call that was cut off.
    pub fn policy(&self) -> impl Fn(&ToolRequest) -> Policy + Send + Sync + 'static {
        let registry = Arc::clone(&self.registry);
        move |request| registry.effect(request.call.tool()).policy()
    }

    async fn execute(
        &self,
        request: ToolRequest,
        context: MessageContext,
    ) -> Result<(), HandlerError> {
        validate(&request).permanent()?;
        let of = CallOf::of(&request);
        let call = ToolCall::from(request.call);
        self.known_in_time(&of, &context).await?;
        let result = if self.registry.effect(&of.tool) == Effect::NotRepeatable {
            self.run_once(call, &of, &context).await?
        } else {
            let _entered = self.enter(&of).await;
            self.run(call, &of).await.retryable()?
        };
        // From the table to the queue, and only then is the message done: whatever ends the
        // function in between, a rerun finds the result and sends it.
        match &self.queue {
            Some(queue) => queue.send(&result, &context).await.retryable(),
            None => Ok(()),
        }
    }

    /// Runs a tool that must not be repeated, unless it was started before.
    async fn run_once(
        &self,
        call: ToolCall,
        of: &CallOf,
        context: &MessageContext,
    ) -> Result<CallResult, HandlerError> {
        let _entered = self.enter_in_time(of, context).await.retryable()?;
        // Whatever cuts this run off now, the result says so already.
        let unknown = of.came_to(&ToolResult::outcome_unknown(&of.tool), None);
        match self.results.begin(&unknown).await.retryable()? {
            Some(before) => Ok(before),
            None => self.run(call, of).await.indeterminate(),
        }
    }

    /// Waits until it is known whether there is such a tool. Nothing has begun: whatever fails here
    /// is tried again, and is not waited for until the call is cut off and counts as begun.
    async fn known_in_time(
        &self,
        of: &CallOf,
        context: &MessageContext,
    ) -> Result<(), HandlerError> {
        let known = self.registry.ready(&of.tool);
        match context.remaining_time() {
            Some(left) => {
                let known = timeout(left / 2, known).await;
                known.map_err(|_| NoTimeLeft).retryable()?.retryable()
            }
            None => known.await.retryable(),
        }
    }

    async fn enter(&self, of: &CallOf) -> Entered {
        let tool = self.registry.running(&of.tool);
        self.gate.enter(&of.conversation_id, tool).await
    }

    /// Does not wait into the time that the tool needs: cut off while it waits, a call that must
    /// not be repeated would count as one that may have had its effect.
    async fn enter_in_time(
        &self,
        of: &CallOf,
        context: &MessageContext,
    ) -> Result<Entered, NoTimeLeft> {
        let Some(left) = context.remaining_time() else {
            return Ok(self.enter(of).await);
        };
        let left = left.saturating_sub(self.registry.timeout(&of.tool));
        let entered = timeout(left, self.enter(of)).await;
        entered.map_err(|_| NoTimeLeft)
    }

    async fn run(&self, call: ToolCall, of: &CallOf) -> Result<CallResult, HandlerError> {
        let arguments_bytes = call.arguments.size();
        let result = self.registry.run(call).await?;
        info!(
            conversation_id = of.conversation_id,
            tool_call_id = of.call_id,
            tool = of.tool,
            arguments_bytes,
            result_bytes = result.content.len(),
            status = result.status.as_str(),
            "tool call executed"
        );
        let result = self.fit(result, of).await?;
        Ok(self.results.keep(result).await?)
    }

    async fn fit(&self, mut result: ToolResult, of: &CallOf) -> Result<CallResult, HandlerError> {
        let limit = self.registry.max_output_bytes(&of.tool);
        let content = &mut result.content;
        let shortened = self
            .long_output
            .shorten(content, limit, &of.conversation_id, &of.call_id);
        let output = shortened.await?;
        Ok(of.came_to(&result, output))
    }
}

impl Handler<ToolRequest> for ToolExecutor {
    type Output = ();

    async fn handle(
        &self,
        request: ToolRequest,
        context: MessageContext,
    ) -> Result<(), HandlerError> {
        self.execute(request, context).await
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
