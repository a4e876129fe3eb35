//! The local environment: real function binaries against embedded services.

mod build;
mod clock;
mod endpoint;
mod environment;
mod function;
mod ids;
mod invoke;
mod log;
mod queues;
mod runtime_api;
mod serve;
pub(crate) mod stack;

pub use function::Delivery;
pub(crate) use ids::request_id;
pub use invoke::{Invoke, Report, invoke};
pub use log::LogLevel;
pub(crate) use serve::serve;
