//! The batch processor through its public interface: an event in, outcomes out.

#![allow(clippy::unwrap_used, missing_docs, unreachable_pub, reason = "tests")]

mod any_batch;
mod any_effects;
mod deadlines;
mod effects;
mod envelopes;
mod events;
mod failures;
mod fifo;
mod held;
mod idempotent;
mod logs;
mod queues;
mod reconcile;
mod remembered;
mod service;
mod sqs;
mod stores;
mod transactions;
