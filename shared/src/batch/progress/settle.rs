use std::fmt::Display;
use std::sync::Arc;
use std::time::Duration;

use super::super::Outcome;
use super::super::plan::Held;
use super::super::settled::Settled;
use super::super::write::Write;
use super::{Awaited, Progress};
use crate::idempotency::{Disposition, Release};
use crate::message::InBatch;
use crate::queue::Letter;
use crate::{ErrorClass, Handler, HandlerError, Policy, telemetry};

impl<M, H: Handler<M>> Progress<'_, M, H> {
    /// The message has failed: released, and then dead-lettered or reported.
    pub(super) fn fail(&mut self, index: usize, error: HandlerError) {
        let held = self.plan.held[index].take();
        let policy = held.as_ref().map(|held| held.policy).unwrap_or_default();
        let class = class_under(policy, &error);
        let in_doubt = held.as_ref().is_some_and(|held| held.in_doubt);
        let unsure = policy == Policy::Quarantine && class == ErrorClass::Indeterminate;
        let parked = unsure || in_doubt;
        if let Some(held) = held {
            let disposition = if parked {
                Disposition::Quarantine
            } else {
                Disposition::Rerun
            };
            self.release(*held, disposition, Some(class));
        }
        let error = error.with_class(class);
        // Of what is parked, the hook is asked when its message comes back.
        let idempotency = self.settings.idempotency.as_ref();
        let reconciles = idempotency.is_some_and(|it| it.reconcile.is_some());
        let is_dead = class == ErrorClass::Permanent || (parked && !reconciles);
        if is_dead && self.settings.dead_letter.is_some() {
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

    pub(super) fn in_batch(&self, index: usize) -> InBatch {
        InBatch {
            batch: Arc::clone(self.messages),
            index,
        }
    }

    pub(super) fn release(
        &mut self,
        held: Held,
        disposition: Disposition,
        class: Option<ErrorClass>,
    ) {
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
    pub(super) fn settle(&mut self, index: usize, settled: Settled) {
        let mut to_settle = vec![(index, settled)];
        while let Some((index, settled)) = to_settle.pop() {
            if self.settled[index].is_some() {
                continue;
            }
            telemetry::settled(&self.messages[index], &settled, self.spans.remove(&index));
            let (outcome, hide) = (settled.outcome, settled.hide);
            self.metrics.count(outcome);
            if let Some(host) = self.host {
                host.settled(&self.messages[index], &settled);
            }
            self.settled[index] = Some(settled);
            // Claimed, but never run.
            if let Some(held) = self.plan.held[index].take() {
                let disposition = match held.in_doubt {
                    true => Disposition::Quarantine,
                    false => Disposition::Rerun,
                };
                self.release(*held, disposition, None);
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

    pub(super) fn retry(&self, index: usize, error: &HandlerError, addition: &str) -> Settled {
        let delay = self.settings.retry.as_ref().map(|retry| {
            let backoff = || retry.backoff.delay(self.messages[index].receive_count());
            error.requested_delay().unwrap_or_else(backoff)
        });
        Settled::new(Outcome::Retry)
            .because(format!("{error}{addition}"))
            .of_class(error.class())
            .hidden(delay)
    }

    /// The effect happened, and whether its result is recorded is unknown: hidden until our own
    /// claim is over, so that it comes back to a record that can be judged.
    pub(super) fn unrecorded(&self, lease_until_ms: u64, error: impl Display) -> Settled {
        let margin_ms = self
            .settings
            .idempotency
            .as_ref()
            .map_or(0, |one| one.margin_ms());
        let until_ms = lease_until_ms.saturating_add(margin_ms);
        Settled::new(Outcome::Retry)
            .because(format!("its result may not be recorded: {error}"))
            .hidden(Some(self.time_until(until_ms)))
    }

    /// Whole seconds, rounded up: hidden a little too long is better than back too early.
    pub(super) fn time_until(&self, epoch_ms: u64) -> Duration {
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
