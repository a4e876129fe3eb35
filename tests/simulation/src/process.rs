//! A process of the function: the real processor, with a clock and an end of its own.

mod doom;

use std::sync::atomic::{AtomicBool, AtomicU64};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use lambda_queue::{
    Backoff, BatchProcessor, Clock, HandlerError, Idempotency, Policy, Reconciliation,
};
use tokio::time::sleep;

pub(crate) use doom::{Doom, End, Mortal};

use crate::fault::Fault;
use crate::order::Order;
use crate::sabotage::Sabotage;
use crate::scenario::{Effects, Skew};
use crate::shared::{Shared, lock};
use crate::store::Connection;
use crate::work::Work;

/// How far they differ where they differ by more.
const BEYOND_MS: i64 = 10_000;

/// What of a process is seen from outside.
#[derive(Debug)]
pub(crate) struct Process {
    /// Ends with the process, for good.
    pub(crate) alive: Arc<AtomicBool>,
    /// The keys the processor has asked for since its last claim.
    pub(crate) keys: Mutex<Vec<u32>>,
    /// Which invocation it works on.
    pub(crate) invocation: AtomicU64,
    /// How far its clock is off, milliseconds.
    pub(crate) off_ms: i64,
}

/// A process that waits for its next batch.
pub(crate) struct Sandbox {
    pub(crate) process: Arc<Process>,
    pub(crate) processor: BatchProcessor<Order, Work>,
    pub(crate) clock: Clock,
}

impl Sandbox {
    /// The process with this number.
    pub(crate) fn new(shared: &Arc<Shared>, number: u64) -> Option<Self> {
        let off_ms = skew(shared, number);
        let process = Arc::new(Process {
            alive: Arc::new(AtomicBool::new(true)),
            keys: Mutex::default(),
            invocation: AtomicU64::new(0),
            off_ms,
        });
        let clock = Clock::starting_at(shared.now_ms().saturating_add_signed(off_ms));
        let work = Work {
            shared: Arc::clone(shared),
            process: Arc::clone(&process),
        };
        let account = &shared.account;
        let backoff = Backoff::exponential(Duration::from_secs(1), Duration::from_secs(60));
        let processor = BatchProcessor::builder(work)
            .idempotency(idempotency(shared, &process))
            .store_output()
            .retry(backoff, account.client(shared))
            .dead_letter_queue(account.client(shared), &*account.dead_letters)
            .clock(clock)
            .build()
            .ok()?;
        Some(Self {
            process,
            processor,
            clock,
        })
    }

    /// The fault in its clock, if it has one.
    pub(crate) fn skew(&self, shared: &Shared) -> Option<Fault> {
        match self.process.off_ms.abs() {
            0 => None,
            off if off <= within_ms(shared) => Some(Fault::Skew),
            _ => Some(Fault::SkewBeyond),
        }
    }
}

fn idempotency(shared: &Arc<Shared>, process: &Arc<Process>) -> Idempotency<Order> {
    let store = Connection {
        shared: Arc::clone(shared),
        process: Arc::clone(process),
    };
    let asked = Arc::clone(process);
    let key = move |order: &Order| {
        lock(&asked.keys).push(order.key);
        order.key
    };
    let margin = match shared.scenario.sabotage {
        Some(Sabotage::NoMargin) => Duration::ZERO,
        _ => Duration::from_millis(shared.scenario.margin_ms.into()),
    };
    let idempotency = Idempotency::new(store, key)
        .namespace("simulation")
        .payload(|order: &Order| order.text)
        .clock_margin(margin)
        .policy(match shared.scenario.effects {
            Effects::Quarantine => Policy::Quarantine,
            Effects::Rerun | Effects::Transactional => Policy::Rerun,
        });
    if !shared.scenario.reconciles {
        return idempotency;
    }
    let shared = Arc::clone(shared);
    idempotency.reconcile(move |order: Order, _| reconcile(Arc::clone(&shared), order))
}

/// Asks whether the effect was made, which cannot always be told at once.
async fn reconcile(shared: Arc<Shared>, order: Order) -> Result<Reconciliation, HandlerError> {
    sleep(Duration::from_millis(20)).await;
    shared.settle();
    let dice = shared.scenario.dice().of(10).of(order.n.into());
    let fails = dice.of(shared.elapsed_ms()).happens(2_000);
    if fails && shared.may(Fault::HandlerFailed) {
        return Err(HandlerError::retryable("it cannot be told yet"));
    }
    Ok(match shared.ledger().reconciled(order.key) {
        true => Reconciliation::Completed(Some(order.text.into())),
        false => Reconciliation::Unknown,
    })
}

/// Two clocks that are off by this differ by no more than the margin.
fn within_ms(shared: &Shared) -> i64 {
    i64::from(shared.scenario.margin_ms) / 2
}

/// How far the clock of the process with this number is off, milliseconds.
fn skew(shared: &Shared, number: u64) -> i64 {
    let dice = shared.scenario.dice().of(6).of(number);
    let (most, fault) = match shared.scenario.skew {
        Skew::Within => (within_ms(shared), Fault::Skew),
        Skew::Beyond => (BEYOND_MS, Fault::SkewBeyond),
    };
    if !shared.scenario.may(fault) {
        return 0;
    }
    // The ends are where it breaks.
    match dice.below(3) {
        0 => -most,
        1 => most,
        _ => dice.of(1).below(2 * most.unsigned_abs()) as i64 - most,
    }
}
