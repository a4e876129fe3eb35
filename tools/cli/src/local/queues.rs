//! SQS: the simulator's rules with a clock, a lock, and receives that wait.

mod create;

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use lambda_queue_simulator::sqs::api::{ReceiveMessageRequest, ReceiveMessageResult};
use lambda_queue_simulator::sqs::{Sqs, SqsError};
use serde_json::Value as Json;
use tokio::sync::Notify;
use tokio::time::sleep;

use super::activity::Activity;
use super::clock::epoch_ms;
use crate::template::{ACCOUNT, REGION};

/// A wait looks again at least this often: a receive from one queue may fill another one, its
/// dead-letter queue, and does not say so.
const LOOK_AGAIN_MS: u64 = 1_000;

/// All queues of the stack.
pub(crate) struct Queues {
    state: Mutex<Sqs>,
    /// Somebody did something that may let a waiting receive find a message.
    changed: Notify,
    /// What happened to messages.
    activity: Arc<Activity>,
}

impl Queues {
    /// No queues yet; those to come have URLs below `url`.
    pub(crate) fn new(url: &str) -> Self {
        let mut sqs = Sqs::new(REGION, ACCOUNT, url, fastrand::u64(..));
        sqs.set_tracing(true);
        Self {
            state: Mutex::new(sqs),
            changed: Notify::new(),
            activity: Arc::default(),
        }
    }

    /// Runs `step` on the queues as they are now.
    pub(crate) fn with<T>(&self, step: impl FnOnce(&mut Sqs, u64) -> T) -> T {
        // A panic half-way through an operation is a bug; the other queues go on answering.
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let done = step(&mut state, epoch_ms());
        // Under the lock, so that it is told in the order it happened.
        self.activity.traced(state.take_trace());
        done
    }

    /// What happened to messages.
    pub(crate) fn activity(&self) -> &Arc<Activity> {
        &self.activity
    }

    /// As `with`, for a step that may let a waiting receive find a message.
    pub(crate) fn change<T>(&self, step: impl FnOnce(&mut Sqs, u64) -> T) -> T {
        let done = self.with(step);
        self.changed.notify_waiters();
        done
    }

    /// Runs an operation of the API on its JSON; a receive may wait.
    ///
    /// # Errors
    /// SQS refuses it.
    pub(crate) async fn call(&self, operation: &str, body: &[u8]) -> Result<Json, SqsError> {
        if operation == "ReceiveMessage"
            // What does not parse is told by the simulator.
            && let Ok(request) = serde_json::from_slice(body)
        {
            let received = self.receive(&request).await?;
            return Ok(serde_json::to_value(received).unwrap_or_default());
        }
        let answer = self.with(|sqs, now_ms| sqs.handle(operation, body, now_ms));
        let only_reads = operation.starts_with("Get") || operation.starts_with("List");
        if !only_reads {
            self.changed.notify_waiters();
        }
        answer
    }

    /// Receives, and waits for a message as long as the request or the queue says.
    ///
    /// # Errors
    /// SQS refuses it.
    pub(crate) async fn receive(
        &self,
        request: &ReceiveMessageRequest,
    ) -> Result<ReceiveMessageResult, SqsError> {
        let mut ends_ms = None;
        loop {
            let changed = self.changed.notified();
            tokio::pin!(changed);
            // From here on, before the look: a send in between is not missed.
            changed.as_mut().enable();
            let look = self.with(|sqs, now_ms| look(sqs, request, now_ms, &mut ends_ms))?;
            match look {
                Look::Found(received) => return Ok(received),
                Look::Later(wait) => tokio::select! {
                    () = changed => {}
                    () = sleep(wait) => {}
                },
            }
        }
    }
}

enum Look {
    Found(ReceiveMessageResult),
    /// When to look again if nothing happens.
    Later(Duration),
}

/// One receive. The first sets when the waiting `ends_ms`.
fn look(
    sqs: &mut Sqs,
    request: &ReceiveMessageRequest,
    now_ms: u64,
    ends_ms: &mut Option<u64>,
) -> Result<Look, SqsError> {
    let received = sqs.receive_message(request, now_ms)?;
    if !received.messages.is_empty() {
        return Ok(Look::Found(received));
    }
    let ends_ms = match *ends_ms {
        Some(ends_ms) => ends_ms,
        None => *ends_ms.insert(now_ms + sqs.wait_ms(request)?),
    };
    if ends_ms <= now_ms {
        return Ok(Look::Found(received));
    }
    let next_ms = sqs.next_change_ms(&request.queue_url, now_ms)?;
    let until_ms = next_ms.map_or(ends_ms, |it| it.min(ends_ms));
    let wait_ms = until_ms.saturating_sub(now_ms).clamp(1, LOOK_AGAIN_MS);
    Ok(Look::Later(Duration::from_millis(wait_ms)))
}

#[cfg(test)]
mod tests;
