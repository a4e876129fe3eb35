use std::marker::PhantomData;
use std::time::Duration;

#[cfg(feature = "claim-check")]
use super::Outcome;
use super::budget::TimeBudget;
use super::settled::Settled;
#[cfg(feature = "claim-check")]
use crate::ClaimCheck;
use crate::idempotency::Idempotency;
use crate::queue::{DeadLetterQueue, Hide, Visibility};
use crate::{Backoff, Clock, Envelope, Handler, Message};

/// What a processor was built with.
pub(super) struct Settings<M, H: Handler<M>> {
    pub(super) handler: H,
    pub(super) envelope: Envelope,
    #[cfg(feature = "claim-check")]
    pub(super) claim_check: Option<ClaimCheck>,
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
        budget: &TimeBudget<'_>,
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
            biased;
            () = retry.visibility.hide(&hides) => {}
            () = budget.hide_over() => tracing::warn!("no time was left to change visibility"),
        }
    }

    /// Deletes what completed messages pointed to, if that was asked for.
    #[cfg(feature = "claim-check")]
    pub(super) async fn clean_up(
        &self,
        messages: &[Message],
        settled: &[Settled],
        budget: &TimeBudget<'_>,
    ) {
        let Some(claim_check) = &self.claim_check else {
            return;
        };
        let done = |it: &Settled| matches!(it.outcome, Outcome::Processed | Outcome::Replayed);
        let completed = messages.iter().zip(settled);
        let completed = completed.filter_map(|(message, it)| done(it).then_some(message));
        tokio::select! {
            () = claim_check.clean_up(completed) => {}
            () = budget.hide_over() => tracing::warn!("no time was left to delete contents"),
        }
    }
}
