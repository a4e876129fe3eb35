//! Everything a store is asked, for a few keys at once, and what is stored beforehand.

use futures_util::future::join_all;
use lambda_queue::idempotency::record::{ClaimStep, Record, RecordId, Status, on_claim};
use lambda_queue::idempotency::{
    Claim, CommitOutcome, Completion, Disposition, Extension, Release, StoreError,
};
use lambda_queue::{IdempotencyStore, MemoryStore, Policy};

use crate::commits::add_one;
use crate::request::{LEASE_MS, MARGIN_MS, NOW_MS, claims, completion, extension, release};

/// Long enough after a claim for another to take its key.
pub(super) const LATER_MS: u64 = NOW_MS + LEASE_MS + MARGIN_MS + 1;

/// Requests of one kind.
#[derive(Clone, Debug)]
pub(super) enum Requests {
    Claim(Vec<Claim>),
    Complete(Vec<Completion>),
    Release(Vec<Release>),
    Extend(Vec<Extension>),
    /// Completions, each in one transaction with a count of how often it is made.
    Commit(Vec<Completion>),
}

/// What a request came to, as the pure functions say it too.
pub(super) type Told = Result<String, StoreError>;

impl Requests {
    /// Asks a store. One without transactions completes, which is what a commit does to a record.
    pub(super) async fn ask(&self, store: &dyn IdempotencyStore) -> Vec<Told> {
        match self {
            Self::Claim(claims) => shown(store.claim(claims).await),
            Self::Complete(all) => shown(store.complete(all, all.len()).await),
            Self::Release(all) => shown(store.release(all, all.len()).await),
            Self::Extend(all) => shown(store.extend(all, all.len()).await),
            Self::Commit(all) => {
                let Some(transactions) = store.transactions() else {
                    return shown(store.complete(all, all.len()).await);
                };
                let commit = async |it: &Completion| {
                    let writes = [add_one(it.id.as_str())];
                    transactions.commit(it, &writes).await
                };
                let answers = join_all(all.iter().map(commit)).await.into_iter();
                let outcome = |answer| match answer {
                    CommitOutcome::Completed(outcome) => outcome,
                    other => panic!("{other:?}"),
                };
                shown(answers.map(|it| it.map(outcome)).collect())
            }
        }
    }

    /// The records they are about.
    pub(super) fn ids(&self) -> Vec<RecordId> {
        let ids = |all: &[Completion]| all.iter().map(|it| it.id.clone()).collect();
        match self {
            Self::Claim(all) => all.iter().map(|it| it.id.clone()).collect(),
            Self::Complete(all) | Self::Commit(all) => ids(all),
            Self::Release(all) => all.iter().map(|it| it.id.clone()).collect(),
            Self::Extend(all) => all.iter().map(|it| it.id.clone()).collect(),
        }
    }

    fn one(&self, at: usize) -> Self {
        match self {
            Self::Claim(all) => Self::Claim(vec![all[at].clone()]),
            Self::Complete(all) => Self::Complete(vec![all[at].clone()]),
            Self::Release(all) => Self::Release(vec![all[at].clone()]),
            Self::Extend(all) => Self::Extend(vec![all[at].clone()]),
            Self::Commit(all) => Self::Commit(vec![all[at].clone()]),
        }
    }

    /// What the pure functions make of one of them that arrives so many times: the last outcome,
    /// and what is stored then.
    pub(super) async fn decided(
        &self,
        at: usize,
        stored: Option<Record>,
        times: usize,
    ) -> (Option<String>, Option<Record>) {
        let (one, memory) = (self.one(at), MemoryStore::new());
        let id = one.ids().remove(0);
        if let Some(record) = stored {
            memory.put(id.clone(), record);
        }
        let mut last = None;
        for _ in 0..times {
            last = Some(one.ask(&memory).await.remove(0).unwrap());
        }
        (last, memory.get(&id))
    }
}

fn shown<T: std::fmt::Debug>(answers: Vec<Result<T, StoreError>>) -> Vec<Told> {
    let shown = |it: Result<T, StoreError>| it.map(|outcome| format!("{outcome:?}"));
    answers.into_iter().map(shown).collect()
}

/// A situation.
#[derive(Clone, Debug)]
pub(super) struct Case {
    pub(super) name: &'static str,
    /// What is stored for each of the keys.
    pub(super) before: Vec<Option<Record>>,
    pub(super) requests: Requests,
}

/// All of them, for so many keys each.
pub(super) fn cases(keys: usize) -> Vec<Case> {
    let held = claims(keys);
    let in_progress: Vec<_> = held.iter().map(|it| Some(claimed(it))).collect();
    let completed = |it: &Claim| Record {
        status: Status::Completed,
        data: Some("[1]".to_owned()),
        ..claimed(it)
    };
    let completed: Vec<_> = held.iter().map(|it| Some(completed(it))).collect();
    let later = |change: fn(&mut Claim)| {
        let mut claims = claims(keys);
        for claim in &mut claims {
            (claim.now_ms, claim.lease_until_ms) = (LATER_MS, LATER_MS + LEASE_MS);
            change(claim);
        }
        Requests::Claim(claims)
    };
    let parking = |it: &Claim| Release {
        disposition: Disposition::Quarantine,
        ..release(it)
    };
    let completions: Vec<_> = held.iter().map(completion).collect();
    let case = |name, before: &[Option<Record>], requests| Case {
        name,
        before: before.to_vec(),
        requests,
    };
    let nothing = vec![None; keys];
    vec![
        case(
            "a claim of a free key",
            &nothing,
            Requests::Claim(claims(keys)),
        ),
        case(
            "a claim of a held key",
            &in_progress,
            Requests::Claim(claims(keys)),
        ),
        case("a takeover", &in_progress, later(|_| {})),
        case(
            "a claim that parks an orphan",
            &in_progress,
            later(|it| it.policy = Policy::Quarantine),
        ),
        case(
            "a claim in doubt",
            &in_progress,
            later(|it| (it.policy, it.reconciles) = (Policy::Quarantine, true)),
        ),
        case("a claim that replays", &completed, later(|_| {})),
        case(
            "a completion",
            &in_progress,
            Requests::Complete(completions.clone()),
        ),
        case(
            "a release",
            &in_progress,
            Requests::Release(held.iter().map(release).collect()),
        ),
        case(
            "a release into quarantine",
            &in_progress,
            Requests::Release(held.iter().map(parking).collect()),
        ),
        case(
            "an extension",
            &in_progress,
            Requests::Extend(held.iter().map(extension).collect()),
        ),
        case("a transaction", &in_progress, Requests::Commit(completions)),
    ]
}

/// What a claim of a free key writes.
fn claimed(claim: &Claim) -> Record {
    match on_claim(None, claim) {
        ClaimStep::Take(record) => record,
        other => panic!("{other:?}"),
    }
}
