//! Requests under way, and the store they reach.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use futures_util::FutureExt;
use lambda_queue::idempotency::record::RecordId;
use lambda_queue::idempotency::{
    Claim, ClaimOutcome, CompleteOutcome, Completion, Extension, LeaseOutcome, Release, StoreFuture,
};
use lambda_queue::{IdempotencyStore, MemoryStore};
use rustc_hash::FxHashMap;
use tokio::time::Instant;

use super::fate::Fate;
use super::{Slot, Slots, sabotaged};
use crate::fault::Fault;
use crate::ledger::Ledger;
use crate::process::Process;
use crate::sabotage::Sabotage;
use crate::shared::{Shared, lock};

/// The real memory store behind what is on its way to it.
#[derive(Default)]
pub(crate) struct Network {
    pub(super) store: MemoryStore,
    keys: FxHashMap<RecordId, u32>,
    under_way: BinaryHeap<Reverse<UnderWay>>,
    sent: u64,
}

/// What is asked of the store for one message; a claim comes with its key.
#[derive(Clone, Debug)]
pub(super) enum Request {
    Claim(u32, Claim),
    Complete(Completion),
    Release(Release),
    Extend(Extension),
    /// A completion with its transactional effect.
    Commit(Completion),
}

/// What it comes to.
#[derive(Clone, Debug)]
pub(super) enum Answer {
    Claim(ClaimOutcome),
    Complete(CompleteOutcome),
    Lease(LeaseOutcome),
    Cancelled,
}

/// A call: where its answers will be, and when.
pub(super) struct Sent {
    pub(super) slots: Slots,
    pub(super) answered: Instant,
}

struct UnderWay {
    at: Instant,
    /// Requests of one time are carried out as they were sent.
    order: u64,
    requests: Vec<(Option<usize>, u32, Request)>,
    slots: Slots,
    alive: Arc<AtomicBool>,
}

impl Request {
    fn id(&self) -> &RecordId {
        match self {
            Self::Claim(_, claim) => &claim.id,
            Self::Complete(completion) | Self::Commit(completion) => &completion.id,
            Self::Release(release) => &release.id,
            Self::Extend(extension) => &extension.id,
        }
    }
}

impl Shared {
    /// Sends the requests of a call; each has its own fate.
    pub(super) fn send(&self, process: &Process, requests: Vec<Request>) -> Sent {
        let now = Instant::now();
        let mut network = lock(&self.network);
        let mut ledger = self.ledger();
        let alive = Arc::clone(&process.alive);
        let slots: Slots = Slots::default();
        lock(&slots).resize_with(requests.len(), Slot::default);
        let mut together: Vec<(Option<usize>, u32, Request)> = Vec::with_capacity(requests.len());
        let mut answered = Duration::ZERO;
        let mut first = Duration::from_millis(1);
        for (index, request) in requests.into_iter().enumerate() {
            let key = network.key_of(&request);
            let fate = self.fate(&mut ledger, key, &request);
            answered = answered.max(fate.answered);
            if fate.cancelled {
                lock(&slots)[index].answer = Some(Answer::Cancelled);
            }
            let Some(fault) = fate.fault else {
                first = fate.carried_out.first().copied().unwrap_or(first);
                together.push((Some(index), key, request));
                continue;
            };
            struck(&mut ledger, key, fault, &request);
            for (copy, after) in fate.carried_out.into_iter().enumerate() {
                let heard = (fate.heard == Some(copy)).then_some(index);
                let request = vec![(heard, key, request.clone())];
                network.push(now + after, request, &slots, &alive);
            }
        }
        if !together.is_empty() {
            network.push(now + first, together, &slots, &alive);
        }
        let answered = now + answered.max(first + Duration::from_millis(1));
        Sent { slots, answered }
    }

    fn fate(&self, ledger: &mut Ledger, key: u32, request: &Request) -> Fate {
        let dice = self.scenario.dice().of(4).of(key.into());
        let dice = dice.of(ledger.request(key).into());
        let is_commit = matches!(request, Request::Commit(_));
        Fate::of(dice, is_commit, |fault| self.may(fault))
    }

    /// Carries out what has arrived by now.
    pub(crate) fn settle(&self) {
        let now = Instant::now();
        let mut network = lock(&self.network);
        while network
            .under_way
            .peek()
            .is_some_and(|Reverse(it)| it.at <= now)
        {
            let Some(Reverse(arrived)) = network.under_way.pop() else {
                return;
            };
            let mut ledger = self.ledger();
            let is_zombie = !arrived.alive.load(Ordering::Relaxed);
            for (slot, key, request) in arrived.requests {
                if is_zombie {
                    ledger.strike(key, Fault::Zombie);
                }
                let answer = network.carry_out(key, &request, self.scenario.sabotage, &mut ledger);
                if let Some(slot) = slot
                    && let Some(slot) = lock(&arrived.slots).get_mut(slot)
                {
                    slot.answer = answer;
                }
            }
        }
    }
}

/// A fault strikes the first message of the key. What it does to a completion may leave the result
/// unrecorded, unless only the answer suffers.
fn struck(ledger: &mut Ledger, key: u32, fault: Fault, request: &Request) {
    ledger.strike(key, fault);
    let only_answer = matches!(fault, Fault::AnswerLost | Fault::AnswerLate);
    if matches!(request, Request::Complete(_)) && !only_answer {
        ledger.excuse(key, "its completion met a fault");
    }
}

impl Network {
    pub(crate) fn is_idle(&self) -> bool {
        self.under_way.is_empty()
    }

    /// Compares all records with what is known of them.
    pub(crate) fn check(&self, ledger: &mut Ledger) {
        for (id, record) in self.store.records() {
            if let Some(key) = self.keys.get(&id) {
                ledger.check_record(*key, &record);
            }
        }
    }

    fn key_of(&mut self, request: &Request) -> u32 {
        match request {
            Request::Claim(key, claim) => *self.keys.entry(claim.id.clone()).or_insert(*key),
            other => self.keys.get(other.id()).copied().unwrap_or_default(),
        }
    }

    fn push(
        &mut self,
        at: Instant,
        requests: Vec<(Option<usize>, u32, Request)>,
        slots: &Slots,
        alive: &Arc<AtomicBool>,
    ) {
        self.sent += 1;
        self.under_way.push(Reverse(UnderWay {
            at,
            order: self.sent,
            requests,
            slots: Arc::clone(slots),
            alive: Arc::clone(alive),
        }));
    }

    fn carry_out(
        &self,
        key: u32,
        request: &Request,
        sabotage: Option<Sabotage>,
        ledger: &mut Ledger,
    ) -> Option<Answer> {
        let changed = sabotage.map(|it| sabotaged::before(it, &self.store, request.clone()));
        let answer = match changed.as_ref().unwrap_or(request) {
            Request::Claim(_, claim) => {
                let outcome = one(self.store.claim(std::slice::from_ref(claim)))?;
                ledger.claimed(key, &claim.owner, &outcome);
                Answer::Claim(outcome)
            }
            Request::Complete(it) => Answer::Complete(self.complete(key, it, ledger)?),
            Request::Commit(it) => {
                let before = self.store.get(&it.id);
                let outcome = self.complete(key, it, ledger)?;
                let written = before != self.store.get(&it.id);
                if written || sabotage == Some(Sabotage::TornTransaction) {
                    ledger.committed(key);
                }
                Answer::Complete(outcome)
            }
            Request::Release(it) => {
                let outcome = one(self.store.release(std::slice::from_ref(it), 1))?;
                ledger.written(key, &it.owner, outcome);
                Answer::Lease(outcome)
            }
            Request::Extend(it) => {
                let outcome = one(self.store.extend(std::slice::from_ref(it), 1))?;
                ledger.written(key, &it.owner, outcome);
                Answer::Lease(outcome)
            }
        };
        Some(match sabotage {
            Some(sabotage) => sabotaged::after(sabotage, answer),
            None => answer,
        })
    }

    fn complete(&self, key: u32, it: &Completion, ledger: &mut Ledger) -> Option<CompleteOutcome> {
        let outcome = one(self.store.complete(std::slice::from_ref(it), 1))?;
        ledger.completed(key, &it.owner, text_in(it), outcome);
        Some(outcome)
    }
}

/// The handler's output is the text of its message.
fn text_in(completion: &Completion) -> u32 {
    let data = completion.data.as_deref();
    data.and_then(|it| it.parse().ok()).unwrap_or_default()
}

/// The answer of a store that has all of them at once.
fn one<T>(answers: StoreFuture<'_, T>) -> Option<T> {
    answers.now_or_never()?.pop()?.ok()
}

impl PartialEq for UnderWay {
    fn eq(&self, other: &Self) -> bool {
        self.order == other.order
    }
}

impl Eq for UnderWay {}

impl PartialOrd for UnderWay {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for UnderWay {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        (self.at, self.order).cmp(&(other.at, other.order))
    }
}
