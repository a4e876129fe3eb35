use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::Duration;

use serde::Serialize;
use serde_json::Value;

use super::completed::Completed;
use super::key::{KeyError, canonical_hash, payload_hash, record_id};
use super::reconcile::{Reconcile, Reconciled};
use super::record::RecordId;
use super::{IdempotencyStore, Policy};
use crate::clock::as_ms;
use crate::{Deadline, MessageContext};

type KeyFn<M> = dyn Fn(&M, &str) -> Result<Value, KeyError> + Send + Sync;
type PolicyFn<M> = dyn Fn(&M) -> Policy + Send + Sync;
type PayloadFn<M> = dyn Fn(&M) -> Result<Value, KeyError> + Send + Sync;

/// Long enough for a message's 14 days in a queue, 14 more in its dead-letter queue, and a redrive.
const DEFAULT_RETENTION: Duration = Duration::from_secs(30 * 24 * 3600);
/// How far the clocks of two Lambda hosts may differ without two workers running one key at once.
const DEFAULT_MARGIN: Duration = Duration::from_millis(1500);
/// Length of a lease where there is no deadline to lease until; heartbeats renew it.
const DEFAULT_LEASE: Duration = Duration::from_secs(60);

/// How a processor recognises a message it has seen before, and where it remembers.
///
/// ```
/// use lambda_queue::{Idempotency, MemoryStore};
///
/// #[derive(serde::Deserialize)]
/// struct Payment { account: String, reference: u64 }
///
/// let idempotency = Idempotency::new(MemoryStore::new(), |payment: &Payment| {
///     (payment.account.clone(), payment.reference)
/// })
/// .namespace("payments");
/// ```
pub struct Idempotency<M> {
    pub(crate) store: Arc<dyn IdempotencyStore>,
    pub(crate) namespace: Option<String>,
    retention: Duration,
    margin: Duration,
    pub(crate) lease: Duration,
    key: Arc<KeyFn<M>>,
    policy: Arc<PolicyFn<M>>,
    payload: Payload<M>,
    pub(crate) reconcile: Option<Reconcile<M>>,
    pub(crate) completed: Option<Completed>,
}

enum Payload<M> {
    Body,
    Part(Arc<PayloadFn<M>>),
    Ignored,
}

impl<M> Idempotency<M> {
    /// Messages with the same key are the same piece of work.
    ///
    /// Take the key from business data. The message id is not one: a redrive by hand, or a
    /// producer that sends again, gives a new one. A key that is null, empty, or has a part that
    /// is, is the message's permanent error; leave out parts that may be missing (`None` is null)
    /// with serde's `skip_serializing_if`.
    pub fn new<K: Serialize>(
        store: impl IdempotencyStore,
        key: impl Fn(&M) -> K + Send + Sync + 'static,
    ) -> Self {
        Self::with_key(
            store,
            Arc::new(move |message: &M, _: &str| to_json(&key(message))),
        )
    }

    /// Takes the key from the body by a [JMESPath](https://jmespath.org) expression, such as
    /// `[account, reference]`.
    ///
    /// # Errors
    /// The expression does not parse.
    #[cfg(feature = "jmespath")]
    pub fn by_jmespath(
        store: impl IdempotencyStore,
        expression: &str,
    ) -> Result<Self, jmespath::JmespathError> {
        let expression = jmespath::compile(expression)?;
        let key = move |_: &M, body: &str| {
            let body = jmespath::Variable::from_json(body).map_err(|_| KeyError::BodyNotJson)?;
            let found = expression.search(body).map_err(|_| KeyError::Expression)?;
            to_json(&found)
        };
        Ok(Self::with_key(store, Arc::new(key)))
    }

    fn with_key(store: impl IdempotencyStore, key: Arc<KeyFn<M>>) -> Self {
        Self {
            store: Arc::new(store),
            namespace: None,
            retention: DEFAULT_RETENTION,
            margin: DEFAULT_MARGIN,
            lease: DEFAULT_LEASE,
            key,
            policy: Arc::new(|_| Policy::default()),
            payload: Payload::Body,
            reconcile: None,
            completed: None,
        }
    }

    /// Keeps the keys of several processors apart in one store; the function's name
    /// (`AWS_LAMBDA_FUNCTION_NAME`) unless set.
    #[must_use]
    pub fn namespace(mut self, namespace: impl Into<String>) -> Self {
        self.namespace = Some(namespace.into());
        self
    }

    /// What becomes of a key whose handler may have had its effect without recording it.
    #[must_use]
    pub fn policy(self, policy: Policy) -> Self {
        self.policy_by(move |_| policy)
    }

    /// The same, message by message.
    #[must_use]
    pub fn policy_by(mut self, policy: impl Fn(&M) -> Policy + Send + Sync + 'static) -> Self {
        self.policy = Arc::new(policy);
        self
    }

    /// Asks `hook` what became of a run that [`Policy::Quarantine`] does not repeat, instead of
    /// dead-lettering its message at once: whether a payment that was cut off was made can be asked
    /// of the bank, by its reference.
    ///
    /// It gets the message and its context, as the handler does, and the same time; it may be asked
    /// several times, and must not do the work. Its errors are retried later, but permanent ones.
    /// [How it works](crate::idempotency#reconciliation).
    ///
    /// ```
    /// use lambda_queue::{HandlerError, Idempotency, MemoryStore, Policy, Reconciliation};
    /// # #[derive(serde::Deserialize)]
    /// # struct Payment { reference: String }
    /// # async fn was_made(reference: &str) -> Result<bool, HandlerError> { Ok(true) }
    ///
    /// let idempotency = Idempotency::new(MemoryStore::new(), |it: &Payment| it.reference.clone())
    ///     .policy(Policy::Quarantine)
    ///     .reconcile(|payment: Payment, _context| async move {
    ///         Ok(match was_made(&payment.reference).await? {
    ///             true => Reconciliation::Completed(None),
    ///             false => Reconciliation::Unknown,
    ///         })
    ///     });
    /// ```
    #[must_use]
    pub fn reconcile<F>(
        mut self,
        hook: impl Fn(M, MessageContext) -> F + Send + Sync + 'static,
    ) -> Self
    where
        F: Future<Output = Reconciled> + Send + 'static,
    {
        self.reconcile = Some(Reconcile::new(hook));
        self
    }

    /// What must be equal in two messages of one key; the whole body, byte by byte, unless set.
    ///
    /// A message that differs from the first one of its key is a permanent error: it would
    /// otherwise be dropped as a duplicate although it says something else. Name the parts that
    /// matter when producers add what changes, such as a time.
    #[must_use]
    pub fn payload<P: Serialize>(mut self, part: impl Fn(&M) -> P + Send + Sync + 'static) -> Self {
        self.payload = Payload::Part(Arc::new(move |message| to_json(&part(message))));
        self
    }

    /// Takes messages of one key for the same, whatever else they say.
    #[must_use]
    pub fn ignore_payload(mut self) -> Self {
        self.payload = Payload::Ignored;
        self
    }

    /// Keeps the keys that this process completed last in its memory, so many of them (none), and
    /// replays their duplicates without asking the store.
    ///
    /// It saves a request where duplicates come soon and to the same process: a producer that sends
    /// twice, or a container with a busy queue. A key takes some 300 bytes. It is never a claim:
    /// all that is not known here to be completed, with the same payload and not expired, goes to
    /// the store.
    ///
    /// Whoever deletes a record to have a message run again must know of it: processes that
    /// remember its key go on replaying it until they end. [More](crate::idempotency#memory).
    #[must_use]
    pub fn remember_completed(mut self, capacity: usize) -> Self {
        self.completed = NonZeroUsize::new(capacity).map(Completed::new);
        self
    }

    /// How long results are remembered (30 days). It must outlive the queue's retention, the
    /// dead-letter queue's, and a redrive.
    #[must_use]
    pub fn retention(mut self, retention: Duration) -> Self {
        self.retention = retention;
        self
    }

    /// How far workers' clocks may differ (1.5 s).
    #[must_use]
    pub fn clock_margin(mut self, margin: Duration) -> Self {
        self.margin = margin;
        self
    }

    /// Length of a claim where the invocation has no known deadline (60 s); it is renewed at a
    /// third of it while the handler runs.
    #[must_use]
    pub fn lease(mut self, lease: Duration) -> Self {
        self.lease = lease;
        self
    }

    /// With a deadline, claims outlive the invocation by the margin; without one they are renewed.
    pub(crate) fn lease_until_ms(&self, deadline: Deadline, now_ms: u64) -> u64 {
        match deadline.epoch_ms() {
            Some(deadline_ms) => deadline_ms.saturating_add(self.margin_ms()),
            None => now_ms.saturating_add(as_ms(self.lease)),
        }
    }

    pub(crate) fn margin_ms(&self) -> u64 {
        as_ms(self.margin)
    }

    /// When a record written now may be forgotten.
    pub(crate) fn expires_at_s(&self, now_ms: u64) -> u64 {
        (now_ms / 1000).saturating_add(self.retention.as_secs())
    }

    pub(crate) fn identify(
        &self,
        namespace: &str,
        message: &M,
        body: &str,
    ) -> Result<Identity, KeyError> {
        let id = record_id(namespace, &(self.key)(message, body)?)?;
        let validation = match &self.payload {
            Payload::Body => Some(payload_hash(body.as_bytes())),
            Payload::Part(part) => Some(canonical_hash(&part(message)?)),
            Payload::Ignored => None,
        };
        Ok(Identity {
            id,
            validation,
            policy: (self.policy)(message),
        })
    }
}

/// What makes a message the same as another.
#[derive(Debug)]
pub(crate) struct Identity {
    pub(crate) id: RecordId,
    pub(crate) validation: Option<String>,
    pub(crate) policy: Policy,
}

fn to_json(value: &impl Serialize) -> Result<Value, KeyError> {
    serde_json::to_value(value).map_err(|_| KeyError::NotJson)
}
