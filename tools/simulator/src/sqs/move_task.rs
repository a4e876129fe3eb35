//! StartMessageMoveTask, CancelMessageMoveTask, ListMessageMoveTasks.

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

use super::account::Sqs;
use super::api::{
    CancelMessageMoveTaskResult, ListMessageMoveTasksRequest, ListMessageMoveTasksResult, MoveTask,
    StartMessageMoveTaskRequest, TaskHandle,
};
use super::errors::{ErrorKind, SqsError};
use super::moving::Stuck;

/// Messages a second, at most and where the caller names none.
pub(super) const MAX_RATE: u64 = 500;

/// What ListMessageMoveTasks returns at most.
const MAX_LISTED: i64 = 10;

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Task {
    id: Arc<str>,
    pub(super) source: u32,
    source_arn: Arc<str>,
    pub(super) destination_arn: Option<String>,
    rate: Option<u64>,
    started_ms: u64,
    pub(super) moved: u64,
    pub(super) to_move: u64,
    pub(super) status: Status,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Status {
    Running,
    Completed,
    Cancelled,
    Failed(Stuck),
}

/// What a task handle says, in base64.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct HandleJson {
    task_id: String,
    source_arn: String,
}

impl Sqs {
    /// Starts moving a dead-letter queue's messages back to where they failed, or elsewhere. They
    /// move as time passes, under new ids.
    ///
    /// # Errors
    /// `ResourceNotFoundException`, `InvalidParameterValue`.
    pub fn start_message_move_task(
        &mut self,
        request: &StartMessageMoveTaskRequest,
        now_ms: u64,
    ) -> Result<TaskHandle, SqsError> {
        self.run_tasks(now_ms);
        let source = self.id_of_source(&request.source_arn)?;
        if self.sources_of(source).next().is_none() {
            return Err(SqsError::not_for_dead_letters());
        }
        let rate = self.check_move(source, request)?;
        if self
            .tasks
            .iter()
            .any(|task| task.source == source && task.runs())
        {
            return Err(refuse(
                "There is already a task running. Only one active task is allowed for a source \
                 queue arn at a given time.",
            ));
        }
        let id = self.uuid();
        let queue = self.by_id(source).ok_or_else(SqsError::no_queue)?;
        queue.tick(now_ms);
        let waiting = queue.backlog.in_flight() + queue.backlog.delayed();
        let task = Task {
            id,
            source,
            source_arn: Arc::clone(&queue.arn),
            destination_arn: request.destination_arn.clone(),
            rate,
            started_ms: now_ms,
            moved: 0,
            to_move: (queue.backlog.len() - waiting) as u64,
            status: Status::Running,
        };
        let task_handle = task.handle();
        self.forget_tasks(source);
        self.tasks.push(task);
        Ok(TaskHandle { task_handle })
    }

    /// Leaves room for one more task of a queue: no more than 10 are ever listed.
    fn forget_tasks(&mut self, source: u32) {
        let of_queue = self
            .tasks
            .iter()
            .filter(|task| task.source == source)
            .count();
        let mut surplus = (of_queue + 1).saturating_sub(MAX_LISTED as usize);
        self.tasks.retain(|task| {
            let forget = surplus > 0 && task.source == source;
            surplus -= usize::from(forget);
            !forget
        });
    }

    /// The rate of a valid request.
    fn check_move(
        &self,
        source: u32,
        request: &StartMessageMoveTaskRequest,
    ) -> Result<Option<u64>, SqsError> {
        if let Some(arn) = &request.destination_arn {
            self.check_destination(source, arn)?;
        }
        match request.max_number_of_messages_per_second {
            None => Ok(None),
            Some(rate) if (1..=MAX_RATE as i64).contains(&rate) => Ok(Some(rate.unsigned_abs())),
            Some(rate) => Err(SqsError::invalid(
                "MaxNumberOfMessagesPerSecond",
                rate,
                "Must be between 1 and 500, if provided.",
            )),
        }
    }

    /// Checks that messages may be moved from one queue to another.
    pub(super) fn check_destination(&self, source: u32, arn: &str) -> Result<(), SqsError> {
        let id = self
            .id_of_arn(arn)
            .ok_or_else(|| no_resource("DestinationArn"))?;
        let fifo = |id: u32| {
            self.queues
                .get(id as usize)?
                .as_ref()
                .map(|queue| queue.fifo)
        };
        if id == source {
            return Err(refuse(
                "Source queue arn and destination queue arn cannot be the same.",
            ));
        }
        if fifo(id) != fifo(source) {
            return Err(refuse(
                "Source and destination queues must be of the same type.",
            ));
        }
        Ok(())
    }

    /// Stops a task; what it moved stays moved.
    ///
    /// # Errors
    /// `InvalidParameterValue` for a bad handle, `ResourceNotFoundException`,
    /// `UnsupportedOperation` for a task that does not run.
    pub fn cancel_message_move_task(
        &mut self,
        request: &TaskHandle,
        now_ms: u64,
    ) -> Result<CancelMessageMoveTaskResult, SqsError> {
        self.run_tasks(now_ms);
        let decoded = STANDARD.decode(&request.task_handle).ok();
        let handle: HandleJson = decoded
            .and_then(|bytes| serde_json::from_slice(&bytes).ok())
            .ok_or_else(|| refuse("Value for parameter TaskHandle is invalid."))?;
        self.id_of_source(&handle.source_arn)?;
        let task = self
            .tasks
            .iter_mut()
            .find(|task| *task.id == *handle.task_id);
        let task =
            task.ok_or_else(|| SqsError::new(ErrorKind::ResourceNotFound, "Task does not exist."))?;
        if !task.runs() {
            return Err(SqsError::new(
                ErrorKind::UnsupportedOperation,
                "Only a running task can be cancelled.",
            ));
        }
        task.status = Status::Cancelled;
        Ok(CancelMessageMoveTaskResult {
            approximate_number_of_messages_moved: task.moved,
        })
    }

    /// # Errors
    /// `ResourceNotFoundException`, `InvalidParameterValue` for `MaxResults`.
    pub fn list_message_move_tasks(
        &mut self,
        request: &ListMessageMoveTasksRequest,
        now_ms: u64,
    ) -> Result<ListMessageMoveTasksResult, SqsError> {
        self.run_tasks(now_ms);
        let source = self.id_of_source(&request.source_arn)?;
        let max = request.max_results.unwrap_or(1);
        if !(1..=MAX_LISTED).contains(&max) {
            return Err(SqsError::invalid(
                "MaxResults",
                max,
                "Must be between 1 and 10.",
            ));
        }
        let tasks = self.tasks.iter().rev().filter(|task| task.source == source);
        Ok(ListMessageMoveTasksResult {
            results: tasks.take(max as usize).map(Task::entry).collect(),
        })
    }

    fn id_of_source(&self, arn: &str) -> Result<u32, SqsError> {
        if arn.is_empty() {
            return Err(SqsError::missing("SourceArn"));
        }
        self.id_of_arn(arn).ok_or_else(|| no_resource("SourceArn"))
    }
}

impl Task {
    pub(super) fn runs(&self) -> bool {
        self.status == Status::Running
    }

    /// When the next message moves: they are spread evenly, the first after one interval.
    pub(super) fn next_ms(&self) -> u64 {
        let rate = self.rate.unwrap_or(MAX_RATE);
        self.started_ms + ((self.moved + 1) * 1_000).div_ceil(rate)
    }

    fn handle(&self) -> String {
        let json = serde_json::json!(HandleJson {
            task_id: self.id.to_string(),
            source_arn: self.source_arn.to_string(),
        });
        STANDARD.encode(json.to_string())
    }

    fn entry(&self) -> MoveTask {
        let (status, failure) = match self.status {
            Status::Running => ("RUNNING", None),
            Status::Completed => ("COMPLETED", None),
            Status::Cancelled => ("CANCELLED", None),
            Status::Failed(reason) => ("FAILED", Some(reason.code())),
        };
        MoveTask {
            task_handle: self.runs().then(|| self.handle()),
            status: status.into(),
            source_arn: self.source_arn.to_string(),
            destination_arn: self.destination_arn.clone(),
            max_number_of_messages_per_second: self.rate.map(|rate| rate as i64),
            approximate_number_of_messages_moved: self.moved,
            approximate_number_of_messages_to_move: Some(self.to_move),
            failure_reason: failure.map(Into::into),
            started_timestamp: self.started_ms,
        }
    }
}

fn refuse(message: &str) -> SqsError {
    SqsError::new(ErrorKind::InvalidParameterValue, message)
}

fn no_resource(name: &str) -> SqsError {
    SqsError::new(
        ErrorKind::ResourceNotFound,
        format!("The resource that you specified for the {name} parameter doesn't exist."),
    )
}
