//! What is measured: how many messages of which size, how they fare, and how slow the store is.

use std::fmt;
use std::time::Duration;

/// How long the store waits before each answer.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Latency {
    pub(crate) single: Duration,
    pub(crate) batched: Duration,
}

impl Latency {
    pub(crate) const fn ms(single: u64, batched: u64) -> Self {
        Self {
            single: Duration::from_millis(single),
            batched: Duration::from_millis(batched),
        }
    }
}

impl fmt::Display for Latency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (single, batched) = (self.single.as_millis(), self.batched.as_millis());
        match single == batched {
            true => write!(f, "{single}ms"),
            false => write!(f, "{single}-{batched}ms"),
        }
    }
}

/// How the messages fare.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Kind {
    /// None was seen before.
    First,
    /// All were processed before.
    Duplicates,
    /// None was seen before, and every tenth fails.
    Failing,
}

impl Kind {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::First => "first",
            Self::Duplicates => "duplicates",
            Self::Failing => "failing",
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Scenario {
    pub(crate) messages: usize,
    /// Of one body.
    pub(crate) bytes: usize,
    pub(crate) kind: Kind,
    /// None without a store.
    pub(crate) store: Option<Latency>,
}

impl fmt::Display for Scenario {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (messages, kind) = (self.messages, self.kind.name());
        let size = match self.bytes {
            bytes if bytes % 1000 == 0 => format!("{}KB", bytes / 1000),
            bytes => format!("{bytes}B"),
        };
        write!(f, "{messages}x{size}/{kind}/")?;
        match self.store {
            None => f.write_str("no-store"),
            Some(latency) => write!(f, "{latency}"),
        }
    }
}

pub(crate) const FAST: Latency = Latency::ms(0, 0);
pub(crate) const REMOTE: Latency = Latency::ms(5, 5);
/// A batched call is slower than a single one; by how much is not known here.
pub(crate) const UNEVEN: Latency = Latency::ms(5, 15);

/// All scenarios, those of issue and plots alike.
pub(crate) fn all() -> Vec<Scenario> {
    let mut all = Vec::new();
    for kind in [Kind::First, Kind::Duplicates, Kind::Failing] {
        for (messages, bytes) in [(10, 1_000), (1_000, 1_000), (10, 200_000)] {
            for latency in [FAST, REMOTE, UNEVEN] {
                all.push(with_store(messages, bytes, kind, latency));
            }
        }
    }
    for messages in [1, 100] {
        all.push(with_store(messages, 1_000, Kind::First, FAST));
    }
    for kind in [Kind::First, Kind::Failing] {
        for messages in [1_000, 10_000] {
            all.push(without_store(messages, 100, kind));
        }
    }
    all
}

/// The ones that tell most, for a look in between.
pub(crate) fn quick() -> Vec<Scenario> {
    vec![
        with_store(10, 1_000, Kind::First, FAST),
        with_store(1_000, 1_000, Kind::First, FAST),
        with_store(10, 1_000, Kind::Duplicates, FAST),
        with_store(1_000, 1_000, Kind::Duplicates, FAST),
        with_store(1_000, 1_000, Kind::Failing, FAST),
        with_store(10, 200_000, Kind::First, FAST),
        with_store(10, 1_000, Kind::First, REMOTE),
        with_store(1_000, 1_000, Kind::First, REMOTE),
        without_store(1_000, 100, Kind::First),
        without_store(10_000, 100, Kind::First),
    ]
}

pub(crate) const fn with_store(
    messages: usize,
    bytes: usize,
    kind: Kind,
    latency: Latency,
) -> Scenario {
    Scenario {
        messages,
        bytes,
        kind,
        store: Some(latency),
    }
}

pub(crate) const fn without_store(messages: usize, bytes: usize, kind: Kind) -> Scenario {
    Scenario {
        messages,
        bytes,
        kind,
        store: None,
    }
}
