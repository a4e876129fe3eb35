use std::time::Duration;

use futures_util::future::AbortHandle;
use serde::de::DeserializeOwned;
use tokio::time::Instant;
use tracing::Span;

use super::super::Outcome;
use super::super::attempt::decode;
use super::super::budget::TimeBudget;
use super::super::plan::{Held, Step};
use super::super::settled::Settled;
use super::{Progress, Running};
use crate::idempotency::StoreError;
use crate::{Handler, HandlerError, Message, MessageContext, telemetry};

/// What a handler is started with.
pub(in crate::batch) struct Start<M> {
    pub(in crate::batch) message: M,
    pub(in crate::batch) context: MessageContext,
    pub(in crate::batch) span: Span,
    /// Not to be run: an earlier run may have had its effect.
    pub(in crate::batch) in_doubt: bool,
}

impl<'a, M, H: Handler<M>> Progress<'a, M, H> {
    /// Whether a message waits for its turn.
    pub(in crate::batch) fn has_ready(&self) -> bool {
        self.open && self.schedule.has_ready()
    }

    /// The message whose turn it is.
    pub(in crate::batch) fn next(&mut self) -> Option<usize> {
        while self.open {
            let index = self.schedule.pop()?;
            // A message whose claim was lost while it waited must not run any more.
            if self.settled[index].is_none() {
                return Some(index);
            }
        }
        None
    }

    /// A message's turn has come: says how to start its handler, if there is anything to run.
    pub(in crate::batch) fn begin(
        &mut self,
        index: usize,
        budget: &TimeBudget<'_>,
    ) -> Option<Start<M>>
    where
        M: DeserializeOwned,
    {
        match std::mem::replace(&mut self.plan.steps[index], Step::Run) {
            Step::Run => self.start(index, budget),
            Step::Acknowledge => {
                self.acknowledge(index);
                None
            }
            Step::Fail(error) => {
                self.fail(index, *error);
                None
            }
            Step::Follow(leader) => {
                self.follow(index, leader);
                None
            }
            Step::Replay => {
                self.settle(index, Settled::new(Outcome::Replayed));
                None
            }
            Step::Defer { until_ms } => {
                self.settle(index, self.deferred(until_ms));
                None
            }
            Step::Unknown { error, until_ms } => {
                self.settle(index, self.unknown(*error, until_ms));
                None
            }
        }
    }

    /// What becomes of a message whose turn does not come. One whose key is held, perhaps by our
    /// own claim, is no better off for coming back at once.
    pub(super) fn left_over(&mut self, index: usize) -> Settled {
        match std::mem::replace(&mut self.plan.steps[index], Step::Run) {
            Step::Defer { until_ms } => self.deferred(until_ms),
            Step::Unknown { error, until_ms } => self.unknown(*error, until_ms),
            _ => Settled::not_started(),
        }
    }

    fn deferred(&self, until_ms: u64) -> Settled {
        Settled::new(Outcome::Deferred)
            .because("someone else holds its key")
            .hidden(Some(self.time_until(until_ms)))
    }

    fn unknown(&self, error: StoreError, until_ms: u64) -> Settled {
        Settled::new(Outcome::Retry)
            .because(HandlerError::from(error))
            .hidden(Some(self.time_until(until_ms)))
    }

    fn start(&mut self, index: usize, budget: &TimeBudget<'_>) -> Option<Start<M>>
    where
        M: DeserializeOwned,
    {
        let message = &self.messages[index];
        let decoded = match self.plan.decoded.remove(&index) {
            Some(decoded) => Ok(Some(decoded)),
            None => decode(self.settings, message).map(|it| it.map(|(it, _)| it)),
        };
        match decoded {
            Ok(Some(decoded)) => {
                let span = telemetry::message_span(message);
                self.spans.insert(index, span.clone());
                if let Some(sent_ms) = message.sent_ms() {
                    let age_ms = self.settings.clock.now_ms().saturating_sub(sent_ms);
                    self.metrics.started(Duration::from_millis(age_ms));
                }
                let mut context = MessageContext::new(self.in_batch(index), budget.handlers_end());
                let held = self.plan.held[index].as_ref();
                let in_doubt = held.is_some_and(|held| held.in_doubt);
                if held.is_some() {
                    context = self.commits.open(index, context);
                }
                Some(Start {
                    message: decoded,
                    context,
                    span,
                    in_doubt,
                })
            }
            Ok(None) => {
                self.acknowledge(index);
                None
            }
            Err(error) => {
                self.fail(index, error);
                None
            }
        }
    }

    fn acknowledge(&mut self, index: usize) {
        self.settle(index, Settled::new(Outcome::Processed));
    }

    /// The handler runs; the handle stops it.
    pub(in crate::batch) fn started(&mut self, index: usize, handle: AbortHandle) {
        self.running.insert(
            index,
            Running {
                since: Instant::now(),
                handle,
            },
        );
    }

    /// A leader always comes before its followers in the event, so that no two groups of a FIFO
    /// queue can wait for each other.
    fn follow(&mut self, index: usize, leader: usize) {
        match &self.settled[leader] {
            Some(settled) => {
                let settled = Settled::following(settled.outcome, settled.hide);
                self.settle(index, settled);
            }
            None => self.followers.entry(leader).or_default().push(index),
        }
    }

    /// The messages that are not settled yet, but those whose claim is lost: they are another's.
    pub(in crate::batch) fn in_hand(&self) -> Vec<&'a Message> {
        let messages = self.messages.iter().enumerate();
        let is_lost = |index| {
            let running = self.running.get(&index);
            running.is_some_and(|it| it.handle.is_aborted())
        };
        messages
            .filter(|&(index, _)| self.settled[index].is_none() && !is_lost(index))
            .map(|(_, message)| message)
            .collect()
    }

    /// The claims that are not settled yet.
    pub(in crate::batch) fn claims_to_renew(&self) -> impl Iterator<Item = (usize, &Held)> {
        let claims = self.plan.held.iter().enumerate();
        claims.filter_map(|(index, held)| Some((index, held.as_deref()?)))
    }
}
