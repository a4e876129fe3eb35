//! Requests of the API that this command makes itself, without JSON on the way.

use lambda_queue_simulator::sqs::api::{
    BatchResult, BatchResultEntry, DeleteMessageBatchRequest, SendMessageRequest, SendMessageResult,
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
