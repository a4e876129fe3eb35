//! Sending messages.

mod dispatch;
mod entry;
mod error;

use std::marker::PhantomData;
use std::sync::Arc;
use std::time::Duration;

use aws_sdk_sqs::Client;
use serde::Serialize;

#[cfg(feature = "claim-check")]
use crate::ClaimCheck;
use crate::timeouts::bounded_sqs;
use crate::{MessageContext, hops};
use entry::Prepared;

pub use error::SendError;

/// Sends messages of one type to one queue, as JSON.
///
/// ```no_run
/// # use lambda_queue::{Classify, HandlerError, MessageContext, Producer};
/// # #[derive(serde::Serialize)] struct Parcel { order: String, customer: String }
/// # async fn example(sqs: aws_sdk_sqs::Client, parcel: Parcel, context: MessageContext)
/// # -> Result<(), HandlerError> {
/// let parcels = Producer::new(sqs, "https://sqs.eu-west-1.amazonaws.com/1/parcels.fifo")
///     .group(|parcel: &Parcel| parcel.customer.clone())
///     .deduplication_id(|parcel: &Parcel| parcel.order.clone());
/// // In a handler, so that the trace goes on and loops come to an end:
/// parcels.following(&context).send(&parcel).await?;
/// # Ok(())
/// # }
/// ```
///
/// Needs `sqs:SendMessage`. Build it once at cold start; it is cheap to clone.
pub struct Producer<T> {
    client: Client,
    url: Arc<str>,
    group: Option<Text<T>>,
    deduplication_id: Option<Text<T>>,
    delay: Option<Duration>,
    #[cfg(feature = "claim-check")]
    claim_check: Option<(ClaimCheck, usize)>,
    message: PhantomData<fn(&T)>,
}

type Text<T> = Arc<dyn Fn(&T) -> String + Send + Sync>;

/// A message that is in the queue.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Sent {
    /// The id SQS gave it.
    pub message_id: String,
    /// Its place in the order of a FIFO queue.
    pub sequence_number: Option<String>,
}

/// What a sent message takes over from the one that is being handled.
#[derive(Clone, Copy, Debug, Default)]
struct Origin<'c> {
    hops: u32,
    trace_header: Option<&'c str>,
}

/// A producer inside of a handler; see [`Producer::following`].
pub struct Following<'p, T> {
    producer: &'p Producer<T>,
    origin: Origin<'p>,
}

impl<T: Serialize> Producer<T> {
    /// Sends to the queue with this URL.
    pub fn new(client: Client, url: impl Into<String>) -> Self {
        Self {
            client: bounded_sqs(&client),
            url: url.into().into(),
            group: None,
            deduplication_id: None,
            delay: None,
            #[cfg(feature = "claim-check")]
            claim_check: None,
            message: PhantomData,
        }
    }

    /// Puts messages into groups. FIFO queues demand it; on a standard queue it makes the queue a
    /// fair one (SQS Developer Guide, "Amazon SQS fair queues").
    #[must_use]
    pub fn group(mut self, of: impl Fn(&T) -> String + Send + Sync + 'static) -> Self {
        self.group = Some(Arc::new(of));
        self
    }

    /// By what a FIFO queue recognises a message sent twice within five minutes: business data,
    /// as for idempotency keys. Only for FIFO queues, which may do it by content instead.
    #[must_use]
    pub fn deduplication_id(mut self, of: impl Fn(&T) -> String + Send + Sync + 'static) -> Self {
        self.deduplication_id = Some(Arc::new(of));
        self
    }

    /// Keeps each message back for so long (whole seconds, at most 15 minutes). Only for standard
    /// queues.
    #[must_use]
    pub fn delay(mut self, delay: Duration) -> Self {
        self.delay = Some(delay);
        self
    }

    /// Stores bodies of more than so many bytes in the first of the claim check's buckets, and
    /// sends a pointer instead. A content whose message cannot be sent stays there: give the
    /// bucket a lifecycle rule.
    #[cfg(feature = "claim-check")]
    #[must_use]
    pub fn claim_check(mut self, claim_check: ClaimCheck, above_bytes: usize) -> Self {
        self.claim_check = Some((claim_check, above_bytes));
        self
    }

    /// Sends on behalf of the message that is being handled: with its trace header, so that the
    /// trace goes on, and counted as one hop more, so that loops come to an end: see
    /// [`BatchProcessorBuilder::max_hops`](crate::BatchProcessorBuilder::max_hops).
    pub fn following<'p>(&'p self, context: &'p MessageContext) -> Following<'p, T> {
        let message = context.message();
        Following {
            producer: self,
            origin: Origin {
                hops: hops::of(message).saturating_add(1),
                trace_header: message.trace_header(),
            },
        }
    }

    /// Sends a message.
    ///
    /// # Errors
    /// It is not in the queue; or, [`SendError::Unanswered`], nobody knows.
    pub async fn send(&self, message: &T) -> Result<Sent, SendError> {
        self.send_one(message, Origin::default()).await
    }

    /// Sends messages in as few requests as can be, ten or 1 MiB each, and says of each, in their
    /// order, what became of it.
    ///
    /// Entries that SQS failed without a fault of theirs are sent again, three times in all, with
    /// growing pauses, and only they. On a FIFO queue requests follow each other, and once a
    /// message could not be sent, later ones of its group are not: see [`SendError::Blocked`].
    pub async fn send_all(&self, messages: &[T]) -> Vec<Result<Sent, SendError>> {
        self.send_from(messages, Origin::default()).await
    }

    async fn prepare(
        &self,
        index: usize,
        message: &T,
        origin: Origin<'_>,
    ) -> Result<Prepared, SendError> {
        let body = serde_json::to_string(message);
        let body = body.map_err(|error| SendError::NotJson(error.to_string()))?;
        #[cfg(feature = "claim-check")]
        if let Some((claim_check, above)) = &self.claim_check
            && body.len() > *above
        {
            let size = body.len();
            let stored = claim_check.store(body).await;
            let pointer = stored.map_err(SendError::NotStored)?;
            let body = pointer.write();
            let body = body.map_err(|error| SendError::NotJson(error.to_string()))?;
            return Prepared::new(self, index, message, body, Some(size), origin);
        }
        Prepared::new(self, index, message, body, None, origin)
    }

    async fn send_one(&self, message: &T, origin: Origin<'_>) -> Result<Sent, SendError> {
        let sent = self.send_from(std::slice::from_ref(message), origin).await;
        sent.into_iter()
            .next()
            .unwrap_or(Err(SendError::unmentioned()))
    }

    async fn send_from(&self, messages: &[T], origin: Origin<'_>) -> Vec<Result<Sent, SendError>> {
        let mut results = Vec::with_capacity(messages.len());
        let mut entries = Vec::with_capacity(messages.len());
        for (index, message) in messages.iter().enumerate() {
            match self.prepare(index, message, origin).await {
                Ok(entry) => {
                    entries.push(entry);
                    results.push(Err(SendError::unmentioned()));
                }
                Err(error) => results.push(Err(error)),
            }
        }
        for (index, result) in dispatch::dispatch(&self.client, &self.url, entries).await {
            results[index] = result;
        }
        results
    }
}

impl<T: Serialize> Following<'_, T> {
    /// As [`Producer::send`].
    ///
    /// # Errors
    /// As there.
    pub async fn send(&self, message: &T) -> Result<Sent, SendError> {
        self.producer.send_one(message, self.origin).await
    }

    /// As [`Producer::send_all`].
    pub async fn send_all(&self, messages: &[T]) -> Vec<Result<Sent, SendError>> {
        self.producer.send_from(messages, self.origin).await
    }
}

impl<T> Clone for Producer<T> {
    fn clone(&self) -> Self {
        Self {
            client: self.client.clone(),
            url: Arc::clone(&self.url),
            group: self.group.clone(),
            deduplication_id: self.deduplication_id.clone(),
            delay: self.delay,
            #[cfg(feature = "claim-check")]
            claim_check: self.claim_check.clone(),
            message: PhantomData,
        }
    }
}
