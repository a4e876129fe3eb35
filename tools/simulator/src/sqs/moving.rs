//! What move tasks do as time passes.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::account::Sqs;
use super::errors::{ErrorKind, SqsError};
use super::fifo::Cursor;
use super::message::Content;
use super::move_task::Status;
use super::trace::TraceKind;

impl Sqs {
    /// Moves what is due, each message at its own time. A task ends when it moved as many messages
    /// as there were at its start, or when none is visible any more.
    pub(super) fn run_tasks(&mut self, now_ms: u64) {
        for index in 0..self.tasks.len() {
            while self.tasks[index].runs() {
                let task = &self.tasks[index];
                let due = task.next_ms();
                let status = if task.moved >= task.to_move {
                    Status::Completed
                } else if due > now_ms {
                    break;
                } else {
                    self.move_one(index, due)
                };
                self.tasks[index].status = status;
                self.changes += 1;
            }
        }
    }

    /// When a running task next moves a message.
    pub(super) fn next_move_ms(&self) -> Option<u64> {
        let running = self.tasks.iter().filter(|task| task.runs());
        running.map(|task| task.next_ms()).min()
    }

    fn move_one(&mut self, index: usize, due: u64) -> Status {
        let task = &self.tasks[index];
        let (source, destination) = (task.source, task.destination_arn.clone());
        let Some(queue) = self.by_id(source) else {
            return Status::Failed(Stuck::NoQueue);
        };
        queue.tick(due);
        let next = queue.backlog.next(&mut Cursor::default());
        let Some(message) = next.and_then(|serial| queue.backlog.get(serial)) else {
            return Status::Completed;
        };
        let (serial, content) = (message.serial, message.content.clone());
        if message.copy_of.is_some() {
            queue.backlog.remove(serial);
            queue.counters.copies_ended += 1;
            return Status::Running;
        }
        match self.move_message(source, serial, content, destination, due) {
            Ok(_) => {
                self.tasks[index].moved += 1;
                Status::Running
            }
            Err(stuck) => Status::Failed(stuck),
        }
    }

    /// Moves a message to a queue, or to where it was dead-lettered; returns its new id.
    pub(super) fn move_message(
        &mut self,
        source: u32,
        serial: u64,
        content: Content,
        destination_arn: Option<String>,
        at_ms: u64,
    ) -> Result<Arc<str>, Stuck> {
        let failed_in = content.source_arn.as_deref();
        let arn = destination_arn.or_else(|| failed_in.map(Into::into));
        let target = self.id_of_arn(&arn.ok_or(Stuck::NoSource)?);
        let target = target.ok_or(Stuck::NoQueue)?;
        let (id, new_serial) = (self.uuid(), self.serial());
        let to = self.by_id(target).ok_or(Stuck::NoQueue)?.name.clone();
        let queue = self.by_id(source).ok_or(Stuck::NoQueue)?;
        let from = Arc::clone(&queue.name);
        queue.backlog.remove(serial);
        queue.counters.moved += 1;
        let moved = TraceKind::Moved {
            to,
            new_message_id: Arc::clone(&id),
        };
        queue.note(at_ms, &content.id, moved);
        let content = Content {
            id: Arc::clone(&id),
            source_arn: None,
            ..content
        };
        if let Some(target) = self.by_id(target) {
            target.accept_anew(content, new_serial, &from, at_ms);
        }
        Ok(id)
    }
}

/// Why a message cannot move.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Stuck {
    NoQueue,
    /// A message that was sent to the dead-letter queue directly came from nowhere.
    NoSource,
}

impl Stuck {
    /// As ListMessageMoveTasks tells it.
    pub(super) fn code(self) -> &'static str {
        match self {
            Self::NoQueue => "AWS.SimpleQueueService.NonExistentQueue",
            Self::NoSource => "CouldNotDetermineMessageSource",
        }
    }

    /// As an operation on one message tells it.
    pub(super) fn error(self) -> SqsError {
        match self {
            Self::NoQueue => SqsError::new(
                ErrorKind::QueueDoesNotExist,
                "The queue that the message failed in does not exist.",
            ),
            Self::NoSource => SqsError::new(
                ErrorKind::UnsupportedOperation,
                "The message was sent to this queue directly: there is nowhere to move it to.",
            ),
        }
    }
}
