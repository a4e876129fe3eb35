use crate::sync::{Arc, Mutex, PoisonError};
use std::collections::HashSet;

/// What is worked on: messages by their ids, or groups of a FIFO queue.
///
/// SQS gives them out again where heartbeats have not reached it in time. A second run beside the
/// first would break a group's order.
#[derive(Clone, Default)]
pub(super) struct InHand(Arc<Mutex<HashSet<String>>>);

/// One of them; it is in hand until this is dropped.
pub(super) struct Taken {
    all: InHand,
    key: String,
}

impl InHand {
    /// Takes it in hand; none if it is.
    pub(super) fn take(&self, key: &str) -> Option<Taken> {
        let is_new = self.with(|all| all.insert(key.to_owned()));
        is_new.then(|| Taken {
            all: self.clone(),
            key: key.to_owned(),
        })
    }

    fn with<T>(&self, change: impl FnOnce(&mut HashSet<String>) -> T) -> T {
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Drop for Taken {
    fn drop(&mut self) {
        self.all.with(|all| all.remove(&self.key));
    }
}
