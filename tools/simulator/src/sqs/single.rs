//! What a console does to one message, by its id and without a receipt handle.

use super::account::Sqs;
use super::api::{DeleteMessageByIdRequest, RedriveMessageRequest, RedriveMessageResult};
use super::errors::{ErrorKind, SqsError};
use super::message::{State, Stored};
use super::moving::Stuck;
use super::queue::Queue;
use super::trace::TraceKind;

impl Sqs {
    /// Moves a message of a dead-letter queue to another queue, or back to where it failed, as a
    /// move task does.
    ///
    /// # Errors
    /// `QueueDoesNotExist` for the queue or its destination; `InvalidParameterValue` for a queue
    /// that is nobody's dead-letter queue, an unknown message, or one that is delayed or in flight;
    /// `UnsupportedOperation` for one that was never dead-lettered and has no destination; and
    /// those of [`start_message_move_task`](Self::start_message_move_task) for a destination.
    pub fn redrive_message(
        &mut self,
        request: &RedriveMessageRequest,
        now_ms: u64,
    ) -> Result<RedriveMessageResult, SqsError> {
        self.run_tasks(now_ms);
        let source = self.id_of_url(&request.queue_url)?;
        if self.sources_of(source).next().is_none() {
            return Err(SqsError::not_for_dead_letters());
        }
        let destination = request.destination_arn.clone();
        if let Some(arn) = &destination {
            self.check_destination(source, arn)?;
        }
        let queue = self.by_id(source).ok_or_else(SqsError::no_queue)?;
        queue.tick(now_ms);
        let message = queue.find(&request.message_id)?;
        if message.state != State::Visible {
            return Err(SqsError::invalid(
                "MessageId",
                &request.message_id,
                "The message is delayed or in flight.",
            ));
        }
        let (serial, content) = (message.serial, message.content.clone());
        let moved = self.move_message(source, serial, content, destination, now_ms);
        let message_id = moved.map_err(Stuck::error)?;
        Ok(RedriveMessageResult { message_id })
    }

    /// Deletes a message, whoever holds it.
    ///
    /// # Errors
    /// `QueueDoesNotExist`, `InvalidParameterValue` for an unknown message.
    pub fn delete_message_by_id(
        &mut self,
        request: &DeleteMessageByIdRequest,
        now_ms: u64,
    ) -> Result<(), SqsError> {
        self.run_tasks(now_ms);
        let queue = self.queue(&request.queue_url)?;
        queue.tick(now_ms);
        let message = queue.find(&request.message_id)?;
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
