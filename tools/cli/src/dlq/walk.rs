//! Every message of a queue, once.

use std::collections::HashSet;

use aws_sdk_sqs::error::ProvideErrorMetadata;
use aws_sdk_sqs::types::MessageSystemAttributeName as System;
use futures_util::future::join_all;
use tokio::time::Instant;

use super::access::failed;
use super::interrupt::Interrupt;
use super::letter::Letter;
use super::queue::Queue;
use crate::error::DlqError;

/// Messages of a receive.
const TEN: usize = 10;
/// Receives at a time.
const SIDE_BY_SIDE: usize = 8;
/// A long poll asks all of SQS's servers; a short one may miss messages.
const WAIT_SECONDS: i32 = 1;
/// Empty polls after which nothing comes any more, whatever the depth says: it is approximate, and
/// counts messages that others hold back.
const EMPTY_POLLS: usize = 2;

/// A message that is hidden now.
pub(super) struct Received {
    pub(super) letter: Letter,
    pub(super) receipt: String,
    pub(super) at: Instant,
    /// Whether it has been received before: SQS may deliver twice.
    pub(super) again: bool,
}

/// Why there are no more messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// All were looked at that can be.
    Empty,
    /// As many were looked at as asked for.
    Limit,
    /// SQS lets no more messages be hidden: 120,000 of a queue.
    InFlight,
    /// Ctrl-C.
    Interrupted,
}

/// Receives a queue's messages, each hidden for some seconds.
pub(super) struct Walk<'q> {
    queue: &'q Queue,
    hide: u32,
    interrupt: Interrupt,
    limit: usize,
    seen: HashSet<String>,
    empty_polls: usize,
    end: Option<End>,
}

impl<'q> Walk<'q> {
    pub(super) fn new(queue: &'q Queue, hide: u32, interrupt: Interrupt) -> Self {
        Self {
            queue,
            hide,
            interrupt,
            limit: usize::MAX,
            seen: HashSet::new(),
            empty_polls: 0,
            end: None,
        }
    }

    /// Looks at no more messages than this.
    pub(super) fn limit(mut self, limit: usize) -> Self {
        self.limit = limit;
        self
    }

    /// How many messages were looked at.
    pub(super) fn looked_at(&self) -> usize {
        self.seen.len()
    }

    /// Why it ended; meaningful once [`Walk::next`] has returned nothing.
    pub(super) fn end(&self) -> End {
        self.end.unwrap_or(End::Limit)
    }

    /// Some of the messages that were not looked at yet, at most about `most` of them; none at the
    /// end.
    ///
    /// # Errors
    /// SQS refuses.
    pub(super) async fn next(&mut self, most: usize) -> Result<Vec<Received>, DlqError> {
        while self.end.is_none() {
            if self.interrupt.is_wanted() {
                self.end = Some(End::Interrupted);
                break;
            }
            let most = most.min(self.limit.saturating_sub(self.seen.len()));
            if most == 0 {
                self.end = Some(End::Limit);
                break;
            }
            let received = self.receive(most).await?;
            if received.iter().any(|it| !it.again) {
                self.empty_polls = 0;
                return Ok(received);
            }
            self.empty_polls += 1;
            if !received.is_empty() {
                // Where nothing can be hidden for long enough, this would never end.
                self.end = self
                    .end
                    .or((self.empty_polls >= EMPTY_POLLS).then_some(End::Empty));
                return Ok(received);
            }
            if self.end.is_none() && (self.empty_polls >= EMPTY_POLLS || self.is_empty().await?) {
                self.end = Some(End::Empty);
            }
        }
        Ok(Vec::new())
    }

    async fn is_empty(&self) -> Result<bool, DlqError> {
        let queue = Queue::at(&self.queue.client, self.queue.url.clone()).await?;
        Ok(queue.depth.visible == 0)
    }

    async fn receive(&mut self, most: usize) -> Result<Vec<Received>, DlqError> {
        // Small queues are not worth several polls, all but one of which wait in vain.
        let depth = usize::try_from(self.queue.depth.visible).unwrap_or(usize::MAX);
        let left = depth.saturating_sub(self.seen.len());
        let polls = match self.queue.fifo {
            true => 1,
            false => (left / (2 * TEN)).min(most / TEN).clamp(1, SIDE_BY_SIDE),
        };
        let answers = join_all((0..polls).map(|_| self.poll(most.min(TEN)))).await;
        let (mut received, mut error) = (Vec::new(), None);
        for answer in answers {
            match answer {
                Ok(messages) => received.extend(messages),
                Err(refused) => error = Some(refused),
            }
        }
        match error {
            Some(None) => self.end = Some(End::InFlight),
            // What was received must be dealt with first; the error comes again if it matters.
            Some(Some(error)) if received.is_empty() => return Err(error),
            _ => {}
        }
        for message in &mut received {
            message.again = !self.seen.insert(message.letter.id.clone());
        }
        Ok(received)
    }

    /// No error is SQS's limit on messages in flight.
    async fn poll(&self, most: usize) -> Result<Vec<Received>, Option<DlqError>> {
        let call = self.queue.client.receive_message();
        let call = call
            .queue_url(&self.queue.url)
            .max_number_of_messages(i32::try_from(most).unwrap_or(1))
            .visibility_timeout(i32::try_from(self.hide).unwrap_or(i32::MAX))
            .wait_time_seconds(WAIT_SECONDS)
            .message_system_attribute_names(System::All)
            .message_attribute_names("All");
        // Before the request, so that nothing is thought hidden that is no more.
        let at = Instant::now();
        let answer = match call.send().await {
            Ok(answer) => answer,
            Err(error) if error.code() == Some("OverLimit") => return Err(None),
            Err(error) => return Err(Some(failed("receive messages")(error))),
        };
        let messages = answer.messages.unwrap_or_default().into_iter();
        Ok(messages
            .map(|mut message| Received {
                receipt: message.receipt_handle.take().unwrap_or_default(),
                letter: Letter::of(message),
                at,
                again: false,
            })
            .collect())
    }
}
