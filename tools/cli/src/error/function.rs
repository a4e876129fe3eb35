//! How a function fails, in Lambda's own words where it has some.

use std::path::PathBuf;
use std::process::ExitStatus;
use std::time::Duration;

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
    /// Chaos ended it while it worked.
    #[error("chaos killed the function after {:.3} seconds", .0.as_secs_f64())]
    Killed(Duration),
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
    /// Nobody runs it where it should be.
    #[error("nobody answers at {url} ({why}); messages wait until somebody does")]
    Unreachable {
        /// The address.
        url: String,
        /// Why.
        why: String,
    },
    /// Whoever runs it failed.
    #[error("{url} answers with status {status}: {excerpt}")]
    Elsewhere {
        /// The address.
        url: String,
        /// The HTTP status.
        status: u16,
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

/// A failure as Lambda's invoke response would show it.
impl From<&FunctionError> for ErrorReport {
    fn from(error: &FunctionError) -> Self {
        match error {
            FunctionError::Reported(report) | FunctionError::Init(report) => report.clone(),
            other => Self {
                error_type: other.kind().to_owned(),
                error_message: other.to_string(),
            },
        }
    }
}

impl FunctionError {
    fn kind(&self) -> &'static str {
        match self {
            Self::Spawn { .. } => "Runtime.InvalidEntrypoint",
            Self::TimedOut(_) | Self::InitTimeout(_) => "Sandbox.Timedout",
            Self::EndedInInit(_) | Self::Crashed(_) | Self::Killed(_) => "Runtime.ExitError",
            Self::NotJson { .. } => "Function.InvalidResponse",
            Self::TooLarge => "Function.ResponseSizeTooLarge",
            _ => "Unknown",
        }
    }
}
