//! What the console does to one message, which is no operation of the API.

use std::sync::Arc;

use lambda_queue_simulator::sqs::{Sqs, SqsError};
use serde::{Deserialize, Serialize};

use super::Operation;

const REDRIVE: &str = "RedriveMessage";
const DELETE: &str = "DeleteById";

/// Moves a message out of a dead-letter queue; the answer is its new id.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct RedriveMessage {
    pub(crate) queue_url: String,
    pub(crate) message_id: String,
    /// If not to where the message failed.
    pub(crate) destination_arn: Option<String>,
}

/// Deletes a message without a receipt handle.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct DeleteById {
    pub(crate) queue_url: String,
    pub(crate) message_id: String,
}

/// Runs one of these that was written down; `None` if it is none.
pub(super) fn replay(sqs: &mut Sqs, name: &str, request: &[u8], now_ms: u64) -> Option<()> {
    match name {
        REDRIVE => {
            let operation: RedriveMessage = serde_json::from_slice(request).ok()?;
            drop(operation.run(sqs, now_ms));
        }
        DELETE => {
            let operation: DeleteById = serde_json::from_slice(request).ok()?;
            drop(operation.run(sqs, now_ms));
        }
        _ => return None,
    }
    Some(())
}

impl Operation for RedriveMessage {
    type Answer = Arc<str>;

    fn name(&self) -> &str {
        REDRIVE
    }

    fn write(&self, line: &mut Vec<u8>) -> serde_json::Result<()> {
        serde_json::to_writer(line, self)
    }

    fn run(&self, sqs: &mut Sqs, now_ms: u64) -> Result<Arc<str>, SqsError> {
        let destination = self.destination_arn.clone();
        sqs.redrive_message(&self.queue_url, &self.message_id, destination, now_ms)
    }
}

impl Operation for DeleteById {
    type Answer = ();

    fn name(&self) -> &str {
        DELETE
    }

    fn write(&self, line: &mut Vec<u8>) -> serde_json::Result<()> {
        serde_json::to_writer(line, self)
    }

    fn run(&self, sqs: &mut Sqs, now_ms: u64) -> Result<(), SqsError> {
        sqs.delete_by_id(&self.queue_url, &self.message_id, now_ms)
    }
}
