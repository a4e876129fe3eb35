//! Keys whose results this process has seen recorded, so that the store need not be asked again.

use crate::sync::{Mutex, MutexGuard, PoisonError};
use std::num::NonZeroUsize;

use lru::LruCache;

use super::record::RecordId;

/// The keys completed last, by this process alone.
///
/// A completed record stays as it is until it expires: nobody claims, releases or parks it. So what
/// was once recorded answers a claim as the store would, by the claimant's clock. Anything else that
/// may be known of a key can change, and is never kept.
pub(crate) struct Completed(Mutex<LruCache<RecordId, Seen>>);

struct Seen {
    validation: Option<String>,
    expires_at_s: u64,
}

impl Completed {
    pub(crate) fn new(capacity: NonZeroUsize) -> Self {
        Self(Mutex::new(LruCache::new(capacity)))
    }

    /// A completion of this key has been recorded.
    pub(crate) fn remember(&self, id: RecordId, validation: Option<String>, expires_at_s: u64) {
        let seen = Seen {
            validation,
            expires_at_s,
        };
        self.lock().put(id, seen);
    }

    /// Whether a claim with this payload would be a replay. If not, only the store knows.
    pub(crate) fn replays(&self, id: &RecordId, validation: &Option<String>, now_ms: u64) -> bool {
        self.lock().get(id).is_some_and(|seen| {
            seen.validation == *validation && now_ms <= seen.expires_at_s.saturating_mul(1000)
        })
    }

    fn lock(&self) -> MutexGuard<'_, LruCache<RecordId, Seen>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::super::id::Owner;
    use super::super::record::{ClaimStep, Record, Status, on_claim};
    use super::super::{Claim, ClaimOutcome, Policy};
    use super::*;

    const EXPIRES_S: u64 = 1_800_000_000;

    fn completed(capacity: usize) -> Completed {
        Completed::new(NonZeroUsize::new(capacity).unwrap())
    }

    fn id(name: &str) -> RecordId {
        RecordId::new(name.to_owned())
    }

    #[test]
    fn the_keys_used_last_are_kept_and_no_more() {
        let completed = completed(2);
        let replays = |name| completed.replays(&id(name), &None, 0);
        completed.remember(id("a"), None, EXPIRES_S);
        completed.remember(id("b"), None, EXPIRES_S);
        assert!(replays("a"));
        completed.remember(id("c"), None, EXPIRES_S);
        assert_eq!(["a", "b", "c"].map(replays), [true, false, true]);
    }

    /// By the protocol's own word, for every policy and around every limit.
    #[test]
    fn a_replay_from_memory_is_a_replay_in_the_store() {
        let hashes = [None, Some("a".to_owned()), Some("b".to_owned())];
        let (mut from_memory, mut from_store) = (0, 0);
        for recorded in &hashes {
            for claimed in &hashes {
                for policy in [Policy::Rerun, Policy::Quarantine] {
                    for late_ms in [-1, 0, 1] {
                        let now_ms = (EXPIRES_S * 1000).saturating_add_signed(late_ms);
                        let memory = completed(1);
                        memory.remember(id("key"), recorded.clone(), EXPIRES_S);
                        let known = memory.replays(&id("key"), claimed, now_ms);
                        let stored = stored(recorded.clone());
                        let claim = claim(claimed.clone(), policy, now_ms);
                        let step = on_claim(Some(&stored), &claim);
                        let is_replay =
                            matches!(step, ClaimStep::Keep(ClaimOutcome::Replayed { .. }));
                        assert!(is_replay || !known, "{recorded:?} {claimed:?} {late_ms}");
                        from_memory += u32::from(known);
                        from_store += u32::from(is_replay);
                    }
                }
            }
        }
        // Where one of the hashes is missing, the store is asked.
        assert_eq!((from_memory, from_store), (12, 28));
    }

    fn stored(validation: Option<String>) -> Record {
        Record {
            status: Status::Completed,
            owner: Some(Owner::new("before".to_owned())),
            lease_until_ms: Some(0),
            expires_at_s: EXPIRES_S,
            validation,
            data: None,
            attempts: 1,
            last_error: None,
        }
    }

    fn claim(validation: Option<String>, policy: Policy, now_ms: u64) -> Claim {
        Claim {
            id: id("key"),
            owner: Owner::new("now".to_owned()),
            validation,
            policy,
            reconciles: policy == Policy::Quarantine,
            now_ms,
            lease_until_ms: now_ms + 1000,
            margin_ms: 0,
            expires_at_s: EXPIRES_S,
        }
    }
}
