use std::future::pending;
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use tokio::time::{Interval, MissedTickBehavior, interval, timeout};

use super::budget::TimeBudget;
use super::plan::Held;
use crate::IdempotencyStore;
use crate::clock::as_ms;
use crate::idempotency::{Extension, Idempotency, LeaseOutcome};

/// Renews claims where no deadline bounds them, at a third of the lease: two renewals may go
/// unanswered before a claim is lost.
pub(super) struct Heartbeat<'a> {
    beat: Option<(Interval, &'a dyn IdempotencyStore)>,
    lease: Duration,
    under_way: Option<BoxFuture<'a, Vec<Renewal>>>,
    batch_size: usize,
}

/// What a heartbeat has to say.
pub(super) enum Beat {
    /// Claims are due to be renewed.
    Due,
    /// The store answered.
    Answered(Vec<Renewal>),
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
        budget: &TimeBudget,
        batch_size: usize,
    ) -> Self {
        let idempotency = idempotency.filter(|_| budget.is_unbounded());
        let lease = idempotency.map_or(Duration::ZERO, |idempotency| idempotency.lease);
        let beat = idempotency.map(|idempotency| {
            let mut ticks = interval((lease / 3).max(Duration::from_millis(1)));
            ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
            ticks.reset();
            (ticks, &*idempotency.store)
        });
        Self {
            beat,
            lease,
            under_way: None,
            batch_size,
        }
    }

    /// Resolves when claims are due, or when their renewal is answered. Safe to cancel.
    pub(super) async fn next(&mut self) -> Beat {
        if let Some(request) = &mut self.under_way {
            let answers = request.await;
            self.under_way = None;
            return Beat::Answered(answers);
        }
        match &mut self.beat {
            Some((ticks, _)) => {
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
        let Some((_, store)) = &self.beat else { return };
        let (store, batch_size, patience) = (*store, self.batch_size, self.lease / 3);
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
            indices.into_iter().map(renewal).collect()
        };
        self.under_way = Some(renewing.boxed());
    }
}
