use futures_util::future::Aborted;
use tracing::warn;

use super::super::Outcome;
use super::super::attempt::Attempted;
use super::super::commits::{Committed, Writes};
use super::super::heartbeat::Renewal;
use super::super::plan::{Held, quarantined};
use super::super::settled::Settled;
use super::super::write::{Recorded, Write};
use super::{Awaited, Progress};
use crate::idempotency::{CompleteOutcome, Completion, LeaseOutcome};
use crate::{Handler, HandlerError, Reconciliation};

const LEASE_LOST: &str = "its claim was lost to another worker";

impl<M, H: Handler<M>> Progress<'_, M, H> {
    /// A handler came to its end, or was stopped because its claim was lost.
    pub(in crate::batch) fn handled(
        &mut self,
        index: usize,
        result: Result<Result<Attempted<H::Output>, HandlerError>, Aborted>,
    ) {
        if let Some(running) = self.running.remove(&index) {
            self.metrics.handled(running.since.elapsed());
        }
        let writes = self.commits.close(index);
        let data = match result {
            Ok(Ok(Attempted::Handled(output))) => self.settings.encode(&output),
            Ok(Ok(Attempted::Reconciled(Reconciliation::Completed(output)))) => {
                output.map(|it| it.to_string())
            }
            Ok(Ok(Attempted::Reconciled(Reconciliation::Unknown))) => {
                return self.fail(index, quarantined());
            }
            Ok(Err(error)) => return self.fail(index, error),
            Err(Aborted) => return self.lose(index),
        };
        match writes {
            Ok(writes) => self.succeed(index, data, writes),
            Err(error) => self.fail(index, error),
        }
    }

    fn succeed(&mut self, index: usize, data: Option<String>, writes: Option<Writes>) {
        let (Some(held), Some(idempotency)) =
            (self.plan.held[index].take(), &self.settings.idempotency)
        else {
            return self.settle(index, Settled::new(Outcome::Processed));
        };
        let completion = Completion {
            id: held.id.clone(),
            owner: held.owner.clone(),
            data,
            expires_at_s: idempotency.expires_at_s(self.settings.clock.now_ms()),
        };
        match writes {
            Some(writes) => self.commits.push(index, completion, writes),
            None => self.writer.push(Write::Complete(index, completion)),
        }
        self.awaited.insert(index, Awaited::Completion(held));
    }

    /// The store answered a commit. One that wrote nothing is the handler's failure.
    pub(in crate::batch) fn committed(&mut self, (index, answer): Committed) {
        match answer {
            Ok(answer) => self.written(vec![(index, answer)]),
            Err(error) => {
                if let Some(Awaited::Completion(held)) = self.awaited.remove(&index) {
                    self.plan.held[index] = Some(held);
                    self.fail(index, error);
                }
            }
        }
    }

    /// The store answered a group of completions.
    pub(in crate::batch) fn written(&mut self, answers: Vec<Recorded>) {
        for (index, answer) in answers {
            let Some(Awaited::Completion(held)) = self.awaited.remove(&index) else {
                continue;
            };
            let settled = match answer {
                Ok(CompleteOutcome::Recorded) => {
                    self.remember(*held);
                    Settled::new(Outcome::Processed)
                }
                Ok(CompleteOutcome::Diverged) => {
                    let message_id = self.messages[index].id();
                    warn!(
                        message_id,
                        "another worker had recorded a result for this key"
                    );
                    Settled::new(Outcome::Processed)
                }
                Ok(CompleteOutcome::LeaseLost) => {
                    Settled::new(Outcome::LeaseLost).because(LEASE_LOST)
                }
                Err(error) => self.unrecorded(held.lease_until_ms, HandlerError::from(error)),
            };
            self.settle(index, settled);
        }
    }

    /// The key's result is recorded: its duplicates are replays, if that is to be kept in mind.
    fn remember(&self, held: Held) {
        let idempotency = self.settings.idempotency.as_ref();
        if let Some(completed) = idempotency.and_then(|it| it.completed.as_ref()) {
            completed.remember(held.id, held.validation, held.expires_at_s);
        }
    }

    /// The dead-letter queue answered a group of messages.
    pub(in crate::batch) fn dead_lettered(&mut self, answers: Vec<(usize, Result<(), String>)>) {
        for (index, answer) in answers {
            let Some(Awaited::DeadLetter(error)) = self.awaited.remove(&index) else {
                continue;
            };
            let settled = match answer {
                Ok(()) => Settled::new(Outcome::DeadLettered)
                    .because(&error)
                    .of_class(error.class()),
                Err(reason) => {
                    let addition = format!("; it could not be dead-lettered: {reason}");
                    self.retry(index, &error, &addition)
                }
            };
            self.settle(index, settled);
        }
    }

    /// The store answered a heartbeat. A handler whose claim is lost, or whose lease ended without
    /// an answer, is stopped.
    pub(in crate::batch) fn renewed(&mut self, renewals: Vec<Renewal>) {
        let now_ms = self.settings.clock.now_ms();
        for Renewal {
            index,
            lease_until_ms,
            outcome,
        } in renewals
        {
            let Some(held) = &mut self.plan.held[index] else {
                continue;
            };
            match outcome {
                Some(LeaseOutcome::Applied) => held.lease_until_ms = lease_until_ms,
                None if now_ms < held.lease_until_ms => {}
                Some(LeaseOutcome::LeaseLost) | None => match self.running.get(&index) {
                    Some(running) => running.handle.abort(),
                    None => self.lose(index),
                },
            }
        }
    }

    fn lose(&mut self, index: usize) {
        // Nothing to release: the record is another's.
        self.plan.held[index] = None;
        self.settle(index, Settled::new(Outcome::LeaseLost).because(LEASE_LOST));
    }
}
