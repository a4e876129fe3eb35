use std::marker::PhantomData;
use std::sync::Arc;
use std::time::Duration;

use aws_lambda_events::event::sqs::SqsEvent;
use serde::de::DeserializeOwned;
use tracing::Instrument;

use super::budget::TimeBudget;
use super::report::{BatchReport, MessageReport};
use super::settled::Settled;
use super::{BatchProcessorBuilder, plan, run};
use crate::idempotency::Idempotency;
use crate::queue::{DeadLetterQueue, Hide, Visibility};
use crate::{Backoff, Clock, Deadline, Handler, Message, telemetry};

/// Runs a handler over batches of SQS messages and says what became of each message.
///
/// Built once at cold start, immutable, cheap to clone, and safe to use for concurrent
/// invocations. Give it to [`run`](crate::run), or call [`process`](Self::process) yourself.
pub struct BatchProcessor<M, H: Handler<M>>(Arc<Settings<M, H>>);

pub(super) struct Settings<M, H: Handler<M>> {
    pub(super) handler: H,
    pub(super) max_concurrency: usize,
    pub(super) reserve: Duration,
    pub(super) idempotency: Option<Idempotency<M>>,
    pub(super) namespace: String,
    pub(super) output: Option<OutputFn<H::Output>>,
    pub(super) retry: Option<Retry>,
    pub(super) dead_letter: Option<DeadLetterQueue>,
    pub(super) clock: Clock,
    pub(super) function: String,
    pub(super) message: PhantomData<fn(M)>,
}

/// Turns an output into JSON, if it can be.
pub(super) type OutputFn<T> = fn(&T) -> Option<String>;

/// Hides failed messages.
pub(super) struct Retry {
    pub(super) backoff: Backoff,
    pub(super) visibility: Visibility,
}

impl<M, H> BatchProcessor<M, H>
where
    M: DeserializeOwned + Send + 'static,
    H: Handler<M>,
{
    /// Starts with a handler and defaults: ten messages at a time, no idempotency, no backoff, no
    /// dead-letter queue.
    pub fn builder(handler: H) -> BatchProcessorBuilder<M, H> {
        BatchProcessorBuilder::new(handler)
    }

    /// Processes a batch. It does not fail: every message comes to exactly one outcome.
    ///
    /// When it returns, or is dropped, no handler runs on.
    pub async fn process(&self, event: SqsEvent, deadline: Deadline) -> BatchReport {
        let messages: Vec<Message> = event.records.into_iter().map(Message::from).collect();
        let span = telemetry::batch_span(&messages);
        self.process_messages(Arc::new(messages), deadline)
            .instrument(span)
            .await
    }

    async fn process_messages(
        &self,
        messages: Arc<Vec<Message>>,
        deadline: Deadline,
    ) -> BatchReport {
        let settings = &*self.0;
        let budget = TimeBudget::new(deadline, settings.reserve);
        let plan = match &settings.idempotency {
            Some(idempotency) => {
                plan::claimed(settings, idempotency, &messages, deadline, &budget).await
            }
            None => plan::unclaimed(messages.len()),
        };
        let settled = run::run(settings, &messages, plan, &budget).await;
        settings.hide(&messages, &settled, &budget).await;
        report(messages, settled)
    }

    pub(super) fn new(settings: Settings<M, H>) -> Self {
        Self(Arc::new(settings))
    }

    pub(super) fn clock(&self) -> &Clock {
        &self.0.clock
    }
}

impl<M, H: Handler<M>> Settings<M, H> {
    /// The handler's output as JSON, if it is to be stored. One that cannot be written is dropped:
    /// the work is done all the same.
    pub(super) fn encode(&self, output: &H::Output) -> Option<String> {
        let encode = self.output?;
        let encoded = encode(output);
        if encoded.is_none() {
            tracing::warn!("the output cannot be written as JSON and is not stored");
        }
        encoded
    }

    async fn hide(&self, messages: &[Message], settled: &[Settled], budget: &TimeBudget) {
        let Some(retry) = &self.retry else { return };
        let hides: Vec<_> = messages
            .iter()
            .zip(settled)
            .filter(|(_, settled)| settled.outcome.is_reported())
            .filter_map(|(message, settled)| {
                Some(Hide {
                    message,
                    delay: settled.hide?,
                })
            })
            .collect();
        tokio::select! {
            () = retry.visibility.hide(&hides) => {}
            () = budget.hide_over() => tracing::warn!("no time was left to change visibility"),
        }
    }
}

impl<M, H: Handler<M>> Clone for BatchProcessor<M, H> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

fn report(messages: Arc<Vec<Message>>, settled: Vec<Settled>) -> BatchReport {
    let entry = |(message_id, settled): (_, Settled)| MessageReport {
        message_id,
        outcome: settled.outcome,
        error: settled.error,
        hidden_for: settled.hide,
    };
    // Nobody else has the messages any more, unless a handler kept its context.
    let messages = match Arc::try_unwrap(messages) {
        Ok(messages) => messages
            .into_iter()
            .map(Message::into_id)
            .zip(settled)
            .map(entry)
            .collect(),
        Err(messages) => {
            let ids = messages
                .iter()
                .map(|message| message.id().map(str::to_owned));
            ids.zip(settled).map(entry).collect()
        }
    };
    BatchReport { messages }
}
