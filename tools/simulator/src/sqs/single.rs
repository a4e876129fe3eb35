//! What a console does to one message, by its id and without a receipt handle.

use std::sync::Arc;

use super::account::Sqs;
use super::errors::{ErrorKind, SqsError};
use super::message::{State, Stored};
use super::moving::Stuck;
use super::queue::Queue;
use super::trace::TraceKind;

impl Sqs {
    /// Moves a message of a dead-letter queue to the queue with an ARN, or back to where it
    /// failed, as a move task does, and returns its new id.
    ///
    /// # Errors
    /// `QueueDoesNotExist` for the queue or the one it failed in; `InvalidParameterValue` for a
    /// queue that is nobody's dead-letter queue, an unknown message, or one that is delayed or in
    /// flight; `UnsupportedOperation` for one that was never dead-lettered and has no
    /// destination.
    pub fn redrive_message(
        &mut self,
        queue_url: &str,
        message_id: &str,
        destination_arn: Option<String>,
        now_ms: u64,
    ) -> Result<Arc<str>, SqsError> {
        self.run_tasks(now_ms);
        let source = self.id_of_url(queue_url)?;
        if self.sources_of(source).next().is_none() {
            return Err(SqsError::not_for_dead_letters());
        }
        let queue = self.by_id(source).ok_or_else(SqsError::no_queue)?;
        queue.tick(now_ms);
        let message = queue.find(message_id)?;
        if message.state != State::Visible {
            return Err(SqsError::invalid(
                "MessageId",
                message_id,
                "The message is delayed or in flight.",
            ));
        }
        let (serial, content) = (message.serial, message.content.clone());
        self.move_message(source, serial, content, destination_arn, now_ms)
            .map_err(Stuck::error)
    }

    /// Deletes a message, whoever holds it.
    ///
    /// # Errors
    /// `QueueDoesNotExist`, `InvalidParameterValue` for an unknown message.
    pub fn delete_by_id(
        &mut self,
        queue_url: &str,
        message_id: &str,
        now_ms: u64,
    ) -> Result<(), SqsError> {
        self.run_tasks(now_ms);
        let queue = self.queue(queue_url)?;
        queue.tick(now_ms);
        let message = queue.find(message_id)?;
        queue.note(now_ms, &message.content.id, TraceKind::Deleted);
        let serial = message.serial;
        queue.backlog.remove(serial);
        queue.counters.deleted += 1;
        Ok(())
    }
}

impl Queue {
    /// Looks at every message: this is for people, one message at a time.
    fn find(&self, message_id: &str) -> Result<&Stored, SqsError> {
        let found = self.originals().find(|it| &*it.content.id == message_id);
        found.ok_or_else(|| {
            let name = &self.name;
            let message = format!("The queue {name} has no message {message_id}.");
            SqsError::new(ErrorKind::InvalidParameterValue, message)
        })
    }
}
