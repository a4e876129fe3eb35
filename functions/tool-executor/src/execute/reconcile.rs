//! What becomes of a call that must not be repeated and was cut off.

use lambda_queue::{Classify, HandlerError, MessageContext, Reconciliation};
use tracing::warn;

use super::ToolExecutor;
use crate::results::CallOf;
use crate::{Status, ToolRequest, ToolResult};

impl ToolExecutor {
    /// Tells whoever waits for the call what is known of it: its result, if the run came that far,
    /// or that its outcome is unknown. The tool is not run. May be repeated, like everything that
    /// is done with results.
    ///
    /// A call of unknown outcome goes on to the dead-letter queue: its conversation goes on, and
    /// somebody has to find out what happened.
    ///
    /// # Errors
    /// The table or the queue does not answer.
    pub async fn reconcile(
        &self,
        request: ToolRequest,
        context: MessageContext,
    ) -> Result<Reconciliation, HandlerError> {
        let of = CallOf::of(&request);
        let unknown = of.came_to(&ToolResult::outcome_unknown(&of.tool), None);
        let before = self.results.begin(&unknown).await.retryable()?;
        let stands = before.unwrap_or(unknown);
        if let Some(queue) = &self.queue {
            queue.send(&stands, &context).await.retryable()?;
        }
        if stands.status != Status::OutcomeUnknown {
            return Ok(Reconciliation::Completed(None));
        }
        warn!(
            conversation_id = of.conversation_id,
            tool_call_id = of.call_id,
            tool = of.tool,
            "the call was cut off and is not repeated: its outcome is unknown"
        );
        Ok(Reconciliation::Unknown)
    }
}
