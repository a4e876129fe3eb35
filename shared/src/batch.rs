mod attempt;
mod budget;
mod builder;
#[cfg(feature = "dynamodb")]
mod commits;
#[cfg(not(feature = "dynamodb"))]
#[path = "batch/no_commits.rs"]
mod commits;
mod group_commit;
mod heartbeat;
mod host;
mod outcome;
mod plan;
mod processor;
mod progress;
mod report;
mod run;
mod schedule;
mod service;
mod settings;
mod settled;
mod write;

pub use builder::{BatchProcessorBuilder, BuildError};
#[cfg(feature = "worker")]
pub(crate) use host::Host;
pub use outcome::Outcome;
pub use processor::BatchProcessor;
pub use report::{BatchReport, MessageReport, UnreportableMessage};
pub(crate) use service::Served;
pub(crate) use settled::Settled;
