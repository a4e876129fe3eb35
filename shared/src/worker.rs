//! The same handler and the same [`BatchProcessor`] in a container or on a machine of its own, for
//! work that takes longer than Lambda's 15 minutes.
//!
//! A [`Worker`] asks a queue for messages by long polling, and never for more than it can run. A
//! message comes to the same [`Outcome`](crate::Outcome) as in a Lambda function, and the outcome
//! decides: what Lambda's partial-batch response would not report is deleted, everything else comes
//! back.
//!
//! ```no_run
//! use lambda_queue::worker::Worker;
//! use lambda_queue::{BatchProcessor, Error, HandlerError, MessageContext};
//!
//! #[derive(serde::Deserialize)]
//! struct Video { id: String }
//!
//! async fn transcode(video: Video, _context: MessageContext) -> Result<(), HandlerError> {
//!     println!("{} takes three hours", video.id);
//!     Ok(())
//! }
//!
//! #[tokio::main]
//! async fn main() -> Result<(), Error> {
//!     lambda_queue::telemetry::init();
//!     let sqs = aws_sdk_sqs::Client::new(&lambda_queue::aws_config().await);
//!     let processor = BatchProcessor::builder(transcode).max_concurrency(4).build()?;
//!     let url = std::env::var("QUEUE_URL")?;
//!     Ok(Worker::new(processor, sqs, url).run().await?)
//! }
//! ```
//!
//! # How it works
//!
//! - **Slots.** There are as many as the processor's
//!   [`max_concurrency`](crate::BatchProcessorBuilder::max_concurrency). A message takes one from
//!   before it is received until it is deleted; on a FIFO queue, so do the messages of one group
//!   that came together. Where no slot is free, nothing is asked for.
//! - **Heartbeats.** At a third of the visibility timeout, or of the lease if that is shorter, the
//!   claim of a message is renewed first and its visibility timeout second, so that a message that
//!   comes back finds its key held. A handler whose claim is lost is stopped. SQS hides no message
//!   for longer than 12 hours: a minute before, a handler is cut off as at Lambda's deadline.
//! - **Failures.** [`retry`](crate::BatchProcessorBuilder::retry) brings failed messages back after
//!   a backoff; without it, they come back when their visibility timeout ends.
//! - **FIFO queues.** SQS gives out nothing of a group that has a message in flight, and a group's
//!   messages that came together run one after another. After a failure the rest of them goes back
//!   with the one that failed, so that the group begins there again.
//! - **Deletions** go out in tens, whatever is finished by then, and are tried again for some
//!   minutes. So does a failed poll, for ever: throttling, a network that is down or credentials
//!   that ran out are logged and never end a worker.
//! - **Stopping.** On SIGTERM or Ctrl-C nothing more is started. What was received and not started
//!   goes back at once, what runs has the [grace period](Worker::grace) to end, and what is cut off
//!   then goes back at once, too, or after its backoff. A poll that is under way is waited for, as
//!   SQS may have given out messages already.
//!
//! A handler that keeps its thread busy has no heartbeats: such work belongs in
//! [`blocking`](crate::blocking). Where all workers are cut off from SQS for longer than the
//! visibility timeout, messages come back while they are still worked on: idempotency then keeps
//! their results apart.
//!
//! The role needs `sqs:ReceiveMessage`, `sqs:DeleteMessage`, `sqs:ChangeMessageVisibility` and
//! `sqs:GetQueueAttributes` on the queue, as Lambda's does.

mod deletions;
mod hand;
mod health;
mod in_hand;
mod pause;
mod poll;
mod received;
mod shared;
mod signal;
mod source;
mod stop;
mod tally;

use std::net::TcpListener;
use std::time::Duration;

use serde::de::DeserializeOwned;
use tokio::time::Instant;

use crate::{BatchProcessor, Handler};
use health::Health;
use shared::Shared;
use source::Source;
use stop::Stop;

/// Time to finish what runs, unless set: ECS kills a container 30 s after SIGTERM, unless told
/// otherwise.
const DEFAULT_GRACE: Duration = Duration::from_secs(25);
/// The longest that SQS lets a poll wait (`ReceiveMessage`).
const LONGEST_WAIT: Duration = Duration::from_secs(20);

/// Feeds a processor from a queue; see [the module](self).
pub struct Worker<M, H: Handler<M>> {
    processor: BatchProcessor<M, H>,
    sqs: aws_sdk_sqs::Client,
    queue_url: String,
    name: Option<String>,
    visibility_timeout: Option<Duration>,
    wait: Duration,
    grace: Duration,
    health: Option<TcpListener>,
}

/// Why a worker did not start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WorkerError {
    /// There is nothing to poll.
    #[error("there is no queue {0}; check the URL, and the region and account it names")]
    NoQueue(String),
    /// Messages would come back while they are worked on.
    #[error(
        "messages of the queue {0} are visible again at once: its visibility timeout is 0; set \
         it, or Worker::visibility_timeout, to 1 second at least"
    )]
    NoVisibilityTimeout(String),
    /// It could not be told to stop.
    #[error("cannot listen for signals")]
    Signals(#[source] std::io::Error),
    /// Nobody could ask how it is.
    #[error("cannot answer on the health endpoint's address")]
    Health(#[source] std::io::Error),
}

impl<M, H> Worker<M, H>
where
    M: DeserializeOwned + Send + 'static,
    H: Handler<M>,
{
    /// A worker for the queue with this URL. It runs as many handlers at a time as the processor.
    pub fn new(
        processor: BatchProcessor<M, H>,
        sqs: aws_sdk_sqs::Client,
        queue_url: impl Into<String>,
    ) -> Self {
        Self {
            processor,
            sqs,
            queue_url: queue_url.into(),
            name: None,
            visibility_timeout: None,
            wait: LONGEST_WAIT,
            grace: DEFAULT_GRACE,
            health: None,
        }
    }

    /// What its metrics are called by, in the dimension `FunctionName`; the queue's name, unless
    /// set.
    #[must_use]
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// For how long a message is hidden at a time (whole seconds): the queue's own visibility
    /// timeout, unless set. So long it takes until the messages of a worker that died come back,
    /// and so long can SQS be out of reach while a handler runs.
    #[must_use]
    pub fn visibility_timeout(mut self, timeout: Duration) -> Self {
        self.visibility_timeout = Some(timeout);
        self
    }

    /// How long a poll waits for a message, from 1 to 20 s (20 s).
    #[must_use]
    pub fn wait(mut self, wait: Duration) -> Self {
        self.wait = wait.clamp(Duration::from_secs(1), LONGEST_WAIT);
        self
    }

    /// Time from SIGTERM to the end (25 s). Handlers are cut off up to 2 s earlier, to write down
    /// what happened and to hand messages back. Whoever sends SIGKILL must wait a little longer.
    #[must_use]
    pub fn grace(mut self, grace: Duration) -> Self {
        self.grace = grace;
        self
    }

    /// Answers `GET /health` here: 200 while polling succeeds, 503 when it fails and when the
    /// worker stops.
    #[must_use]
    pub fn health(mut self, listener: TcpListener) -> Self {
        self.health = Some(listener);
        self
    }

    /// Works until SIGTERM or Ctrl-C.
    ///
    /// # Errors
    /// It did not start.
    pub async fn run(self) -> Result<(), WorkerError> {
        let signal = signal::listen().map_err(WorkerError::Signals)?;
        self.run_until(signal).await
    }

    /// Works until `stop` resolves, and then as long as the grace period.
    ///
    /// # Errors
    /// It did not start.
    pub async fn run_until(self, stop: impl Future<Output = ()>) -> Result<(), WorkerError> {
        let health = Health::default();
        let _endpoint = match self.health {
            Some(listener) => Some(health.serve(listener).map_err(WorkerError::Health)?),
            None => None,
        };
        let mut stop = std::pin::pin!(stop);
        let timeout = self.visibility_timeout;
        let source = tokio::select! {
            source = Source::open(self.sqs, self.queue_url, timeout, self.wait, &health) => source?,
            () = &mut stop => return Ok(()),
        };
        tracing::info!(queue = source.arn(), "the worker polls");
        let (stopper, stopped) = Stop::new();
        let name = self.name.unwrap_or_else(|| source.name().to_owned());
        let (shared, deletions) =
            Shared::new(self.processor, source, stopped, health.clone(), &name);
        let working = poll::work(shared, deletions);
        let mut working = std::pin::pin!(working);
        tokio::select! {
            () = &mut working => return Ok(()),
            () = &mut stop => {}
        }
        let grace_s = self.grace.as_secs_f64();
        tracing::info!(grace_s, "the worker stops: nothing more is started");
        let end = Instant::now() + self.grace;
        stopper.stop(self.grace, end);
        health.stops();
        if tokio::time::timeout_at(end, working).await.is_err() {
            tracing::warn!("the grace period is over; what was not finished comes back");
        }
        Ok(())
    }
}
