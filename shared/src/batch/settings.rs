use std::marker::PhantomData;
use std::time::Duration;

use super::budget::TimeBudget;
use super::settled::Settled;
use crate::idempotency::Idempotency;
use crate::queue::{DeadLetterQueue, Hide, Visibility};
use crate::{Backoff, Clock, Envelope, Handler, Message};

/// What a processor was built with.
pub(super) struct Settings<M, H: Handler<M>> {
    pub(super) handler: H,
    pub(super) envelope: Envelope,
    pub(super) max_hops: u32,
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

    /// Changes when what is reported comes back.
    pub(super) async fn hide(
        &self,
        messages: &[Message],
        settled: &[Settled],
        budget: &TimeBudget,
    ) {
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
