//! A batch on its way through the function.

use std::sync::Arc;

use super::action::{Action, InvocationId};
use super::buffer::Held;
use super::event::event;

/// First wait after a throttled invocation; doubled with each. Lambda's numbers are not public.
const FIRST_BACKOFF_MS: u64 = 500;
/// Longest wait between two attempts. Not public either.
const MAX_BACKOFF_MS: u64 = 30_000;

/// One batch, from its first attempt to its end.
#[derive(Debug)]
pub(super) struct Invocation {
    pub(super) batch: Vec<Held>,
    event: Arc<str>,
    pub(super) attempt: u32,
}

impl Invocation {
    pub(super) fn new(mut batch: Vec<Held>) -> Self {
        let event = event(batch.iter().map(|held| held.record.as_str()));
        for held in &mut batch {
            held.record = String::new();
        }
        Self {
            batch,
            event,
            attempt: 1,
        }
    }

    /// The request to run the function with this batch.
    pub(super) fn invoke(&self, id: InvocationId) -> Action {
        Action::Invoke {
            id,
            attempt: self.attempt,
            event: self.event.clone(),
        }
    }

    /// The time of the next attempt; none if the visibility timeout of a message ends before.
    pub(super) fn next_attempt(&self, now: u64, rng: &mut fastrand::Rng) -> Option<u64> {
        let doubled = FIRST_BACKOFF_MS << (self.attempt - 1).min(16);
        let wait = doubled.min(MAX_BACKOFF_MS);
        // Half of it is jitter, so that batches throttled together do not come back together.
        let at = now + wait / 2 + rng.u64(0..=wait / 2);
        (at < self.visible_at()).then_some(at)
    }

    /// When the first visibility timeout of its messages ends.
    pub(super) fn visible_at(&self) -> u64 {
        let ends = self.batch.iter().map(|held| held.visible_at);
        ends.min().unwrap_or(u64::MAX)
    }

    pub(super) fn groups(&self) -> impl Iterator<Item = &Arc<str>> {
        self.batch.iter().filter_map(|held| held.group.as_ref())
    }
}
