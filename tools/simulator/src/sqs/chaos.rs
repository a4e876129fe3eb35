//! What a standard queue may do and rarely does: deliver twice, and out of order.

use serde::{Deserialize, Serialize};

/// How a standard queue delivers. FIFO queues ignore it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Delivery {
    /// Probability, 0 to 1, that a received message is delivered once more, even while it is in
    /// flight and even after it was deleted. The second delivery does not repeat.
    pub duplicate: f64,
    /// Probability, 0 to 1, that a receive takes any visible message instead of the oldest.
    pub reorder: f64,
}

impl Delivery {
    /// Delivers duplicates with this probability, 0 to 1.
    #[must_use]
    pub fn with_duplicate(mut self, probability: f64) -> Self {
        self.duplicate = probability;
        self
    }

    /// Delivers out of order with this probability, 0 to 1.
    #[must_use]
    pub fn with_reorder(mut self, probability: f64) -> Self {
        self.reorder = probability;
        self
    }
}

/// A throw that consumes randomness only when chance is asked for: runs without chaos stay equal.
pub(super) fn happens(probability: f64, rng: &mut fastrand::Rng) -> bool {
    probability > 0.0 && rng.f64() < probability
}
