//! `lambda-queue check`: what of a template, or of a deployed stack, loses data or money.

mod args;
mod aws;
mod command;
mod finding;
mod judge;
mod model;
mod report;
mod rules;

pub(crate) use args::CheckArgs;
pub use aws::AwsError;
pub(crate) use command::run;
pub(crate) use finding::Unknown;
pub(crate) use model::{DEFAULT_RETENTION, Function, Mapping, Model, Queue};
