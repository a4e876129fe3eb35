//! What all processes of a world share.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use lambda_queue_simulator::sqs::Sqs;
use rustc_hash::FxHashMap;
use tokio::time::Instant;

use crate::account::Account;
use crate::fault::Fault;
use crate::ledger::Ledger;
use crate::scenario::{Effects, Scenario};
use crate::store::Network;

/// When every world begins, epoch milliseconds.
pub(crate) const START_MS: u64 = 1_800_000_000_000;

/// A world, less what drives it. Locks are taken in the order of the fields.
pub(crate) struct Shared {
    pub(crate) scenario: Scenario,
    start: Instant,
    /// From this moment on nothing goes wrong any more, milliseconds since the start.
    pub(crate) calm_ms: u64,
    pub(crate) sqs: Mutex<Sqs>,
    /// The message of each receipt handle.
    pub(crate) receipts: Mutex<FxHashMap<String, u32>>,
    pub(crate) account: Account,
    pub(crate) network: Mutex<Network>,
    ledger: Mutex<Ledger>,
}

impl Shared {
    pub(crate) fn new(
        scenario: Scenario,
        calm_ms: u64,
        (sqs, account): (Sqs, Account),
        ledger: Ledger,
    ) -> Arc<Self> {
        Arc::new(Self {
            scenario,
            start: Instant::now(),
            calm_ms,
            sqs: Mutex::new(sqs),
            receipts: Mutex::default(),
            account,
            network: Mutex::default(),
            ledger: Mutex::new(ledger),
        })
    }

    /// Milliseconds since the world began.
    pub(crate) fn elapsed_ms(&self) -> u64 {
        self.start.elapsed().as_millis() as u64
    }

    /// Now, epoch milliseconds.
    pub(crate) fn now_ms(&self) -> u64 {
        START_MS + self.elapsed_ms()
    }

    /// A moment of the world, as an instant.
    pub(crate) fn instant(&self, epoch_ms: u64) -> Instant {
        self.start + std::time::Duration::from_millis(epoch_ms.saturating_sub(START_MS))
    }

    /// The ledger, open at the present time.
    pub(crate) fn ledger(&self) -> MutexGuard<'_, Ledger> {
        let mut ledger = lock(&self.ledger);
        ledger.now_ms = self.elapsed_ms();
        ledger
    }

    /// Whether this kind of fault may strike now.
    pub(crate) fn may(&self, fault: Fault) -> bool {
        self.scenario.may(fault) && self.elapsed_ms() < self.calm_ms
    }

    pub(crate) fn is_transactional(&self) -> bool {
        self.scenario.effects == Effects::Transactional
    }
}

/// A lock; no panic leaves what is behind it half changed.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
