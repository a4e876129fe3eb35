use std::sync::Arc;

use aws_lambda_events::event::sqs::SqsEvent;
use serde::de::DeserializeOwned;
use tracing::Instrument;

use super::budget::TimeBudget;
use super::host::Host;
use super::report::{BatchReport, MessageReport};
use super::settings::Settings;
use super::settled::Settled;
use super::{BatchProcessorBuilder, plan, run};
use crate::{Clock, Deadline, Handler, Message, telemetry};

/// Runs a handler over batches of SQS messages and says what became of each message.
///
/// Built once at cold start, immutable, cheap to clone, and safe to use for concurrent
/// invocations. Give it to [`run`](crate::run), or call [`process`](Self::process) yourself.
pub struct BatchProcessor<M, H: Handler<M>>(Arc<Settings<M, H>>);

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
    /// When it returns, or is dropped, no handler runs on. What a handler has started elsewhere is its
    /// own: see [`blocking`](crate::blocking).
    pub async fn process(&self, event: SqsEvent, deadline: Deadline) -> BatchReport {
        let messages = event.records.into_iter().map(Message::from).collect();
        self.process_for(messages, deadline, None).await
    }

    /// The same for a host, if there is one.
    pub(crate) async fn process_for(
        &self,
        messages: Vec<Message>,
        deadline: Deadline,
        host: Option<&dyn Host>,
    ) -> BatchReport {
        let span = telemetry::batch_span(&messages);
        self.process_messages(messages, deadline, host)
            .instrument(span)
            .await
    }

    async fn process_messages(
        &self,
        #[allow(unused_mut, reason = "for contents that are fetched")] mut messages: Vec<Message>,
        deadline: Deadline,
        host: Option<&dyn Host>,
    ) -> BatchReport {
        let settings = &*self.0;
        let budget = TimeBudget::new(deadline, settings.reserve, host);
        #[cfg(feature = "claim-check")]
        if let Some(claim_check) = &settings.claim_check {
            claim_check.fetch(&mut messages, budget.run_over()).await;
        }
        let messages = Arc::new(messages);
        let plan = match &settings.idempotency {
            Some(idempotency) => plan::claimed(settings, idempotency, &messages, &budget).await,
            None => plan::unclaimed(messages.len()),
        };
        let settled = run::run(settings, &messages, plan, &budget, host).await;
        settings.hide(&messages, &settled, &budget).await;
        if let Some(host) = host {
            let is_hidden = settings.retry.is_some();
            host.hand_back(&messages, &settled, is_hidden).await;
        }
        #[cfg(feature = "claim-check")]
        settings.clean_up(&messages, &settled, &budget).await;
        report(messages, settled)
    }

    pub(super) fn new(settings: Settings<M, H>) -> Self {
        Self(Arc::new(settings))
    }

    pub(crate) fn clock(&self) -> &Clock {
        &self.0.clock
    }

    #[cfg(feature = "worker")]
    pub(crate) fn max_concurrency(&self) -> usize {
        self.0.max_concurrency
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
