//! Depths of the last minutes, so that a page has its charts as soon as it is opened.

use std::collections::VecDeque;
use std::sync::Arc;

use serde::Serialize;

use super::state::State;

/// Samples kept, one a second.
const MOST: usize = 300;

/// Samples of every queue, oldest first.
#[derive(Debug, Default)]
pub(super) struct History {
    samples: VecDeque<Sample>,
}

/// The queues at one time.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Sample {
    /// Epoch milliseconds.
    at_ms: u64,
    queues: Vec<Depth>,
}

/// A queue at one time.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
struct Depth {
    name: Arc<str>,
    /// Visible or delayed.
    waiting: usize,
    in_flight: usize,
    completed: u64,
}

impl History {
    pub(super) fn add(&mut self, at_ms: u64, state: &State) {
        if self.samples.len() == MOST {
            self.samples.pop_front();
        }
        let queues = state.queues.iter().map(|it| Depth {
            name: Arc::clone(&it.name),
            waiting: it.visible + it.delayed,
            in_flight: it.in_flight,
            completed: it.completed,
        });
        let queues = queues.collect();
        self.samples.push_back(Sample { at_ms, queues });
    }

    pub(super) fn samples(&self) -> Vec<Sample> {
        self.samples.iter().cloned().collect()
    }
}
