//! `local invoke`: one event file, delivered to one function.

use std::path::PathBuf;
use std::time::Duration;

use super::environment::Given;
use super::function::Delivery;
use super::log::LogLevel;
use super::stack::{Stack, find, programs};
use crate::error::{Error, FunctionError};
use crate::event::EventFile;
use crate::template::Template;

/// What to deliver, and to whom.
#[derive(Debug)]
pub(crate) struct Invoke {
    /// Where the function is described.
    pub(crate) template: Template,
    /// Its logical id or binary.
    pub(crate) function: String,
    /// The event file.
    pub(crate) event: PathBuf,
    /// How often the event is delivered.
    pub(crate) repeat: u32,
    /// Whether the binary is optimised.
    pub(crate) release: bool,
    /// How much of the function's log is shown.
    pub(crate) logs: LogLevel,
    /// What the function sees besides.
    pub(crate) given: Vec<Given>,
}

/// What came of the deliveries.
#[derive(Debug)]
#[non_exhaustive]
pub struct Report {
    /// The function's logical id.
    pub function: String,
    /// The event file.
    pub event: PathBuf,
    /// How long the function took to start.
    pub init: Duration,
    /// The template's variables that the function did not see, because they are about a queue.
    pub left_out: Vec<String>,
    /// One entry per delivery; fewer than asked for if one failed.
    pub deliveries: Vec<Delivery>,
}

impl Report {
    /// The error that ended the deliveries early.
    #[must_use]
    pub fn failure(&self) -> Option<&FunctionError> {
        self.deliveries.last()?.result.as_ref().err()
    }
}

/// Builds and starts the function and delivers the event, `repeat` times to the same process and
/// the same tables. A function error ends it; batch item failures do not.
///
/// # Errors
/// The event, template or build is at fault, or the function does not start.
pub(crate) async fn invoke(invoke: Invoke) -> Result<Report, Error> {
    let event = EventFile::load(&invoke.event)?;
    let function = find(&invoke.template, &invoke.function)?;
    let stack = Stack::up(invoke.template, 0, None).await?;
    let programs = programs(stack.template(), &[&function], invoke.release).await?;
    let program = &programs[&function.logical_id];
    let environment = stack.environment(&function, &invoke.given);
    let mut process = stack
        .start(&function, program, &environment, invoke.logs)
        .await?;
    let arn = function.as_fed().arn;
    let mut report = Report {
        left_out: environment.left_out,
        function: function.logical_id,
        event: invoke.event,
        init: process.init,
        deliveries: Vec::new(),
    };
    for _ in 0..invoke.repeat {
        report.deliveries.push(process.deliver(&event, &arn).await);
        if report.failure().is_some() {
            break;
        }
    }
    process.stop().await;
    Ok(report)
}
