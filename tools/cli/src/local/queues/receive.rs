//! One look for messages by a receive that may wait.

use std::time::Duration;

use lambda_queue_simulator::sqs::api::{ReceiveMessageRequest, ReceiveMessageResult};
use lambda_queue_simulator::sqs::{Sqs, SqsError};

use super::operation::Operation;

/// A wait looks again at least this often, as time may do more than it was told to expect.
const LOOK_AGAIN_MS: u64 = 1_000;

pub(super) struct Receive<'a> {
    request: &'a ReceiveMessageRequest,
    ends_ms: Option<u64>,
}

pub(super) enum Look {
    Found(ReceiveMessageResult),
    Later {
        /// When to look again if nothing happens.
        wait: Duration,
        /// When the waiting is over.
        ends_ms: u64,
    },
}

impl<'a> Receive<'a> {
    /// The first look, which says how long to wait.
    pub(super) fn first(request: &'a ReceiveMessageRequest) -> Self {
        Self {
            request,
            ends_ms: None,
        }
    }

    pub(super) fn until(request: &'a ReceiveMessageRequest, ends_ms: u64) -> Self {
        Self {
            request,
            ends_ms: Some(ends_ms),
        }
    }
}

impl Operation for Receive<'_> {
    type Answer = Look;

    fn name(&self) -> &str {
        "ReceiveMessage"
    }

    fn write(&self, line: &mut Vec<u8>) -> serde_json::Result<()> {
        serde_json::to_writer(line, self.request)
    }

    fn run(&self, sqs: &mut Sqs, now_ms: u64) -> Result<Look, SqsError> {
        let received = sqs.receive_message(self.request, now_ms)?;
        if !received.messages.is_empty() {
            return Ok(Look::Found(received));
        }
        let ends_ms = match self.ends_ms {
            Some(ends_ms) => ends_ms,
            None => now_ms + sqs.wait_ms(self.request)?,
        };
        if ends_ms <= now_ms {
            return Ok(Look::Found(received));
        }
        let next_ms = sqs.next_change_ms(&self.request.queue_url, now_ms)?;
        let until_ms = next_ms.map_or(ends_ms, |it| it.min(ends_ms));
        let wait_ms = until_ms.saturating_sub(now_ms).clamp(1, LOOK_AGAIN_MS);
        let wait = Duration::from_millis(wait_ms);
        Ok(Look::Later { wait, ends_ms })
    }

    /// An attempt is remembered even if it found nothing.
    fn changes(&self, answer: &Look) -> bool {
        let found = matches!(answer, Look::Found(received) if !received.messages.is_empty());
        found || self.request.receive_request_attempt_id.is_some()
    }
}
