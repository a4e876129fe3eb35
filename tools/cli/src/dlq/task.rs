//! A whole dead-letter queue, moved by SQS itself.

use std::time::Duration;

use aws_sdk_sqs::types::ListMessageMoveTasksResultEntry as Task;

use super::access::failed;
use super::interrupt::Interrupt;
use super::printable::printable;
use super::progress::progress;
use super::queue::Queue;
use crate::error::DlqError;

/// How often SQS is asked how far it is.
const EVERY: Duration = Duration::from_millis(500);

/// What became of a move task.
pub(super) struct Moved {
    /// `RUNNING`, `COMPLETED`, `CANCELLED` or `FAILED`.
    pub(super) status: String,
    pub(super) messages: u64,
    pub(super) of: Option<u64>,
    pub(super) failure: Option<String>,
    /// Whether it was there before.
    pub(super) joined: bool,
}

/// Starts a task, or joins the one that runs, and waits for its end; Ctrl-C leaves it to SQS.
///
/// # Errors
/// SQS refuses.
pub(super) async fn redrive(
    queue: &Queue,
    to_arn: &str,
    rate: Option<u32>,
    mut interrupt: Interrupt,
) -> Result<Moved, DlqError> {
    let joined = running(queue).await?.is_some();
    if !joined {
        let call = queue.client.start_message_move_task();
        let call = call.source_arn(&queue.arn).destination_arn(to_arn);
        let rate = rate.and_then(|it| i32::try_from(it).ok());
        let call = call.set_max_number_of_messages_per_second(rate);
        call.send().await.map_err(failed("start the move task"))?;
    }
    let bar = progress("moving", Some(queue.depth.visible));
    loop {
        let task = latest(queue).await?;
        let moved = Moved::of(task.as_ref(), joined);
        if let Some(of) = moved.of {
            bar.set_length(of);
        }
        bar.set_position(moved.messages);
        if !moved.runs() {
            bar.finish_and_clear();
            return Ok(moved);
        }
        tokio::select! {
            () = tokio::time::sleep(EVERY) => {}
            () = interrupt.wanted() => return Ok(moved),
        }
    }
}

/// Cancels the task that runs; says how many messages it has moved.
///
/// # Errors
/// None runs, or SQS refuses.
pub(super) async fn cancel(queue: &Queue) -> Result<u64, DlqError> {
    let task = running(queue).await?;
    let handle = task.and_then(|it| it.task_handle);
    let handle = handle.ok_or_else(|| DlqError::NoTask(queue.name.clone()))?;
    let call = queue.client.cancel_message_move_task().task_handle(handle);
    let answer = call.send().await.map_err(failed("cancel the move task"))?;
    Ok(answer.approximate_number_of_messages_moved().unsigned_abs())
}

async fn running(queue: &Queue) -> Result<Option<Task>, DlqError> {
    Ok(latest(queue)
        .await?
        .filter(|it| it.status() == Some("RUNNING")))
}

async fn latest(queue: &Queue) -> Result<Option<Task>, DlqError> {
    let call = queue
        .client
        .list_message_move_tasks()
        .source_arn(&queue.arn);
    let answer = call.max_results(1).send().await;
    let answer = answer.map_err(failed("look at move tasks"))?;
    Ok(answer.results.unwrap_or_default().into_iter().next())
}

impl Moved {
    fn of(task: Option<&Task>, joined: bool) -> Self {
        let status = task.and_then(Task::status).unwrap_or("RUNNING");
        let failure = task.and_then(Task::failure_reason);
        let to_move = task.and_then(Task::approximate_number_of_messages_to_move);
        Self {
            status: status.to_owned(),
            messages: task.map_or(0, |it| {
                it.approximate_number_of_messages_moved.unsigned_abs()
            }),
            of: to_move.map(i64::unsigned_abs),
            failure: failure.map(printable),
            joined,
        }
    }

    /// Whether it is not at its end.
    pub(super) fn runs(&self) -> bool {
        matches!(self.status.as_str(), "RUNNING" | "CANCELLING")
    }
}
