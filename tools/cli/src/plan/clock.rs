//! Times of a plan: milliseconds since its start, which is midnight of its first day.

use std::time::Duration;

use crate::cost::units::long;

pub(crate) const DAY_MS: u64 = 86_400_000;

/// From one time to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Span {
    pub(crate) start_ms: u64,
    pub(crate) end_ms: u64,
}

impl Span {
    pub(crate) fn new(start_ms: u64, end_ms: u64) -> Self {
        Self { start_ms, end_ms }
    }

    pub(crate) fn contains(self, at_ms: u64) -> bool {
        (self.start_ms..self.end_ms).contains(&at_ms)
    }

    pub(crate) fn length_ms(self) -> u64 {
        self.end_ms - self.start_ms
    }

    pub(crate) fn seconds(self) -> f64 {
        self.length_ms() as f64 / 1_000.0
    }
}

/// A length of time, for people.
pub(crate) fn length(ms: u64) -> String {
    match ms {
        0 => "0".to_owned(),
        _ => long(Duration::from_millis(ms)),
    }
}

/// A point in time, for people.
pub(crate) fn point(at_ms: u64) -> String {
    length(at_ms / 1_000 * 1_000)
}
