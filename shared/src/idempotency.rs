//! Idempotency: contract, how it works, and what is not guaranteed.

#[cfg(feature = "dynamodb")]
mod dynamodb;
mod key;
mod memory;
mod policy;
pub mod record;
mod request;
mod settings;
mod store;

#[cfg(feature = "dynamodb")]
pub use dynamodb::DynamoDbStore;
pub use memory::MemoryStore;
pub use policy::Policy;
pub use request::{
    Claim, ClaimOutcome, CompleteOutcome, Completion, Disposition, Extension, LeaseOutcome, Release,
};
pub use settings::Idempotency;
pub(crate) use settings::Identity;
pub use store::{IdempotencyStore, StoreError, StoreFuture};
