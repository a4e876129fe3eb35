use std::env;
use std::marker::PhantomData;
use std::time::Duration;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::processor::BatchProcessor;
use super::settings::{OutputFn, Retry, Settings};
#[cfg(feature = "claim-check")]
use crate::ClaimCheck;
use crate::queue::{DeadLetterQueue, Visibility};
use crate::{Backoff, Clock, Envelope, Handler, Idempotency, hops};

/// Handlers running at a time, unless set.
const DEFAULT_CONCURRENCY: usize = 10;
/// Time kept back for writing records and returning the response, unless set.
const DEFAULT_RESERVE: Duration = Duration::from_secs(1);
/// Lambda's name for the function, set in every function's environment.
const FUNCTION_NAME: &str = "AWS_LAMBDA_FUNCTION_NAME";

/// Puts a [`BatchProcessor`] together.
pub struct BatchProcessorBuilder<M, H: Handler<M>> {
    handler: H,
    envelope: Envelope,
    #[cfg(feature = "claim-check")]
    claim_check: Option<ClaimCheck>,
    max_hops: u32,
    max_concurrency: usize,
    reserve: Duration,
    idempotency: Option<Idempotency<M>>,
    output: Option<OutputFn<H::Output>>,
    retry: Option<Retry>,
    dead_letter: Option<DeadLetterQueue>,
    clock: Clock,
    message: PhantomData<fn(M)>,
}

/// Why a processor cannot be built.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BuildError {
    /// No handler could ever run.
    #[error("max_concurrency is 0; set at least 1")]
    NoConcurrency,
    /// The namespace of idempotency keys is neither set nor known.
    #[error(
        "the namespace of idempotency keys is unknown: {FUNCTION_NAME} is not set; \
         set it, or call Idempotency::namespace"
    )]
    NoNamespace,
    /// The namespace would be part of every record's id.
    #[error("the namespace of idempotency keys is empty or longer than 256 bytes")]
    BadNamespace,
}

impl<M, H> BatchProcessorBuilder<M, H>
where
    M: DeserializeOwned + Send + 'static,
    H: Handler<M>,
{
    pub(super) fn new(handler: H) -> Self {
        Self {
            handler,
            envelope: Envelope::default(),
            #[cfg(feature = "claim-check")]
            claim_check: None,
            max_hops: hops::MAX_HOPS,
            max_concurrency: DEFAULT_CONCURRENCY,
            reserve: DEFAULT_RESERVE,
            idempotency: None,
            output: None,
            retry: None,
            dead_letter: None,
            clock: Clock::system(),
            message: PhantomData,
        }
    }

    /// What is wrapped around the JSON that the handler takes; nothing, unless set.
    #[must_use]
    pub fn envelope(mut self, envelope: Envelope) -> Self {
        self.envelope = envelope;
        self
    }

    /// Fetches the contents of messages that lie in S3.
    #[cfg(feature = "claim-check")]
    #[must_use]
    pub fn claim_check(mut self, claim_check: ClaimCheck) -> Self {
        self.claim_check = Some(claim_check);
        self
    }

    /// Through how many functions a message may have come (16), as those count that send with
    /// [`Producer::following`](crate::Producer::following): one that has come through more is a
    /// permanent failure, so that a loop ends in the dead-letter queue.
    #[must_use]
    pub fn max_hops(mut self, max_hops: u32) -> Self {
        self.max_hops = max_hops;
        self
    }

    /// How many handlers run at a time (10). It bounds memory beyond the event itself, and the
    /// load on what handlers call.
    #[must_use]
    pub fn max_concurrency(mut self, max_concurrency: usize) -> Self {
        self.max_concurrency = max_concurrency;
        self
    }

    /// Recognises messages that were processed before. Leave it out where repeating the work does
    /// no harm.
    #[must_use]
    pub fn idempotency(mut self, idempotency: Idempotency<M>) -> Self {
        self.idempotency = Some(idempotency);
        self
    }

    /// Stores the handler's output with the record of its key, as JSON.
    #[must_use]
    pub fn store_output(mut self) -> Self
    where
        H::Output: Serialize,
    {
        self.output = Some(|output| serde_json::to_string(output).ok());
        self
    }

    /// Brings failed messages back after a backoff, deferred ones when their key is free, and
    /// ones that were not started at once. Without it, all come back when the queue's visibility
    /// timeout ends. Needs `sqs:ChangeMessageVisibility` on the source queue.
    #[must_use]
    pub fn retry(mut self, backoff: Backoff, sqs: aws_sdk_sqs::Client) -> Self {
        self.retry = Some(Retry {
            backoff,
            visibility: Visibility::new(&sqs),
        });
        self
    }

    /// Sends permanent failures to this queue, by its URL, and then acknowledges them. Without it
    /// they are reported until the source queue's redrive policy takes them. Needs
    /// `sqs:SendMessage`; the queue of a FIFO source must be FIFO.
    #[must_use]
    pub fn dead_letter_queue(mut self, sqs: aws_sdk_sqs::Client, url: impl Into<String>) -> Self {
        self.dead_letter = Some(DeadLetterQueue::new(&sqs, url));
        self
    }

    /// Time kept back before the deadline for writing records and returning the response (1 s, and
    /// at most a quarter of the invocation). Running handlers are cut off when it begins, and none
    /// starts in the same time before that.
    #[must_use]
    pub fn deadline_reserve(mut self, reserve: Duration) -> Self {
        self.reserve = reserve;
        self
    }

    /// Where the time of day comes from, for tests.
    #[must_use]
    pub fn clock(mut self, clock: Clock) -> Self {
        self.clock = clock;
        self
    }

    /// The processor.
    ///
    /// # Errors
    /// A setting makes no sense, or the idempotency namespace is unknown.
    pub fn build(self) -> Result<BatchProcessor<M, H>, BuildError> {
        if self.max_concurrency == 0 {
            return Err(BuildError::NoConcurrency);
        }
        let function = env::var(FUNCTION_NAME).unwrap_or_default();
        let namespace = match &self.idempotency {
            Some(idempotency) => namespace(idempotency, &function)?,
            None => String::new(),
        };
        Ok(BatchProcessor::new(Settings {
            handler: self.handler,
            envelope: self.envelope,
            #[cfg(feature = "claim-check")]
            claim_check: self.claim_check,
            max_hops: self.max_hops,
            max_concurrency: self.max_concurrency,
            reserve: self.reserve,
            idempotency: self.idempotency,
            namespace,
            output: self.output,
            retry: self.retry,
            dead_letter: self.dead_letter,
            clock: self.clock,
            function,
            message: PhantomData,
        }))
    }
}

fn namespace<M>(idempotency: &Idempotency<M>, function: &str) -> Result<String, BuildError> {
    match &idempotency.namespace {
        Some(name) if name.is_empty() || name.len() > 256 => Err(BuildError::BadNamespace),
        Some(name) => Ok(name.clone()),
        None if function.is_empty() => Err(BuildError::NoNamespace),
        None => Ok(function.to_owned()),
    }
}
