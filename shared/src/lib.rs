#![doc = include_str!("../README.md")]

mod batch;
mod cancellation;
#[cfg(feature = "claim-check")]
mod claim_check;
mod clock;
mod deadline;
mod envelope;
mod environment;
mod error;
mod handler;
mod hops;
pub mod idempotency;
mod message;
mod producer;
mod queue;
mod retry;
mod runtime;
pub mod telemetry;
mod timeouts;
#[cfg(feature = "worker")]
pub mod worker;

pub use batch::{
    BatchProcessor, BatchProcessorBuilder, BatchReport, BuildError, MessageReport, Outcome,
    UnreportableMessage,
};
pub use cancellation::{CancelOnDrop, Cancellation, Panicked, blocking};
#[cfg(feature = "claim-check")]
pub use claim_check::ClaimCheck;
pub use clock::Clock;
pub use deadline::Deadline;
pub use envelope::Envelope;
pub use environment::{Environment, EnvironmentError, QueueSettings};
pub use error::{Classify, ErrorClass, HandlerError};
pub use handler::Handler;
#[cfg(feature = "redis")]
pub use idempotency::RedisStore;
#[cfg(feature = "dynamodb")]
pub use idempotency::{DynamoDbStore, TransactionalEffects};
pub use idempotency::{Idempotency, IdempotencyStore, MemoryStore, Policy, Reconciliation};
pub use message::{Message, MessageContext};
pub use producer::{Following, Producer, SendError, Sent};
pub use retry::Backoff;
pub use runtime::{Error, aws_config, run};
