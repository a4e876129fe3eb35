#![doc = include_str!("../README.md")]

mod args;
mod check;
mod commands;
mod error;
mod event;
mod local;
mod outcome;
mod report;
mod send;
pub mod stage;
pub mod template;

pub use args::Cli;
pub use check::AwsError;
pub use commands::run;
pub use error::{
    BuildError, EndpointError, Error, ErrorReport, FunctionError, KeptError, SendError,
};
pub use event::{EventError, EventFile};
pub use local::{Delivery, Invoke, LogLevel, Report, invoke};
pub use outcome::{MessageOutcome, Outcome};
pub use report::{human, json};
