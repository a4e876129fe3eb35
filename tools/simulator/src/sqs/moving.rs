//! What move tasks do as time passes.

use super::account::Sqs;
use super::fifo::Cursor;
use super::message::Content;
use super::move_task::Status;

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
        let (source, destination) = (
            self.tasks[index].source,
            self.tasks[index].destination_arn.clone(),
        );
        let Some(queue) = self.by_id(source) else {
            return Status::Failed(NO_QUEUE);
        };
        queue.tick(due);
        let Some(key) = queue.backlog.next(&mut Cursor::default()) else {
            return Status::Completed;
        };
        let message = queue.backlog.at(key);
        let arn = destination.or_else(|| message.content.source_arn.as_deref().map(Into::into));
        let Some(arn) = arn else {
            return Status::Failed(NO_SOURCE);
        };
        let Some(target) = self.id_of_arn(&arn) else {
            return Status::Failed(NO_QUEUE);
        };
        let (id, serial) = (self.uuid(), self.serial());
        let Some(queue) = self.by_id(source) else {
            return Status::Failed(NO_QUEUE);
        };
        let message = queue.backlog.remove(key);
        if message.copy_of.is_some() {
            queue.counters.copies_ended += 1;
            return Status::Running;
        }
        queue.counters.moved += 1;
        let content = Content {
            id,
            source_arn: None,
            ..message.content
        };
        if let Some(target) = self.by_id(target) {
            target.accept_anew(content, serial, due);
        }
        self.tasks[index].moved += 1;
        Status::Running
    }
}

const NO_QUEUE: &str = "AWS.SimpleQueueService.NonExistentQueue";
/// A message that was sent to the dead-letter queue directly came from nowhere.
const NO_SOURCE: &str = "CouldNotDetermineMessageSource";
