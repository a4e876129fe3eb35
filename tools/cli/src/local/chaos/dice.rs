//! Chance, counted.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Mutex, MutexGuard, PoisonError};

use fastrand::Rng;

/// Says yes with a probability. The answers come in the same order from the same seed.
#[derive(Debug)]
pub(crate) struct Dice {
    probability: f64,
    rng: Mutex<Rng>,
    hits: AtomicU64,
    /// How often it is to happen whatever the dice say.
    owed: AtomicU64,
}

impl Default for Dice {
    fn default() -> Self {
        Self::new(0.0, 0)
    }
}

impl Dice {
    pub(super) fn new(probability: f64, seed: u64) -> Self {
        Self {
            probability,
            rng: Mutex::new(Rng::with_seed(seed)),
            hits: AtomicU64::new(0),
            owed: AtomicU64::new(0),
        }
    }

    /// Whether it happens this time; with it a number from 0 to 1 that says how.
    pub(crate) fn throw(&self) -> Option<f64> {
        if self.probability <= 0.0 {
            return None;
        }
        let (chance, how) = {
            let mut rng = self.rng();
            // Both are taken in any case: an answer does not depend on those before it.
            (rng.f64(), rng.f64())
        };
        (chance < self.probability).then_some(how)
    }

    /// From now on it is to happen `count` times more, whatever the dice say.
    pub(crate) fn order(&self, count: u64) {
        self.owed.fetch_add(count, Relaxed);
    }

    /// Takes one of those that were ordered; it is ordered again if it fails to happen.
    pub(crate) fn take_order(&self) -> bool {
        let taken = self
            .owed
            .fetch_update(Relaxed, Relaxed, |owed| owed.checked_sub(1));
        taken.is_ok()
    }

    /// Notes that what was thrown for has happened.
    pub(crate) fn hit(&self) {
        self.hits.fetch_add(1, Relaxed);
    }

    /// How often it has happened.
    pub(crate) fn hits(&self) -> u64 {
        self.hits.load(Relaxed)
    }

    fn rng(&self) -> MutexGuard<'_, Rng> {
        self.rng.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn throws(probability: f64, seed: u64) -> Vec<bool> {
        let dice = Dice::new(probability, seed);
        (0..1000).map(|_| dice.throw().is_some()).collect()
    }

    #[test]
    fn a_seed_repeats_and_another_does_not() {
        assert_eq!(throws(0.5, 7), throws(0.5, 7));
        assert_ne!(throws(0.5, 7), throws(0.5, 8));
    }

    #[test]
    fn what_is_ordered_is_taken_as_often() {
        let dice = Dice::default();
        dice.order(2);
        let taken = [dice.take_order(), dice.take_order(), dice.take_order()];
        assert_eq!(taken, [true, true, false]);
    }

    #[test]
    fn never_and_always_are_certain() {
        assert!(throws(0.0, 1).iter().all(|it| !it));
        assert!(throws(1.0, 1).iter().all(|it| *it));
    }
}
