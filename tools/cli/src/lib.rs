#![doc = include_str!("../README.md")]

mod args;
mod check;
mod commands;
mod completions;
mod cost;
mod dlq;
mod error;
mod event;
mod local;
mod new;
mod outcome;
mod plan;
mod report;
mod send;
pub mod stage;
pub mod template;

pub use args::Cli;
pub use check::AwsError;
pub use commands::run;
pub use cost::CostError;
pub use error::{
    BuildError, DlqError, EndpointError, Error, ErrorReport, FunctionError, KeptError, NewError,
    SendError,
};
pub use event::{EventError, EventFile};
pub use local::{Call, Delivery, LogLevel, Report};
pub use outcome::{MessageOutcome, Outcome};
pub use plan::PlanError;
pub use report::{human, json};
