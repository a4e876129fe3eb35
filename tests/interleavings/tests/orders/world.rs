//! What is sent and what is to happen, and what is seen of it.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard};

use serde_json::json;

use crate::gates::Gates;

/// What becomes of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    Succeed,
    /// Fails, and is to come back.
    Fail,
    /// Fails for good: to the dead-letter queue.
    Refuse,
    /// The same, but that queue does not take it.
    Stuck,
    /// Its result is recorded, but that answer is lost.
    Unanswered,
    /// Its claim is lost.
    Robbed,
}

/// A message: its group, if the queue is FIFO, and what becomes of it.
pub type Script = (Option<&'static str>, Act);

#[derive(Clone)]
pub struct World {
    pub messages: Arc<Vec<Script>>,
    pub gates: Gates,
    seen: Arc<Mutex<Seen>>,
}

#[derive(Default)]
pub struct Seen {
    pub running: BTreeSet<usize>,
    pub started: BTreeSet<usize>,
    /// Handlers that succeeded and whose results have not been sent to the store.
    pub unwritten: BTreeSet<usize>,
    /// Handlers that failed for good and that have not been sent to the dead-letter queue.
    pub unsent: BTreeSet<usize>,
    /// Sent to the store, by everyone who ever did.
    pub written: BTreeSet<usize>,
    pub released: BTreeSet<usize>,
    pub sent: BTreeSet<usize>,
    /// Behind these their groups go on.
    pub settled: BTreeSet<usize>,
    /// Requests under way: of completions, of releases, and to the dead-letter queue.
    pub completing: bool,
    pub releasing: bool,
    pub sending: bool,
    /// The invocation's time is over.
    pub is_over: bool,
    /// The most completions in one request.
    pub largest_group: usize,
}

impl World {
    pub fn new(messages: Vec<Script>) -> Self {
        Self {
            messages: Arc::new(messages),
            gates: Gates::default(),
            seen: Arc::default(),
        }
    }

    pub fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap()
    }

    pub fn act(&self, index: usize) -> Act {
        self.messages[index].1
    }

    pub fn body(index: usize) -> String {
        json!({"index": index}).to_string()
    }

    /// Notes that a handler starts, if it may.
    pub fn starts(&self, index: usize, max_concurrency: usize) {
        let mut seen = self.seen();
        assert!(!seen.is_over, "{index} starts when the time is over");
        assert!(seen.started.insert(index), "{index} starts twice");
        seen.running.insert(index);
        assert!(seen.running.len() <= max_concurrency);
        if let (Some(group), _) = self.messages[index] {
            let before = (0..index).filter(|it| self.messages[*it].0 == Some(group));
            for before in before {
                assert!(
                    seen.settled.contains(&before),
                    "{index} starts before {before} is settled"
                );
            }
        }
    }

    /// Nothing waits that could be under way.
    pub fn check_pending(&self) {
        let seen = self.seen();
        let writing = seen.completing || seen.releasing;
        assert!(
            seen.unwritten.is_empty() || writing,
            "a result waits for nothing"
        );
        assert!(
            seen.unsent.is_empty() || seen.sending,
            "a dead letter waits for nothing"
        );
    }
}
