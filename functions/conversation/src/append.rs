//! A result becomes an entry.

use lambda_queue::{Classify, HandlerError, MessageContext};
use tracing::{info, warn};

use crate::handler::InGroup;
use crate::table::{Seen, Step};
use crate::{Conversation, ToolResult, TurnComplete};

impl Conversation {
    pub(crate) async fn append(
        &self,
        result: ToolResult,
        context: &MessageContext,
    ) -> Result<(), HandlerError> {
        result.validate().permanent()?;
        let seen = self.table.look(&result).await?;
        let conversation_id = &result.conversation_id;
        let tool_call_id = &result.tool_call_id;
        if seen.appended {
            // Its idempotency record has expired: a redrive after weeks.
            info!(
                conversation_id,
                tool_call_id, "the result was appended before"
            );
            return Ok(());
        }
        let step = Step::of(&result, &seen);
        if step.is_stray() {
            let turn_id = result.turn.as_ref().map(|turn| turn.id.as_str());
            warn!(
                conversation_id,
                tool_call_id, turn_id, "the turn does not wait for this call"
            );
        }
        if step.completes() {
            self.look_at_turn_later(&result, context).await?;
        }
        self.table
            .append(context.effects()?, &result, &seen, &step)?;
        let Seen { entries, .. } = seen;
        info!(
            conversation_id,
            tool_call_id,
            position = entries + 1,
            result_bytes = result.bytes(),
            "result to be appended"
        );
        Ok(())
    }

    /// Sent before the commit, so that no commit is without it; handled after the commit, as it is
    /// behind this message in its group.
    async fn look_at_turn_later(
        &self,
        result: &ToolResult,
        context: &MessageContext,
    ) -> Result<(), HandlerError> {
        let (Some(turns), Some(turn)) = (&self.turns, &result.turn) else {
            return Ok(());
        };
        let complete = TurnComplete {
            conversation_id: result.conversation_id.clone(),
            turn_id: turn.id.clone(),
            attempt: attempt()?,
        };
        let complete = InGroup::of(context, complete)?;
        turns.complete.following(context).send(&complete).await?;
        Ok(())
    }
}

fn attempt() -> Result<String, HandlerError> {
    let mut bytes = [0; 16];
    match getrandom::fill(&mut bytes) {
        Ok(()) => Ok(hex::encode(bytes)),
        Err(error) => Err(HandlerError::retryable(format!("no random bytes: {error}"))),
    }
}
