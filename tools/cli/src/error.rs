//! Everything that can go wrong, each as one line on what, where, and what to do.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitStatus;
use std::time::Duration;

use crate::event::EventError;
use crate::template::TemplateError;

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
    /// The demo found nothing to deliver.
    #[error("no event files `sqs-<function>-success*.json` in {}", .0.display())]
    NoFixtures(PathBuf),
    /// Building the functions failed.
    #[error(transparent)]
    Build(#[from] BuildError),
    /// The local endpoint could not be served.
    #[error(transparent)]
    Endpoint(#[from] EndpointError),
    /// The function failed.
    #[error("{function}: {source}")]
    Function {
        /// The function's logical id.
        function: String,
        /// How.
        source: FunctionError,
    },
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
}

/// How a function failed, told as Lambda would tell it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FunctionError {
    /// The program could not be started.
    #[error("cannot start {}: {source}", program.display())]
    Spawn {
        /// The program.
        program: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// Nothing on this machine could serve it.
    #[error("cannot serve the Lambda Runtime API: {0}")]
    RuntimeApi(std::io::Error),
    /// It reported that it cannot start.
    #[error("the function failed to start: {0}")]
    Init(ErrorReport),
    /// It ended before it asked for work.
    #[error("the function ended before it asked for an event ({0}); its log says why")]
    EndedInInit(ExitStatus),
    /// It never asked for work.
    #[error("the function did not ask for an event within {} seconds of its start; does it call lambda_runtime's `run`?", .0.as_secs())]
    InitTimeout(Duration),
    /// It answered with an error.
    #[error("the function returned an error: {0}")]
    Reported(ErrorReport),
    /// It ended while it worked.
    #[error("the function ended before it answered ({0}); its log says why")]
    Crashed(ExitStatus),
    /// It was stopped at its timeout.
    #[error("Task timed out after {:.2} seconds", .0.as_secs_f64())]
    TimedOut(Duration),
    /// Its answer is not JSON.
    #[error("the response is not JSON ({problem}): {excerpt}")]
    NotJson {
        /// What the parser says.
        problem: String,
        /// How the answer begins.
        excerpt: String,
    },
    /// Its answer is larger than Lambda allows.
    #[error("the response is larger than the 6 MB that Lambda allows")]
    TooLarge,
}

/// An error as a function reports it to Lambda.
#[derive(Debug, Clone, Default, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ErrorReport {
    /// The type's name.
    pub error_type: String,
    /// The message.
    pub error_message: String,
}

impl std::fmt::Display for ErrorReport {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} ({})", self.error_message, self.error_type)
    }
}
