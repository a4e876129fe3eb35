//! A complete turn is told of.

use lambda_queue::{HandlerError, MessageContext};
use tracing::info;

use crate::handler::InGroup;
use crate::{Conversation, TurnComplete, TurnReady};

/// The message came from a deployment that was told of queues.
#[derive(Debug, thiserror::Error)]
#[error("nobody can be told of the turn: TURN_READY_QUEUE_URL is not set")]
struct NoQueue;

impl Conversation {
    /// Sends and then records that it was sent: a crash between them sends again, to be dropped by
    /// its deduplication id or by the consumer's key.
    pub(crate) async fn announce(
        &self,
        complete: TurnComplete,
        context: &MessageContext,
    ) -> Result<(), HandlerError> {
        let turns = self.turns.as_ref().ok_or(NoQueue)?;
        let TurnComplete {
            conversation_id,
            turn_id,
            ..
        } = complete;
        let turn = self.table.turn(&conversation_id, &turn_id).await?;
        let entries = turn
            .as_ref()
            .filter(|it| !it.announced)
            .and_then(|it| it.complete_at);
        let Some(entries) = entries else {
            // The last result was not appended after all, and when it is, it says so again; or it
            // took several tries, and each has asked for this look.
            info!(conversation_id, turn_id, "nothing to tell of the turn");
            return Ok(());
        };
        self.table
            .mark_announced(context.effects()?, &conversation_id, &turn_id)?;
        info!(conversation_id, turn_id, entries, "the turn is ready");
        let ready = TurnReady {
            conversation_id,
            turn_id,
            entries,
        };
        let ready = InGroup::of(context, ready)?;
        turns.ready.following(context).send(&ready).await?;
        Ok(())
    }
}
