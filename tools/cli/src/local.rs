//! The local environment: real function binaries against embedded services.

mod activity;
mod alarms;
pub(crate) mod build;
mod calls;
pub(crate) mod chaos;
pub(crate) mod clock;
mod console;
pub(crate) mod elsewhere;
mod endpoint;
pub(crate) mod environment;
pub(crate) mod fixtures;
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
mod watch;

pub use calls::Call;
pub use function::Delivery;
pub(crate) use ids::request_id;
pub use invoke::Report;
pub(crate) use invoke::{Invoke, invoke};
pub use log::LogLevel;
pub(crate) use run::{Ended, Local, Run, run};
pub(crate) use serve::serve;
