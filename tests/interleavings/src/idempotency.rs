//! Stores and collections that handlers and invocations share.

#[path = "../../../shared/src/idempotency/completed.rs"]
mod completed;
// Its own tests are not beside it, seen from here.
#[rustfmt::skip]
#[path = "../../../shared/src/idempotency/effects.rs"]
mod effects;
#[path = "../../../shared/src/idempotency/item_of.rs"]
mod item_of;
#[path = "../../../shared/src/idempotency/memory.rs"]
mod memory;

use std::num::NonZeroUsize;

use aws_sdk_dynamodb::types::TransactWriteItem;
pub use effects::TransactionalEffects;
pub(crate) use lambda_queue::idempotency::record;
use lambda_queue::idempotency::record::RecordId;
pub use memory::MemoryStore;

use crate::HandlerError;

mod request {
    pub(super) use lambda_queue::idempotency::{
        Claim, ClaimOutcome, CompleteOutcome, Completion, Extension, LeaseOutcome, Release,
    };
}

mod store {
    pub(super) use lambda_queue::idempotency::{IdempotencyStore, StoreFuture};
}

/// What only `shared` itself may do with effects.
pub fn new_effects() -> TransactionalEffects {
    TransactionalEffects::new()
}

/// What only `shared` itself may do with effects.
///
/// # Errors
/// A write was refused.
pub fn close(effects: &TransactionalEffects) -> Result<Vec<TransactWriteItem>, HandlerError> {
    effects.close()
}

/// Keys completed last.
pub struct Completed(completed::Completed);

impl Completed {
    pub fn new(capacity: NonZeroUsize) -> Self {
        Self(completed::Completed::new(capacity))
    }

    pub fn remember(&self, id: RecordId, expires_at_s: u64) {
        self.0.remember(id, None, expires_at_s);
    }

    pub fn replays(&self, id: &RecordId, now_ms: u64) -> bool {
        self.0.replays(id, &None, now_ms)
    }
}
