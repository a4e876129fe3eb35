//! A batch while it runs: who may start, who is awaited, and what became of whom.

mod answers;
mod turn;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::AbortHandle;
use tokio::time::Instant;
use tracing::Span;

use super::group_commit::GroupCommit;
use super::plan::{Held, Plan};
use super::processor::Settings;
use super::schedule::Schedule;
use super::settled::Settled;
use super::write::{Write, Writer, writer};
use crate::idempotency::{Disposition, Release};
use crate::message::InBatch;
use crate::queue::Letter;
use crate::telemetry::{self, BatchMetrics};
use crate::{ErrorClass, Handler, HandlerError, Message, Policy};

pub(super) use turn::Start;

type DeadLetters<'a> = GroupCommit<'a, (usize, Letter), Vec<(usize, Result<(), String>)>>;

pub(super) struct Progress<'a, M, H: Handler<M>> {
    settings: &'a Settings<M, H>,
    messages: &'a Arc<Vec<Message>>,
    plan: Plan<M>,
    schedule: Schedule,
    /// Whether messages may still be started.
    open: bool,
    running: HashMap<usize, Running>,
    metrics: BatchMetrics,
    spans: HashMap<usize, Span>,
    awaited: HashMap<usize, Awaited>,
    followers: HashMap<usize, Vec<usize>>,
    settled: Vec<Option<Settled>>,
    pub(super) writer: Writer<'a>,
    pub(super) dead_letters: DeadLetters<'a>,
}

/// A handler that runs.
struct Running {
    since: Instant,
    handle: AbortHandle,
}

/// What a message that has run waits for.
enum Awaited {
    /// Its result to be recorded; the claim stands until then, epoch milliseconds.
    Completion { lease_until_ms: u64 },
    /// The dead-letter queue to take it, because of this.
    DeadLetter(HandlerError),
}

impl<'a, M, H: Handler<M>> Progress<'a, M, H> {
    pub(super) fn new(
        settings: &'a Settings<M, H>,
        messages: &'a Arc<Vec<Message>>,
        plan: Plan<M>,
    ) -> Self {
        let queue = messages.first().map_or("", |message| message.queue_arn());
        let store = settings
            .idempotency
            .as_ref()
            .map(|idempotency| &idempotency.store);
        Self {
            settings,
            messages,
            plan,
            schedule: Schedule::new(messages.iter()),
            open: true,
            running: HashMap::new(),
            metrics: BatchMetrics::new(&settings.function, queue),
            spans: HashMap::new(),
            awaited: HashMap::new(),
            followers: HashMap::new(),
            settled: messages.iter().map(|_| None).collect(),
            writer: writer(store, messages.len()),
            dead_letters: dead_letters(settings),
        }
    }

    /// Whether nothing is left to start or to wait for.
    pub(super) fn is_done(&self) -> bool {
        !self.open && self.writer.is_idle() && self.dead_letters.is_idle()
    }

    pub(super) fn flush(&mut self) {
        self.writer.flush();
        self.dead_letters.flush();
    }

    /// Ends the batch once nothing is awaited: what has not started by now will not.
    pub(super) fn close_if_settled(&mut self) {
        if self.open && self.awaited.is_empty() {
            self.close();
        }
    }

    /// The time is over: running handlers have been dropped, and nothing more starts.
    pub(super) fn cut_off(&mut self) {
        for index in std::mem::take(&mut self.running).into_keys() {
            self.fail(index, super::run::cut_off());
        }
        self.close();
    }

    fn close(&mut self) {
        self.open = false;
        for index in 0..self.messages.len() {
            if !self.awaited.contains_key(&index) {
                self.settle(index, Settled::not_started());
            }
        }
    }

    /// What became of every message. What is awaited still has an unknown outcome: reported.
    pub(super) fn finish(mut self) -> Vec<Settled> {
        self.close();
        for (index, awaited) in std::mem::take(&mut self.awaited) {
            let settled = match awaited {
                Awaited::Completion { lease_until_ms } => {
                    self.unrecorded(lease_until_ms, "the store did not answer in time")
                }
                Awaited::DeadLetter(error) => self.retry(
                    index,
                    &error,
                    "; the dead-letter queue did not answer in time",
                ),
            };
            self.settle(index, settled);
        }
        self.metrics.emit();
        let unsettled = || Settled::not_started();
        self.settled
            .into_iter()
            .map(|settled| settled.unwrap_or_else(unsettled))
            .collect()
    }

    /// The message has failed: released, and then dead-lettered or reported.
    fn fail(&mut self, index: usize, error: HandlerError) {
        let held = self.plan.held[index].take();
        let policy = held.as_ref().map(|held| held.policy).unwrap_or_default();
        let class = class_under(policy, &error);
        let parked = policy == Policy::Quarantine && class == ErrorClass::Indeterminate;
        if let Some(held) = held {
            let disposition = if parked {
                Disposition::Quarantine
            } else {
                Disposition::Rerun
            };
            self.release(held, disposition, Some(class));
        }
        let error = error.with_class(class);
        if (parked || class == ErrorClass::Permanent) && self.settings.dead_letter.is_some() {
            let message = self.in_batch(index);
            let (error_type, reason) = (error.type_name().to_owned(), error.to_string());
            self.dead_letters.push((
                index,
                Letter {
                    message,
                    error_type,
                    reason,
                },
            ));
            self.awaited.insert(index, Awaited::DeadLetter(error));
        } else {
            let settled = self.retry(index, &error, "");
            self.settle(index, settled);
        }
    }

    fn in_batch(&self, index: usize) -> InBatch {
        InBatch {
            batch: Arc::clone(self.messages),
            index,
        }
    }

    fn release(&mut self, held: Held, disposition: Disposition, class: Option<ErrorClass>) {
        let Held { id, owner, .. } = held;
        let last_error = class.map(|class| class.as_str().to_owned());
        self.writer.push(Write::Release(Release {
            id,
            owner,
            disposition,
            last_error,
        }));
    }

    /// Settles a message, and with it those that depend on it. The first word stands.
    fn settle(&mut self, index: usize, settled: Settled) {
        let mut to_settle = vec![(index, settled)];
        while let Some((index, settled)) = to_settle.pop() {
            if self.settled[index].is_some() {
                continue;
            }
            telemetry::settled(&self.messages[index], &settled, self.spans.remove(&index));
            let (outcome, hide) = (settled.outcome, settled.hide);
            self.metrics.count(outcome);
            self.settled[index] = Some(settled);
            // Claimed, but never run.
            if let Some(held) = self.plan.held[index].take() {
                self.release(held, Disposition::Rerun, None);
            }
            if outcome.is_reported() {
                let rest = self.schedule.failed(index).into_iter();
                to_settle.extend(rest.map(|next| (next, Settled::blocked(hide))));
            } else {
                self.schedule.succeeded(index);
            }
            let followers = self
                .followers
                .remove(&index)
                .unwrap_or_default()
                .into_iter();
            to_settle.extend(followers.map(|one| (one, Settled::following(outcome, hide))));
        }
    }

    fn retry(&self, index: usize, error: &HandlerError, addition: &str) -> Settled {
        let delay = self.settings.retry.as_ref().map(|retry| {
            let backoff = || retry.backoff.delay(self.messages[index].receive_count());
            error.requested_delay().unwrap_or_else(backoff)
        });
        Settled::new(super::Outcome::Retry)
            .because(format!("{error}{addition}"))
            .of_class(error.class())
            .hidden(delay)
    }

    /// The effect happened, and whether its result is recorded is unknown: hidden until our own
    /// claim is over, so that it comes back to a record that can be judged.
    fn unrecorded(&self, lease_until_ms: u64, error: impl std::fmt::Display) -> Settled {
        let margin_ms = self
            .settings
            .idempotency
            .as_ref()
            .map_or(0, |one| one.margin_ms());
        let until_ms = lease_until_ms.saturating_add(margin_ms);
        Settled::new(super::Outcome::Retry)
            .because(format!("its result may not be recorded: {error}"))
            .hidden(Some(self.time_until(until_ms)))
    }

    /// Whole seconds, rounded up: hidden a little too long is better than back too early.
    fn time_until(&self, epoch_ms: u64) -> Duration {
        let left_ms = epoch_ms.saturating_sub(self.settings.clock.now_ms());
        Duration::from_secs(left_ms.div_ceil(1000))
    }
}

/// Under quarantine only an error that somebody vouched for is rerun.
fn class_under(policy: Policy, error: &HandlerError) -> ErrorClass {
    error.class().unwrap_or(match policy {
        Policy::Rerun => ErrorClass::Retryable,
        Policy::Quarantine => ErrorClass::Indeterminate,
    })
}

fn dead_letters<M, H: Handler<M>>(settings: &Settings<M, H>) -> DeadLetters<'_> {
    GroupCommit::new(move |group: Vec<(usize, Letter)>| {
        let queue = settings.dead_letter.as_ref();
        let sending = async move {
            let (indices, letters): (Vec<_>, Vec<_>) = group.into_iter().unzip();
            let sent = match queue {
                Some(queue) => queue.send(&letters).await,
                None => Vec::new(),
            };
            indices.into_iter().zip(sent).collect()
        };
        sending.boxed()
    })
}
