//! Who takes part: the toolkit, what one would use instead, and the limit.

use crate::scenario::{Latency, Scenario};

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Language {
    /// A binary of this workspace: its package.
    Rust(&'static str),
    Python,
    TypeScript,
}

/// How it writes its records.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Way {
    /// Requests of one item each.
    Single,
    /// Statements in batches.
    Batched,
    /// By the size of the batch, as lambda-queue does.
    Default,
    /// No records, and no messages either.
    Empty,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Peer {
    pub(crate) name: &'static str,
    pub(crate) language: Language,
    pub(crate) way: Way,
}

/// What others are compared with.
pub(crate) const LIMIT: &str = "limit";
pub(crate) const LIMIT_SINGLE: &str = "limit-single";
pub(crate) const TOOLKIT: &str = "toolkit";
pub(crate) const TOOLKIT_BATCHED: &str = "toolkit-batched";
pub(crate) const TOOLKIT_SINGLE: &str = "toolkit-single";
pub(crate) const EMPTY: &str = "empty";

pub(crate) const ALL: [Peer; 9] = [
    rust(LIMIT, "bench-limit", Way::Batched),
    rust(LIMIT_SINGLE, "bench-limit", Way::Single),
    rust(TOOLKIT, "bench-toolkit", Way::Default),
    rust(TOOLKIT_BATCHED, "bench-toolkit", Way::Batched),
    rust(TOOLKIT_SINGLE, "bench-toolkit", Way::Single),
    rust("plain", "bench-plain", Way::Single),
    Peer {
        name: "typescript",
        language: Language::TypeScript,
        way: Way::Single,
    },
    Peer {
        name: "python",
        language: Language::Python,
        way: Way::Single,
    },
    rust(EMPTY, "bench-empty", Way::Empty),
];

const fn rust(name: &'static str, package: &'static str, way: Way) -> Peer {
    Peer {
        name,
        language: Language::Rust(package),
        way,
    }
}

impl Peer {
    pub(crate) fn is_rust(&self) -> bool {
        matches!(self.language, Language::Rust(_))
    }

    /// What the variable `STORE` says to it.
    pub(crate) fn store(&self, scenario: &Scenario) -> &'static str {
        match (scenario.store, self.way) {
            (None, _) | (_, Way::Empty) => "none",
            (_, Way::Single) => "single",
            (_, Way::Batched) => "batched",
            (_, Way::Default) => "default",
        }
    }

    /// Whether the scenario tells anything about it that another one does not.
    pub(crate) fn takes_part(&self, scenario: &Scenario) -> bool {
        match (self.way, scenario.store) {
            (Way::Empty, store) => store.is_none() && scenario.messages == 1_000,
            // One line for each peer: without a store there is one way.
            (Way::Batched, None) => self.name == LIMIT,
            (Way::Single, None) => self.name != LIMIT_SINGLE && self.name != TOOLKIT_SINGLE,
            // It never makes a batched call, so the wait for one makes no difference.
            (Way::Single, Some(Latency { single, batched })) => single == batched,
            _ => true,
        }
    }
}
