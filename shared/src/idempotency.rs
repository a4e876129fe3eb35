//! One record per idempotency key: who may work on it, and whether its result is recorded.
//!
//! # How it works
//!
//! For each message of a batch the processor computes a key from business data, folds duplicates
//! onto the first, and *claims* all keys at once. A claim writes a record in progress with a
//! *lease*, until the invocation's deadline plus a margin, and an *owner*: a random token, new for
//! every claim. Then the handlers run, and each result is recorded by a *completion*, which only
//! the owner can make.
//!
//! | what is stored | what a claim makes of it |
//! |---|---|
//! | nothing | takes it |
//! | its own token, in progress | it has won already: its first answer was lost |
//! | completed, expired | takes it |
//! | another payload | *mismatch*: a permanent error |
//! | completed | *replayed* |
//! | quarantined | to the dead-letter queue, or *in doubt* if there is a hook |
//! | in progress, lease not over by the margin | *deferred*: hidden until it is |
//! | in progress, released | takes it |
//! | in progress, orphaned | takes it; under `Quarantine` parks it, or *in doubt* if there is a hook |
//!
//! The first line that fits decides. A retryable failure *releases* the record, so that the next
//! receive can claim it at once. A completion, a release or an extension of the lease by anyone but
//! the owner changes nothing. [`record`] decides all of this in pure functions; stores carry it out.
//!
//! # Reconciliation
//!
//! Whoever can find out what became of a run that was cut off says so by a
//! [`reconcile`](crate::Idempotency::reconcile) hook. A key that [`Policy::Quarantine`] would park,
//! or has parked, is then claimed *in doubt*: with a lease and an owner as ever, so that one worker
//! at a time asks, and only it can record the answer. The handler does not run.
//!
//! | the hook says | the record | the message |
//! |---|---|---|
//! | completed | completed, with the output | processed |
//! | unknown, or a permanent error | quarantined | to the dead-letter queue |
//! | any other error, or it is cut off | quarantined | retried, and the hook is asked again |
//!
//! A run that fails under `Quarantine` is parked at once, and its message retried: the hook is asked
//! at the next receive. A claim in doubt is never released to be run, whatever happens to it.
//!
//! # Transactional effects
//!
//! DynamoDB writes that a handler adds to [`MessageContext::effects`](crate::MessageContext::effects)
//! are committed with its completion in one `TransactWriteItems`: the record's update, under the
//! condition of every completion, and up to 99 writes behind it. A claim that was lost, or a key
//! that is completed, fails that condition, and with it goes the whole transaction.
//!
//! | what becomes of the transaction | what becomes of the message |
//! |---|---|
//! | made, by this try or one whose answer was lost | processed |
//! | the record is another's | as with a completion alone; nothing is written |
//! | the condition of one of the writes failed | retried: released, with backoff; the error names the write |
//! | in conflict with another, or throttled | tried again for up to a second, then retried as above |
//! | DynamoDB does not take such writes | a permanent error, with its reason |
//! | no answer | reported, hidden until the lease ends; then replayed, or run again |
//!
//! Nothing is sent for a handler that failed, panicked or was cut off. A write that was refused as
//! it was added fails the message, even if the handler goes on, and asking for effects where they
//! cannot be committed is an error: no write is ever dropped silently.
//!
//! - Only these writes happen once. A handler may run again, and whatever else it does may happen
//!   again: after a refused commit under [`Policy::Quarantine`] too, since nothing was written.
//! - What a handler has read may have changed when its writes are made. Put what must still hold
//!   into a condition, of the write itself or of a
//!   [`check`](crate::TransactionalEffects::check).
//! - All tables must be in one account and Region. Global tables with strong consistency have no
//!   transactions; in those without, conditions hold for one Region only.
//! - A transaction takes 4 MB, and costs twice the write units for every item in it, the record's
//!   included. A handler that adds no writes is completed as ever, and costs what it did.
//!
//! # Memory
//!
//! With [`remember_completed`](crate::Idempotency::remember_completed) a process keeps the keys whose
//! completion it has seen recorded, and replays their duplicates by itself. That is safe because a
//! completed record never becomes anything else before it expires: no rule above changes it, and
//! DynamoDB's time to live deletes it only afterwards. Nothing else is kept, and nothing for longer:
//! a key in progress, a payload that differs, and an expired result are the store's to judge, by the
//! claimant's clock in both places.
//!
//! It ends where somebody changes records by hand. A record that was deleted so that its message runs
//! again is still completed to the processes that remember it: publish the function anew, or restart
//! the worker, before the message is sent again, or send it under another key.
//!
//! # What is promised
//!
//! For one key, within the retention, at most one result is ever recorded, and a worker that lost
//! its claim can never change the record. A message is deleted only after its key's result is
//! recorded; otherwise it is reported or dead-lettered. Transactional writes are made if a result is
//! recorded, with it, and never without. On Lambda, with clocks within the margin,
//! two workers never run one key at once.
//!
//! # What is not
//!
//! An external effect can repeat if an execution was cut off, or failed, after performing it, or if
//! the transactional writes beside it were refused. [`Policy::Quarantine`] parks a message that was
//! cut off or failed instead. Where a process
//! can be paused beyond its deadline and wake up (not on Lambda), effects of a stalled process may
//! overlap with its successor's; its records still cannot. Nothing is remembered beyond the
//! retention. Redis can lose records in a failover, and with them all of this: `RedisStore`, of the
//! feature `redis`, says when.
//!
//! # Interoperability
//!
//! Records are those of Powertools for AWS Lambda, with `owner`, `attempts` and `last_error` added
//! and the status `QUARANTINED`. Records without an owner or a lease are understood. Powertools in
//! Python and TypeScript replays what is completed here and leaves alone what is worked on or parked;
//! TypeScript gives an output of ours back as the JSON text it is. Its ids are made otherwise: one key
//! is one record for both only where a program sees to it.

#[cfg(any(feature = "dynamodb", feature = "redis"))]
mod backoff;
mod completed;
#[cfg(feature = "dynamodb")]
mod dynamodb;
#[cfg(feature = "dynamodb")]
mod effects;
mod id;
#[cfg(feature = "dynamodb")]
mod item_of;
mod key;
mod memory;
mod policy;
mod reconcile;
pub mod record;
#[cfg(feature = "redis")]
mod redis;
mod request;
mod settings;
mod store;
#[cfg(feature = "dynamodb")]
mod transaction;

#[cfg(feature = "dynamodb")]
pub use dynamodb::DynamoDbStore;
#[cfg(feature = "dynamodb")]
pub use effects::TransactionalEffects;
#[cfg(feature = "dynamodb")]
pub(crate) use item_of::ItemOf;
pub use memory::MemoryStore;
pub use policy::Policy;
pub use reconcile::Reconciliation;
#[cfg(feature = "redis")]
pub use redis::RedisStore;
pub use request::{
    Claim, ClaimOutcome, CompleteOutcome, Completion, Disposition, Extension, LeaseOutcome, Release,
};
pub use settings::Idempotency;
pub(crate) use settings::Identity;
pub use store::{IdempotencyStore, StoreError, StoreFuture};
#[cfg(feature = "dynamodb")]
pub use transaction::{CommitFuture, CommitOutcome, TransactionalStore};
