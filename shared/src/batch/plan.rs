use rustc_hash::FxHashMap;
use serde::de::DeserializeOwned;

use super::attempt::{decode, guarded};
use super::budget::TimeBudget;
use super::settings::Settings;
use crate::idempotency::record::{Owner, RecordId};
use crate::idempotency::{Claim, ClaimOutcome, Idempotency, Identity, StoreError};
use crate::{Deadline, Handler, HandlerError, Message, Policy};

/// What to do with a message when its turn comes.
#[derive(Debug)]
pub(super) enum Step {
    /// Run its handler, or ask what became of an earlier run.
    Run,
    /// Acknowledge it: there is nothing in it to handle.
    Acknowledge,
    /// Fail it: its body or key is bad, or its key's record says so.
    Fail(Box<HandlerError>),
    /// It has the key of this earlier message of the batch and comes to what that one came to.
    Follow(usize),
    /// Its result is recorded.
    Replay,
    /// Someone else holds its key until this moment, epoch milliseconds.
    Defer { until_ms: u64 },
    /// The store gave no answer: our claim may stand, until this moment.
    Unknown {
        error: Box<StoreError>,
        until_ms: u64,
    },
}

/// A claim that was won.
#[derive(Debug)]
pub(super) struct Held {
    pub(super) id: RecordId,
    pub(super) owner: Owner,
    pub(super) validation: Option<String>,
    pub(super) policy: Policy,
    /// Until when it is ours, epoch milliseconds.
    pub(super) lease_until_ms: u64,
    /// When the record may be forgotten, at the earliest, epoch seconds.
    pub(super) expires_at_s: u64,
    /// An earlier run may have had its effect: to be found out, and never to be run.
    pub(super) in_doubt: bool,
}

/// A batch, ready to run.
pub(super) struct Plan<M> {
    pub(super) steps: Vec<Step>,
    pub(super) held: Vec<Option<Box<Held>>>,
    /// Messages decoded already: never more than run at once. The others are decoded again when
    /// their turn comes, so that memory does not grow with the batch.
    pub(super) decoded: FxHashMap<usize, M>,
}

/// Without idempotency there is nothing to plan: bodies are decoded when their turn comes.
pub(super) fn unclaimed<M>(messages: usize) -> Plan<M> {
    Plan {
        steps: (0..messages).map(|_| Step::Run).collect(),
        held: (0..messages).map(|_| None).collect(),
        decoded: FxHashMap::default(),
    }
}

/// Finds every message's key and claims them all at once.
pub(super) async fn claimed<M, H>(
    settings: &Settings<M, H>,
    idempotency: &Idempotency<M>,
    messages: &[Message],
    budget: &TimeBudget<'_>,
) -> Plan<M>
where
    M: DeserializeOwned,
    H: Handler<M>,
{
    let now_ms = settings.clock.now_ms();
    let mut plan = unclaimed(messages.len());
    let terms = match Terms::new(idempotency, budget.claims_end(), now_ms) {
        Ok(terms) => terms,
        Err(error) => {
            plan.steps
                .fill_with(|| Step::Fail(Box::new(HandlerError::retryable(error))));
            return plan;
        }
    };
    let (mut claims, mut claimants) = (Vec::with_capacity(messages.len()), Vec::new());
    let mut first_with: FxHashMap<RecordId, usize> = FxHashMap::default();

    for (index, message) in messages.iter().enumerate() {
        let (decoded, identity) = match identify(settings, idempotency, message) {
            Ok(Some(identified)) => identified,
            Ok(None) => {
                plan.steps[index] = Step::Acknowledge;
                continue;
            }
            Err(error) => {
                plan.steps[index] = Step::Fail(Box::new(error));
                continue;
            }
        };
        let completed = idempotency.completed.as_ref();
        if completed.is_some_and(|it| it.replays(&identity.id, &identity.validation, now_ms)) {
            plan.steps[index] = Step::Replay;
            continue;
        }
        if let Some(&leader) = first_with.get(&identity.id) {
            let claim: &Claim = &claims[leader];
            plan.steps[index] = if claim.validation == identity.validation {
                Step::Follow(claimants[leader])
            } else {
                Step::Fail(Box::new(payload_mismatch()))
            };
            continue;
        }
        first_with.insert(identity.id.clone(), claims.len());
        claims.push(terms.claim(identity, index));
        claimants.push(index);
        if plan.decoded.len() < settings.max_concurrency {
            plan.decoded.insert(index, decoded);
        }
    }
    drop(first_with);

    if claims.is_empty() {
        return plan;
    }
    let answers = tokio::select! {
        biased;
        answers = idempotency.store.claim(&claims) => answers,
        () = budget.run_over() => Vec::new(),
    };
    let mut answers = answers.into_iter();
    for (claim, index) in claims.into_iter().zip(claimants) {
        let answer = answers
            .next()
            .unwrap_or_else(|| Err(StoreError::new("no answer in time")));
        plan.judge(index, claim, answer);
    }
    plan
}

fn identify<M: DeserializeOwned, H: Handler<M>>(
    settings: &Settings<M, H>,
    idempotency: &Idempotency<M>,
    message: &Message,
) -> Result<Option<(M, Identity)>, HandlerError> {
    let decoded: Option<(M, _)> = decode(settings, message)?;
    let Some((decoded, content)) = decoded else {
        return Ok(None);
    };
    let identity = guarded("idempotency key", || {
        idempotency.identify(&settings.namespace, &decoded, &content)
    })?;
    match identity {
        Ok(identity) => Ok(Some((decoded, identity))),
        Err(error) => Err(HandlerError::permanent(error).named("MissingKey")),
    }
}

impl<M> Plan<M> {
    fn judge(&mut self, index: usize, claim: Claim, answer: Result<ClaimOutcome, StoreError>) {
        let in_doubt = matches!(answer, Ok(ClaimOutcome::InDoubt { .. }));
        if !in_doubt && !matches!(answer, Ok(ClaimOutcome::Won { .. })) {
            self.decoded.remove(&index);
        }
        self.steps[index] = match answer {
            Ok(ClaimOutcome::Won { .. } | ClaimOutcome::InDoubt { .. }) => {
                let Claim {
                    id,
                    owner,
                    validation,
                    policy,
                    lease_until_ms,
                    expires_at_s,
                    ..
                } = claim;
                self.held[index] = Some(Box::new(Held {
                    id,
                    owner,
                    validation,
                    policy,
                    lease_until_ms,
                    expires_at_s,
                    in_doubt,
                }));
                Step::Run
            }
            Ok(ClaimOutcome::Replayed { .. }) => Step::Replay,
            Ok(ClaimOutcome::Deferred { until_ms }) => Step::Defer { until_ms },
            Ok(ClaimOutcome::Mismatch) => Step::Fail(Box::new(payload_mismatch())),
            Ok(ClaimOutcome::Quarantined) => Step::Fail(Box::new(quarantined())),
            Err(error) => {
                let until_ms = claim.lease_until_ms.saturating_add(claim.margin_ms);
                Step::Unknown {
                    error: Box::new(error),
                    until_ms,
                }
            }
        };
    }
}

/// What all claims of a batch have in common.
struct Terms {
    token: String,
    now_ms: u64,
    lease_until_ms: u64,
    margin_ms: u64,
    expires_at_s: u64,
    reconciles: bool,
}

impl Terms {
    fn new<M>(
        idempotency: &Idempotency<M>,
        deadline: Deadline,
        now_ms: u64,
    ) -> Result<Self, getrandom::Error> {
        // From the operating system: a generator of our own would repeat itself in every sandbox
        // restored from one snapshot, and two workers would hold the same token.
        let (high, low) = (getrandom::u64()?, getrandom::u64()?);
        Ok(Self {
            token: format!("{high:016x}{low:016x}"),
            now_ms,
            lease_until_ms: idempotency.lease_until_ms(deadline, now_ms),
            margin_ms: idempotency.margin_ms(),
            expires_at_s: idempotency.expires_at_s(now_ms),
            reconciles: idempotency.reconcile.is_some(),
        })
    }

    /// One random token a batch, numbered by message: new for every claim.
    fn claim(&self, identity: Identity, index: usize) -> Claim {
        Claim {
            id: identity.id,
            owner: Owner::new([&*self.token, &index.to_string()].join("-")),
            validation: identity.validation,
            policy: identity.policy,
            reconciles: self.reconciles,
            now_ms: self.now_ms,
            lease_until_ms: self.lease_until_ms,
            margin_ms: self.margin_ms,
            expires_at_s: self.expires_at_s,
        }
    }
}

fn payload_mismatch() -> HandlerError {
    HandlerError::permanent(
        "its idempotency key was first used with another payload; give messages that say \
         different things different keys, or name the parts that matter with `payload`",
    )
    .named("PayloadMismatch")
}

pub(super) fn quarantined() -> HandlerError {
    HandlerError::permanent(
        "an earlier run of its key may have had its effect without recording it; look at what \
         happened before running it again",
    )
    .named("Quarantined")
}
