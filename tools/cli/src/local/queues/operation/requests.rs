//! Requests that this command makes itself, without JSON on the way.

use lambda_queue_simulator::sqs::api::{
    BatchResult, BatchResultEntry, DeleteMessageBatchRequest, DeleteMessageByIdRequest,
    RedriveMessageRequest, RedriveMessageResult, SendMessageRequest, SendMessageResult,
};
use lambda_queue_simulator::sqs::{Sqs, SqsError};

use super::Operation;

impl Operation for SendMessageRequest {
    type Answer = SendMessageResult;

    fn name(&self) -> &str {
        "SendMessage"
    }

    fn write(&self, line: &mut Vec<u8>) -> serde_json::Result<()> {
        serde_json::to_writer(line, self)
    }

    fn run(&self, sqs: &mut Sqs, now_ms: u64) -> Result<SendMessageResult, SqsError> {
        sqs.send_message(self, now_ms)
    }
}

impl Operation for DeleteMessageBatchRequest {
    type Answer = BatchResult<BatchResultEntry>;

    fn name(&self) -> &str {
        "DeleteMessageBatch"
    }

    fn write(&self, line: &mut Vec<u8>) -> serde_json::Result<()> {
        serde_json::to_writer(line, self)
    }

    fn run(&self, sqs: &mut Sqs, now_ms: u64) -> Result<Self::Answer, SqsError> {
        sqs.delete_message_batch(self, now_ms)
    }
}

/// Not in AWS's API, so that it is done again from here.
pub(super) const REDRIVE: &str = "RedriveMessage";

impl Operation for RedriveMessageRequest {
    type Answer = RedriveMessageResult;

    fn name(&self) -> &str {
        REDRIVE
    }

    fn write(&self, line: &mut Vec<u8>) -> serde_json::Result<()> {
        serde_json::to_writer(line, self)
    }

    fn run(&self, sqs: &mut Sqs, now_ms: u64) -> Result<RedriveMessageResult, SqsError> {
        sqs.redrive_message(self, now_ms)
    }
}

/// Not in AWS's API, so that it is done again from here.
pub(super) const DELETE_BY_ID: &str = "DeleteMessageById";

impl Operation for DeleteMessageByIdRequest {
    type Answer = ();

    fn name(&self) -> &str {
        DELETE_BY_ID
    }

    fn write(&self, line: &mut Vec<u8>) -> serde_json::Result<()> {
        serde_json::to_writer(line, self)
    }

    fn run(&self, sqs: &mut Sqs, now_ms: u64) -> Result<(), SqsError> {
        sqs.delete_message_by_id(self, now_ms)
    }
}
