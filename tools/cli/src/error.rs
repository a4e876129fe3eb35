//! Everything that can go wrong, each as one line on what, where, and what to do.

mod dlq;
mod function;
mod kept;
mod new;
mod send;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitStatus;

use crate::cost::CostError;
use crate::event::EventError;
use crate::plan::PlanError;
use crate::template::TemplateError;

pub use dlq::DlqError;
pub use function::{ErrorReport, FunctionError};
pub use kept::KeptError;
pub use new::NewError;
pub use send::SendError;

/// Why a command ended without doing its work.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The template is missing or not understood.
    #[error(transparent)]
    Template(#[from] TemplateError),
    /// No template in this folder or above it.
    #[error("no template.yaml in {} or a folder above it; name one with --template", .0.display())]
    NoTemplate(PathBuf),
    /// The event file is missing or not understood.
    #[error(transparent)]
    Event(#[from] EventError),
    /// The template has no function of that name.
    #[error("{template} has no function `{name}`; it has {known}")]
    UnknownFunction {
        /// What was asked for.
        name: String,
        /// The template.
        template: String,
        /// What there is.
        known: String,
    },
    /// The template does not say which cargo binary a function is.
    #[error(
        "{template}: {function} names no cargo binary; give it `Metadata: {{BuildMethod: rust-cargolambda, BuildProperties: {{Binary: NAME}}}}`"
    )]
    NoBinary {
        /// The template.
        template: String,
        /// The function's logical id.
        function: String,
    },
    /// No function of the template is fed from a queue.
    #[error(
        "{0}: no function has an event of the type SQS, so there is nothing to run; `local serve` serves the rest"
    )]
    NoEventSources(String),
    /// No queue of the template feeds a function of it.
    #[error(
        "{template}: no function is fed from a queue here; what counts are SQS events of AWS::Serverless::Function and AWS::Lambda::EventSourceMapping, with function and queue in the same template{left_out}"
    )]
    NoFeeds {
        /// The template.
        template: String,
        /// Mappings that are not known well enough, each on a line of its own.
        left_out: String,
    },
    /// There was nothing to send.
    #[error("no event files `sqs-<function>-<scenario>.json` in {} for a function of the template", .0.display())]
    NoEvents(PathBuf),
    /// SQS refused a message of an event file.
    #[error("{}: the queue {queue} refuses the message: {message}", path.display())]
    NotSent {
        /// The event file.
        path: PathBuf,
        /// The queue's name.
        queue: String,
        /// Why, in SQS's words.
        message: String,
    },
    /// What a function elsewhere should see could not be written.
    #[error("cannot write the variables for {function} into a temporary file: {source}")]
    Variables {
        /// The function's logical id.
        function: String,
        /// Why.
        source: std::io::Error,
    },
    /// Building the functions failed.
    #[error(transparent)]
    Build(#[from] BuildError),
    /// The local endpoint could not be served.
    #[error(transparent)]
    Endpoint(#[from] EndpointError),
    /// Queues cannot be kept, or taken up again.
    #[error(transparent)]
    Kept(#[from] KeptError),
    /// A deployed stack cannot be read.
    #[error(transparent)]
    Aws(#[from] crate::check::AwsError),
    /// There is no such rule to explain.
    #[error("there is no rule `{0}`; `lambda-queue check --explain` lists them")]
    UnknownRule(String),
    /// Messages were not sent.
    #[error(transparent)]
    Send(#[from] SendError),
    /// Dead letters stay where they are.
    #[error(transparent)]
    Dlq(#[from] DlqError),
    /// There is no new function.
    #[error(transparent)]
    New(#[from] NewError),
    /// The function failed.
    #[error("{function}: {source}")]
    Function {
        /// The function's logical id.
        function: String,
        /// How.
        source: FunctionError,
    },
    /// Costs could not be told.
    #[error(transparent)]
    Cost(#[from] CostError),
    /// A load could not be simulated.
    #[error(transparent)]
    Plan(#[from] PlanError),
    /// The answer could not be shown.
    #[error("cannot write to the standard output: {0}")]
    Output(#[from] std::io::Error),
}

impl Error {
    /// 1 where a function failed, 2 where it was not reached.
    #[must_use]
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Function { .. } => 1,
            _ => 2,
        }
    }
}

/// Why there is no function binary.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BuildError {
    /// Cargo could not be run.
    #[error("cannot run `{cargo}` in {}: {source}", folder.display())]
    Cargo {
        /// The program.
        cargo: String,
        /// Where.
        folder: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// There is nothing to build.
    #[error("there is no folder {} to build functions in; the template's CodeUri says so", .0.display())]
    NoFolder(PathBuf),
    /// Cargo ran and failed; it has said why.
    #[error("`{command}` failed in {} ({status}); cargo says why above", folder.display())]
    Failed {
        /// The command line.
        command: String,
        /// Where.
        folder: PathBuf,
        /// How it ended.
        status: ExitStatus,
    },
    /// Cargo succeeded without making the binary.
    #[error("`{command}` made no executable `{binary}`")]
    NoExecutable {
        /// The command line.
        command: String,
        /// What was asked for.
        binary: String,
    },
}

/// Why there is no local endpoint.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EndpointError {
    /// The address is taken or not allowed.
    #[error(
        "cannot listen on {address}: {source}; choose another port with --port, or 0 for any free one"
    )]
    Bind {
        /// The address.
        address: SocketAddr,
        /// Why.
        source: std::io::Error,
    },
    /// Somebody started this before.
    #[error(
        "another lambda-queue answers at {0}: use that one, stop it, or choose another port with --port, or 0 for any free one"
    )]
    Another(SocketAddr),
    /// A table of the template was refused.
    #[error("the table {table} cannot be created: {message}")]
    Table {
        /// The table's logical id.
        table: String,
        /// Why.
        message: String,
    },
    /// The embedded database failed.
    #[error("the embedded DynamoDB failed: {0}")]
    Database(String),
    /// What is stored has no place.
    #[error("cannot store anything in {}: {source}; choose another folder with --data", folder.display())]
    Data {
        /// The folder.
        folder: PathBuf,
        /// Why.
        source: std::io::Error,
    },
}

/// What really happened: the layers above only say that something did.
pub(crate) fn innermost(error: &dyn std::error::Error) -> String {
    match error.source() {
        Some(source) => innermost(source),
        None => error.to_string(),
    }
}
