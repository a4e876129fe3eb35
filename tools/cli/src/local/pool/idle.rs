//! What waits for its next use.

use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::time::Instant;

/// A stack: the one used last is used next, as Lambda does, so that those too many grow old.
#[derive(Debug)]
pub(super) struct Idle<T> {
    /// With the time each was last used at.
    waiting: Mutex<Vec<(Instant, T)>>,
}

impl<T> Default for Idle<T> {
    fn default() -> Self {
        Self {
            waiting: Mutex::default(),
        }
    }
}

impl<T> Idle<T> {
    pub(super) fn push(&self, it: T, now: Instant) {
        self.lock().push((now, it));
    }

    pub(super) fn len(&self) -> usize {
        self.lock().len()
    }

    /// The one used last of those that will do.
    pub(super) fn pop(&self, will_do: impl Fn(&T) -> bool) -> Option<T> {
        let mut waiting = self.lock();
        let index = waiting.iter().rposition(|(_, it)| will_do(it))?;
        Some(waiting.remove(index).1)
    }

    /// Takes out those not used after `then`.
    pub(super) fn take_since(&self, then: Instant) -> Vec<T> {
        let mut waiting = self.lock();
        // The oldest are at the bottom.
        let old = waiting.iter().take_while(|(used, _)| *used <= then);
        let old = old.count();
        waiting.drain(..old).map(|(_, it)| it).collect()
    }

    pub(super) fn take_all(&self) -> Vec<T> {
        self.lock().drain(..).map(|(_, it)| it).collect()
    }

    /// Nothing here is left half done where it could panic.
    fn lock(&self) -> MutexGuard<'_, Vec<(Instant, T)>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn what_will_not_do_stays() {
        let idle = Idle::default();
        for number in [1, 2, 4, 5] {
            idle.push(number, Instant::now());
        }
        assert_eq!(idle.pop(|it| it % 2 == 0), Some(4));
        assert_eq!(idle.pop(|it| *it > 5), None);
        assert_eq!(idle.take_all(), [1, 2, 5]);
    }

    #[test]
    fn what_is_too_many_grows_old_and_what_is_used_does_not() {
        let idle = Idle::default();
        let start = Instant::now();
        let after = |minutes: u64| start + Duration::from_secs(60 * minutes);
        idle.push("surplus", start);
        idle.push("busy", start);
        for minute in 1..=5 {
            let used = idle.pop(|_| true).unwrap();
            assert_eq!(used, "busy");
            idle.push(used, after(minute));
        }
        assert_eq!(idle.take_since(start), ["surplus"]);
        assert!(idle.take_since(after(4)).is_empty());
        assert_eq!(idle.take_all(), ["busy"]);
    }
}
