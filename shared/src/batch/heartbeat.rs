use std::future::{pending, ready};
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use tokio::time::{Interval, MissedTickBehavior, interval, timeout};

use super::budget::TimeBudget;
use super::host::Host;
use super::plan::Held;
use crate::clock::as_ms;
use crate::idempotency::{Extension, Idempotency, LeaseOutcome};
use crate::{IdempotencyStore, Message};

/// Renews claims where no deadline bounds them, at a third of the lease: two renewals may go
/// unanswered before a claim is lost. A host is asked to keep messages hidden behind each renewal:
/// a message that comes back finds its key held, never the other way round.
pub(super) struct Heartbeat<'a> {
    ticks: Option<Interval>,
    store: Option<&'a dyn IdempotencyStore>,
    lease: Duration,
    host: Option<&'a dyn Host>,
    under_way: Option<BoxFuture<'a, Beat>>,
    batch_size: usize,
}

/// What a heartbeat has to say.
pub(super) enum Beat {
    /// Claims are due to be renewed.
    Due,
    /// The store answered.
    Answered(Vec<Renewal>),
    /// Messages were kept hidden, as far as possible.
    Kept,
}

/// The store's answer for one claim.
pub(super) struct Renewal {
    pub(super) index: usize,
    pub(super) lease_until_ms: u64,
    /// None: the store gave no answer.
    pub(super) outcome: Option<LeaseOutcome>,
}

impl<'a> Heartbeat<'a> {
    pub(super) fn new<M>(
        idempotency: Option<&'a Idempotency<M>>,
        budget: &TimeBudget<'_>,
        host: Option<&'a dyn Host>,
        batch_size: usize,
    ) -> Self {
        let renewed = budget.claims_end().instant().is_none();
        let idempotency = idempotency.filter(|_| renewed);
        let lease = idempotency.map_or(Duration::ZERO, |idempotency| idempotency.lease);
        let beats = [idempotency.map(|_| lease / 3), host.map(Host::beat)];
        let ticks = beats.into_iter().flatten().min().map(|beat| {
            let mut ticks = interval(beat.max(Duration::from_millis(1)));
            ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
            ticks.reset();
            ticks
        });
        Self {
            ticks,
            store: idempotency.map(|idempotency| &*idempotency.store),
            lease,
            host,
            under_way: None,
            batch_size,
        }
    }

    /// Resolves when claims are due, or when their renewal is answered. Safe to cancel.
    pub(super) async fn next(&mut self) -> Beat {
        if let Some(request) = &mut self.under_way {
            let answer = request.await;
            self.under_way = None;
            return answer;
        }
        match &mut self.ticks {
            Some(ticks) => {
                ticks.tick().await;
                Beat::Due
            }
            None => pending().await,
        }
    }

    /// Sends renewals; an answer that takes longer than a beat is no answer.
    pub(super) fn extend<'h>(
        &mut self,
        claims: impl Iterator<Item = (usize, &'h Held)>,
        now_ms: u64,
    ) {
        let Some(store) = self.store else {
            self.under_way = Some(ready(Beat::Answered(Vec::new())).boxed());
            return;
        };
        let (batch_size, patience) = (self.batch_size, self.lease / 3);
        let lease_until_ms = now_ms.saturating_add(as_ms(self.lease));
        let (indices, extensions): (Vec<_>, Vec<_>) = claims
            .map(|(index, held)| {
                let (id, owner) = (held.id.clone(), held.owner.clone());
                (
                    index,
                    Extension {
                        id,
                        owner,
                        lease_until_ms,
                    },
                )
            })
            .unzip();
        let renewing = async move {
            let answers = timeout(patience, store.extend(&extensions, batch_size)).await;
            let mut answers = answers.unwrap_or_default().into_iter();
            let renewal = |index| {
                let outcome = answers.next().and_then(Result::ok);
                Renewal {
                    index,
                    lease_until_ms,
                    outcome,
                }
            };
            Beat::Answered(indices.into_iter().map(renewal).collect())
        };
        self.under_way = Some(renewing.boxed());
    }

    /// Asks the host, if there is one, to keep these hidden.
    pub(super) fn keep(&mut self, messages: Vec<&'a Message>) {
        self.under_way = self
            .host
            .map(|host| host.keep(messages).map(|()| Beat::Kept).boxed());
    }
}
