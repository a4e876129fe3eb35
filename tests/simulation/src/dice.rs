//! Chance that belongs to things, not to the order they happen in: a message has the same luck in a
//! run of ten thousand messages and in one of three, so that a failing run can be made small.

/// A seed for each purpose.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Self(mixed(seed))
    }

    /// Dice of their own for this.
    pub(crate) fn of(self, what: u64) -> Self {
        Self(mixed(
            self.0 ^ what.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15),
        ))
    }

    /// Throws as often as it is asked.
    pub(crate) fn rng(self) -> fastrand::Rng {
        fastrand::Rng::with_seed(self.0)
    }

    /// One throw: whether something happens that happens so often in ten thousand times.
    pub(crate) fn happens(self, in_ten_thousand: u64) -> bool {
        self.0 % 10_000 < in_ten_thousand
    }

    /// One throw below a limit.
    pub(crate) fn below(self, limit: u64) -> u64 {
        self.0 % limit.max(1)
    }
}

/// SplitMix64's finalizer.
fn mixed(seed: u64) -> u64 {
    let seed = (seed ^ (seed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let seed = (seed ^ (seed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    seed ^ (seed >> 31)
}
