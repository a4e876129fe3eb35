//! A batch while it runs: who may start, who is awaited, and what became of whom.

mod answers;
mod settle;
mod turn;

use std::collections::BTreeMap;
use std::sync::Arc;

use futures_util::FutureExt;
use futures_util::future::AbortHandle;
use rustc_hash::FxHashMap;
use tokio::time::Instant;
use tracing::Span;

use super::commits::Commits;
use super::group_commit::GroupCommit;
use super::host::Host;
use super::plan::{Held, Plan};
use super::schedule::Schedule;
use super::settings::Settings;
use super::settled::Settled;
use super::write::{Writer, writer};
use crate::queue::Letter;
use crate::telemetry::BatchMetrics;
use crate::{Handler, HandlerError, Message};

pub(super) use turn::Start;

type DeadLetters<'a> = GroupCommit<'a, (usize, Letter), Vec<(usize, Result<(), String>)>>;

pub(super) struct Progress<'a, M, H: Handler<M>> {
    settings: &'a Settings<M, H>,
    messages: &'a Arc<Vec<Message>>,
    plan: Plan<M>,
    host: Option<&'a dyn Host>,
    schedule: Schedule,
    /// Whether messages may still be started.
    open: bool,
    /// In the order of the batch, in which they are settled together.
    running: BTreeMap<usize, Running>,
    metrics: BatchMetrics,
    spans: FxHashMap<usize, Span>,
    awaited: BTreeMap<usize, Awaited>,
    followers: FxHashMap<usize, Vec<usize>>,
    settled: Vec<Option<Settled>>,
    pub(super) writer: Writer<'a>,
    pub(super) commits: Commits<'a>,
    pub(super) dead_letters: DeadLetters<'a>,
}

/// A handler that runs.
struct Running {
    since: Instant,
    handle: AbortHandle,
}

/// What a message that has run waits for.
enum Awaited {
    /// Its result to be recorded, by this claim.
    Completion(Box<Held>),
    /// The dead-letter queue to take it, because of this.
    DeadLetter(HandlerError),
}

impl<'a, M, H: Handler<M>> Progress<'a, M, H> {
    pub(super) fn new(
        settings: &'a Settings<M, H>,
        messages: &'a Arc<Vec<Message>>,
        plan: Plan<M>,
        host: Option<&'a dyn Host>,
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
            host,
            schedule: Schedule::new(messages.iter()),
            open: true,
            running: BTreeMap::new(),
            metrics: BatchMetrics::new(&settings.function, queue),
            spans: FxHashMap::default(),
            awaited: BTreeMap::new(),
            followers: FxHashMap::default(),
            settled: messages.iter().map(|_| None).collect(),
            writer: writer(store, messages.len()),
            commits: Commits::new(store.map(|store| &**store)),
            dead_letters: dead_letters(settings),
        }
    }

    /// Whether nothing is left to start or to wait for.
    pub(super) fn is_done(&self) -> bool {
        !self.open && self.writer.is_idle() && self.commits.is_idle() && self.dead_letters.is_idle()
    }

    pub(super) fn flush(&mut self) {
        self.writer.flush();
        self.commits.flush();
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
            // What it wanted written goes with it.
            drop(self.commits.close(index));
            self.fail(index, super::attempt::cut_off());
        }
        self.close();
    }

    fn close(&mut self) {
        self.open = false;
        for index in 0..self.messages.len() {
            if self.settled[index].is_none() && !self.awaited.contains_key(&index) {
                let settled = self.left_over(index);
                self.settle(index, settled);
            }
        }
    }

    /// What became of every message. What is awaited still has an unknown outcome: reported.
    pub(super) fn finish(mut self) -> Vec<Settled> {
        // A handler that kept the thread busy may have let both limits pass at once.
        self.cut_off();
        for (index, awaited) in std::mem::take(&mut self.awaited) {
            let settled = match awaited {
                Awaited::Completion(held) => {
                    self.unrecorded(held.lease_until_ms, "the store did not answer in time")
                }
                Awaited::DeadLetter(error) => self.retry(
                    index,
                    &error,
                    "; the dead-letter queue did not answer in time",
                ),
            };
            self.settle(index, settled);
        }
        match self.host {
            Some(host) => host.measured(self.metrics),
            None => self.metrics.emit(),
        }
        let unsettled = || Settled::not_started();
        self.settled
            .into_iter()
            .map(|settled| settled.unwrap_or_else(unsettled))
            .collect()
    }
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
