//! What move tasks do as time passes.

use std::sync::Arc;

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
                if task.moved >= task.to_move {
                    self.tasks[index].status = Status::Completed;
                } else if due > now_ms {
                    break;
                } else {
                    self.tasks[index].status = self.move_one(index, due);
                }
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
        let Some(key) = queue.backlog.next(&mut Cursor::default()) else {
            return Status::Completed;
        };
        if queue.backlog.at(key).copy_of.is_some() {
            queue.backlog.remove(key);
            queue.counters.copies_ended += 1;
            return Status::Running;
        }
        match self.move_message(source, key, destination, due) {
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
        key: usize,
        destination_arn: Option<String>,
        at_ms: u64,
    ) -> Result<Arc<str>, Stuck> {
        let queue = self.by_id(source).ok_or(Stuck::NoQueue)?;
        let failed_in = queue.backlog.at(key).content.source_arn.clone();
        let arn = destination_arn.or_else(|| failed_in.as_deref().map(Into::into));
        let target = self.id_of_arn(&arn.ok_or(Stuck::NoSource)?);
        let target = target.ok_or(Stuck::NoQueue)?;
        let (id, serial) = (self.uuid(), self.serial());
        let to = self.by_id(target).ok_or(Stuck::NoQueue)?.name.clone();
        let queue = self.by_id(source).ok_or(Stuck::NoQueue)?;
        let from = Arc::clone(&queue.name);
        let message = queue.backlog.remove(key);
        queue.counters.moved += 1;
        let moved = TraceKind::Moved {
            to,
            new_message_id: Arc::clone(&id),
        };
        queue.note(at_ms, &message.content.id, moved);
        let content = Content {
            id: Arc::clone(&id),
            source_arn: None,
            ..message.content
        };
        if let Some(target) = self.by_id(target) {
            target.accept_anew(content, serial, &from, at_ms);
        }
        Ok(id)
    }
}

/// Why a message cannot move.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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
