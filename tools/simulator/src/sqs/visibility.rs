//! ChangeMessageVisibility and ChangeMessageVisibilityBatch.

use super::account::Sqs;
use super::api::{
    BatchResult, BatchResultEntry, ChangeMessageVisibilityBatchRequest,
    ChangeMessageVisibilityBatchRequestEntry, ChangeMessageVisibilityRequest,
};
use super::batch::Entry;
use super::delete::expired;
use super::errors::SqsError;
use super::handle::Receipt;
use super::message::State;
use super::queue::Queue;
use super::trace::TraceKind;

/// 12 hours, from the receive (Developer Guide, "Amazon SQS visibility timeout").
const MAX_S: i64 = 43_200;

impl Sqs {
    /// Hides a received message for so long from now; 0 makes it visible. Holds for this receive
    /// only, and to at most 12 hours after it.
    ///
    /// # Errors
    /// `QueueDoesNotExist`, `ReceiptHandleIsInvalid`, `InvalidParameterValue`.
    pub fn change_message_visibility(
        &mut self,
        request: &ChangeMessageVisibilityRequest,
        now_ms: u64,
    ) -> Result<(), SqsError> {
        self.run_tasks(now_ms);
        let queue = self.queue(&request.queue_url)?;
        queue.tick(now_ms);
        queue.change(&request.receipt_handle, request.visibility_timeout, now_ms)
    }

    /// # Errors
    /// Those of the batch as a whole; an entry's own are in the answer.
    pub fn change_message_visibility_batch(
        &mut self,
        request: &ChangeMessageVisibilityBatchRequest,
        now_ms: u64,
    ) -> Result<BatchResult<BatchResultEntry>, SqsError> {
        self.on_each(
            &request.queue_url,
            &request.entries,
            now_ms,
            |queue, entry| queue.change(&entry.receipt_handle, entry.visibility_timeout, now_ms),
        )
    }
}

impl Entry for ChangeMessageVisibilityBatchRequestEntry {
    const NAME: &'static str = "ChangeMessageVisibilityBatchRequestEntry";

    fn id(&self) -> &str {
        &self.id
    }
}

impl Queue {
    fn change(
        &mut self,
        handle: &str,
        timeout_s: Option<i64>,
        now_ms: u64,
    ) -> Result<(), SqsError> {
        let receipt = Receipt::decode(handle, self.id)?;
        let timeout_s = timeout_s.ok_or_else(|| SqsError::missing("VisibilityTimeout"))?;
        let refuse = |reason: &str| SqsError::invalid("VisibilityTimeout", timeout_s, reason);
        if !(0..=MAX_S).contains(&timeout_s) {
            return Err(refuse("Must be between 0 and 43200, if provided."));
        }
        let message = self
            .backlog
            .get(receipt.serial)
            .ok_or_else(|| gone(handle))?;
        if message.receives_here != receipt.receive {
            return Err(if self.fifo {
                expired(handle)
            } else {
                gone(handle)
            });
        }
        // FIFO handles end with their timeout. A standard queue's latest handle still holds while
        // the message is visible again, although the API names `MessageNotInflight`: recorded
        // calls succeeded and hid the message.
        if self.fifo && !matches!(message.state, State::InFlight(_)) {
            return Err(expired(handle));
        }
        let until = now_ms + timeout_s.unsigned_abs() * 1_000;
        if until > message.received_ms + MAX_S.unsigned_abs() * 1_000 {
            return Err(refuse(
                "Total VisibilityTimeout for the message is beyond the limit [43200 seconds].",
            ));
        }
        if timeout_s > 0 {
            let hidden = TraceKind::Hidden { until_ms: until };
            self.note(now_ms, &message.content.id, hidden);
        }
        self.backlog
            .set_state(receipt.serial, State::InFlight(until));
        if timeout_s == 0 {
            self.tick(now_ms);
        }
        Ok(())
    }
}

fn gone(handle: &str) -> SqsError {
    SqsError::invalid(
        "ReceiptHandle",
        handle,
        "Message does not exist or is not available for visibility timeout change.",
    )
}
