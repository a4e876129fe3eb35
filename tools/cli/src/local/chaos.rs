//! Faults on purpose: what AWS does rarely, done often, so that users see their handlers survive.

mod dice;
mod faults;

use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};

use lambda_queue_simulator::sqs::Delivery;

pub(crate) use dice::Dice;
pub(crate) use faults::Faults;

/// The faults of a run. Each kind has a generator of its own, so that one does not shift another.
#[derive(Debug, Default)]
pub(crate) struct Chaos {
    faults: Faults,
    seed: u64,
    throttle: Dice,
}

impl Chaos {
    /// `faults` as often as they say, decided by `seed`.
    pub(crate) fn new(faults: Faults, seed: u64) -> Self {
        Self {
            faults,
            seed,
            throttle: Dice::new(faults.throttle, seed_of(seed, "throttle")),
        }
    }

    pub(crate) fn faults(&self) -> Faults {
        self.faults
    }

    pub(crate) fn seed(&self) -> u64 {
        self.seed
    }

    /// How queues deliver.
    pub(crate) fn delivery(&self) -> Delivery {
        let Faults {
            duplicate, reorder, ..
        } = self.faults;
        Delivery::default()
            .with_duplicate(duplicate)
            .with_reorder(reorder)
    }

    /// Whether DynamoDB has no room for a request.
    pub(crate) fn throttle(&self) -> &Dice {
        &self.throttle
    }

    /// Which invocations of a function die: its first, its seventh, whatever the others do.
    pub(crate) fn kill(&self, function: &str) -> Dice {
        Dice::new(self.faults.kill, seed_of(self.seed, function))
    }
}

fn seed_of(seed: u64, what: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    (seed, what).hash(&mut hasher);
    hasher.finish()
}
