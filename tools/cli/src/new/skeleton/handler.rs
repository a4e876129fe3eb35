//! What a message brings, and what is done with it.

use lambda_queue::{Classify, Handler, HandlerError, MessageContext};
use serde::Deserialize;

/// A message of the queue.
#[derive(Debug, Clone, Deserialize)]
pub struct Message {
    /// What makes two deliveries the same piece of work.
    pub id: String,
    /// What it is about.
    pub text: String,
}

/// No try will find a text in it.
#[derive(Debug, thiserror::Error)]
#[error("the text is empty")]
pub struct EmptyText;

/// Handles messages; clients and settings it needs are its fields.
#[derive(Debug, Clone, Default)]
pub struct {{Name}};

impl Handler<Message> for {{Name}} {
    type Output = ();

    async fn handle(&self, message: Message, _context: MessageContext) -> Result<(), HandlerError> {
        if message.text.is_empty() {
            return Err(EmptyText).permanent();
        }
        // The work goes here. `?` alone means: try again later.
        Ok(())
    }
}
