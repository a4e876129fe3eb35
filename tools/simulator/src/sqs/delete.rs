//! DeleteMessage and DeleteMessageBatch.

use super::account::Sqs;
use super::api::{
    BatchResult, BatchResultEntry, DeleteMessageBatchRequest, DeleteMessageBatchRequestEntry,
    DeleteMessageRequest,
};
use super::batch::Entry;
use super::errors::SqsError;
use super::handle::Receipt;
use super::message::State;
use super::queue::Queue;
use super::trace::TraceKind;

impl Sqs {
    /// Deletes the message of a receipt handle. A standard queue answers success to a handle that
    /// is not the message's latest, and does not delete; a FIFO queue refuses one that is over.
    ///
    /// # Errors
    /// `QueueDoesNotExist`, `ReceiptHandleIsInvalid`, `InvalidParameterValue` for an expired
    /// handle on FIFO.
    pub fn delete_message(
        &mut self,
        request: &DeleteMessageRequest,
        now_ms: u64,
    ) -> Result<(), SqsError> {
        self.run_tasks(now_ms);
        let queue = self.queue(&request.queue_url)?;
        queue.tick(now_ms);
        queue.delete(&request.receipt_handle, now_ms)
    }

    /// # Errors
    /// Those of the batch as a whole; an entry's own are in the answer.
    pub fn delete_message_batch(
        &mut self,
        request: &DeleteMessageBatchRequest,
        now_ms: u64,
    ) -> Result<BatchResult<BatchResultEntry>, SqsError> {
        self.on_each(
            &request.queue_url,
            &request.entries,
            now_ms,
            |queue, entry| queue.delete(&entry.receipt_handle, now_ms),
        )
    }
}

impl Entry for DeleteMessageBatchRequestEntry {
    const NAME: &'static str = "DeleteMessageBatchRequestEntry";

    fn id(&self) -> &str {
        &self.id
    }
}

impl Queue {
    fn delete(&mut self, handle: &str, now_ms: u64) -> Result<(), SqsError> {
        let receipt = Receipt::decode(handle, self.id)?;
        let Some(message) = self.backlog.get(receipt.serial) else {
            return Ok(());
        };
        let latest = message.receives_here == receipt.receive;
        let in_flight = matches!(message.state, State::InFlight(_));
        if self.fifo && !(latest && in_flight) {
            return Err(expired(handle));
        }
        if !latest {
            return Ok(());
        }
        let mut removed = self.backlog.remove(receipt.serial);
        if let Some(original) = removed.as_ref().and_then(|it| it.copy_of) {
            self.counters.copies_ended += 1;
            // Both deliveries are of one message: deleting through the second deletes it.
            removed = self.backlog.remove(original);
        }
        if let Some(message) = removed {
            self.counters.deleted += 1;
            self.note(now_ms, &message.content.id, TraceKind::Deleted);
        }
        Ok(())
    }
}

pub(super) fn expired(handle: &str) -> SqsError {
    SqsError::invalid("ReceiptHandle", handle, "The receipt handle has expired.")
}
