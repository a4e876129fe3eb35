//! What it means that a server did not do what it was asked.
//!
//! What a server says may quote what it was sent. It is for the model, which wrote that, and never
//! for a log: only [`Failure::Refused`] has it.

use std::error::Error;

use http::StatusCode;
use rmcp::ServiceError;
use rmcp::model::{ErrorCode, ErrorData};
use rmcp::service::ClientInitializeError;
use rmcp::transport::streamable_http_client::StreamableHttpError;

use super::exchange::MAX_ANSWER;

/// Why there is no answer to a message.
#[derive(Debug, thiserror::Error)]
pub(super) enum Unanswered {
    /// Without a connection, the message was not sent.
    #[error("it cannot be reached: {0}")]
    Unreachable(String),
    /// The message was sent, or part of it.
    #[error("the connection broke: {0}")]
    Broken(String),
    #[error("it answered HTTP {0}")]
    Status(StatusCode),
    #[error("its answer has more than {MAX_ANSWER} bytes")]
    TooLarge,
    #[error("its answer is not of the Model Context Protocol: {0}")]
    NotMcp(&'static str),
}

/// What a call came to, if not to a result.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Failure {
    /// The server has forgotten the session, and did nothing.
    SessionLost,
    /// The call was not sent, or not let in: nothing was done.
    NotStarted(String),
    /// The server does not do this, in its words.
    Refused(String),
    /// The server did it, or tried: the answer cannot be taken.
    TooLarge,
    /// Nobody knows whether it was done.
    Unknown(String),
}

impl Failure {
    fn of(unanswered: &Unanswered) -> Self {
        let why = unanswered.to_string();
        match unanswered {
            Unanswered::Unreachable(_) => Self::NotStarted(why),
            Unanswered::Broken(_) | Unanswered::NotMcp(_) => Self::Unknown(why),
            Unanswered::TooLarge => Self::TooLarge,
            // Whoever is not let in has no other call to make: these are for the operator.
            Unanswered::Status(
                StatusCode::UNAUTHORIZED
                | StatusCode::FORBIDDEN
                | StatusCode::NOT_FOUND
                | StatusCode::TOO_MANY_REQUESTS,
            ) => Self::NotStarted(why),
            Unanswered::Status(StatusCode::REQUEST_TIMEOUT) => Self::Unknown(why),
            Unanswered::Status(status) if status.is_redirection() => Self::NotStarted(why),
            Unanswered::Status(status) if status.is_client_error() => Self::Refused(why),
            Unanswered::Status(_) => Self::Unknown(why),
        }
    }

    fn in_chain(error: &(dyn Error + 'static)) -> Option<Self> {
        let mut next = Some(error);
        while let Some(error) = next {
            match error.downcast_ref::<StreamableHttpError<Unanswered>>() {
                Some(StreamableHttpError::Client(unanswered)) => {
                    return Some(Self::of(unanswered));
                }
                Some(StreamableHttpError::SessionExpired) => return Some(Self::SessionLost),
                _ => next = error.source(),
            }
        }
        None
    }
}

impl From<ServiceError> for Failure {
    fn from(error: ServiceError) -> Self {
        match error {
            ServiceError::McpError(error) if error.code == ErrorCode::INTERNAL_ERROR => {
                Self::Unknown("it reports an internal error".to_owned())
            }
            ServiceError::McpError(error) if is_of_session(&error) => Self::SessionLost,
            ServiceError::McpError(error) => {
                Self::Refused(format!("{} (code {})", error.message, error.code.0))
            }
            ServiceError::TransportSend(error) => Self::in_chain(error.error.as_ref())
                .unwrap_or_else(|| Self::Unknown("the session ended".to_owned())),
            _ => Self::Unknown("the session ended before the answer".to_owned()),
        }
    }
}

/// What servers after the TypeScript SDK's examples answer instead of HTTP 404.
fn is_of_session(error: &ErrorData) -> bool {
    let message = error.message.to_ascii_lowercase();
    let is_spoken_of = message.contains("session id") || message.contains("session not found");
    matches!(error.code.0, -32000 | -32001) && is_spoken_of
}

impl From<ClientInitializeError> for Failure {
    /// Before there is a session, no call was sent.
    fn from(error: ClientInitializeError) -> Self {
        let why = match &error {
            ClientInitializeError::TransportError { error, .. } => {
                match Self::in_chain(error.error.as_ref()) {
                    Some(Self::NotStarted(why) | Self::Refused(why) | Self::Unknown(why)) => why,
                    _ => "it cannot be initialized".to_owned(),
                }
            }
            ClientInitializeError::JsonRpcError(error) => {
                format!("it refuses a session with code {}", error.code.0)
            }
            _ => "it does not speak the Model Context Protocol".to_owned(),
        };
        Self::NotStarted(why)
    }
}
