//! The local environment: real function binaries against embedded services.

mod activity;
mod build;
mod clock;
mod console;
mod endpoint;
mod environment;
mod fixtures;
mod function;
mod functions;
mod ids;
mod invoke;
mod log;
pub(crate) mod mapping;
mod pool;
mod queues;
mod run;
mod runtime_api;
mod serve;
pub(crate) mod stack;
pub(crate) mod summary;
mod voice;

pub use function::Delivery;
pub(crate) use ids::request_id;
pub use invoke::{Invoke, Report, invoke};
pub use log::LogLevel;
pub(crate) use run::{Run, run};
pub(crate) use serve::serve;
