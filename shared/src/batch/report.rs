use std::collections::HashSet;
use std::time::Duration;

use aws_lambda_events::event::sqs::SqsBatchResponse;

use super::Outcome;

/// What became of every message of a batch, in the order of the event.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct BatchReport {
    /// One entry for each message.
    pub messages: Vec<MessageReport>,
}

/// What became of one message.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct MessageReport {
    /// The message id; none if Lambda sent none.
    pub message_id: Option<String>,
    /// What became of it.
    pub outcome: Outcome,
    /// Why, unless it was processed or replayed.
    pub error: Option<String>,
    /// For how long it was to be hidden from other consumers, if visibility is managed.
    pub hidden_for: Option<Duration>,
}

/// A message that must be reported has no id: the batch can only be failed as a whole.
///
/// Lambda takes an empty identifier for a failure of the whole batch, and a missing entry for
/// success, which would lose the message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "message {index} of the batch failed and has no messageId, so that it cannot be reported by \
     itself: the whole batch fails; check what put it into the event"
)]
pub struct UnreportableMessage {
    /// Position of the message in the event, from 0.
    pub index: usize,
}

impl BatchReport {
    /// The response that makes Lambda delete what was settled and bring back the rest.
    ///
    /// # Errors
    /// A message that must be reported has no id. Return it as the invocation's error: the whole
    /// batch comes back, and what was completed is replayed.
    pub fn into_response(self) -> Result<SqsBatchResponse, UnreportableMessage> {
        let mut response = SqsBatchResponse::default();
        let mut seen = HashSet::new();
        for (index, message) in self.messages.into_iter().enumerate() {
            if !message.outcome.is_reported() {
                continue;
            }
            let id = message.message_id.ok_or(UnreportableMessage { index })?;
            // What Lambda makes of a repeated identifier is not documented.
            if seen.insert(id.clone()) {
                response.add_failure(id);
            }
        }
        Ok(response)
    }

    /// How many messages came to this.
    pub fn count(&self, outcome: Outcome) -> usize {
        self.messages
            .iter()
            .filter(|message| message.outcome == outcome)
            .count()
    }
}
