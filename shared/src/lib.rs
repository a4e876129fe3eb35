#![doc = include_str!("../README.md")]

mod clock;
mod error;
pub mod idempotency;

pub use clock::Clock;
pub use error::{Classify, ErrorClass, HandlerError};
pub use idempotency::{IdempotencyStore, MemoryStore, Policy};
