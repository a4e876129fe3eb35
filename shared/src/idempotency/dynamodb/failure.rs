//! Failures of calls in the store's terms.

use std::error::Error;
use std::sync::Arc;

use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};

use super::wire::WireError;
use crate::idempotency::StoreError;

/// A failed call, shared by the messages it was about.
#[derive(Clone)]
pub(super) struct CallFailure {
    what: String,
    code: Option<String>,
    source: Arc<dyn Error + Send + Sync>,
}

impl CallFailure {
    pub(super) fn new(action: &str, error: WireError) -> Self {
        let code = error.code().map(str::to_owned);
        Self::coded(action, code, error)
    }

    /// A call that went through the SDK's client.
    pub(super) fn of_client<E, R>(action: &str, error: SdkError<E, R>) -> Self
    where
        E: Error + ProvideErrorMetadata + Send + Sync + 'static,
        R: std::fmt::Debug + Send + Sync + 'static,
    {
        let code = error.code().map(str::to_owned);
        Self::coded(action, code, error)
    }

    fn coded(
        action: &str,
        code: Option<String>,
        error: impl Error + Send + Sync + 'static,
    ) -> Self {
        let what = match &code {
            Some(code) => format!("{action}: {code}"),
            None => format!("{action}: {error}"),
        };
        Self {
            what,
            code,
            source: Arc::new(error),
        }
    }

    /// A request that could not even be built.
    pub(super) fn unsent(action: &str, error: impl Error + Send + Sync + 'static) -> Self {
        Self {
            what: format!("{action}: not sent"),
            code: None,
            source: Arc::new(error),
        }
    }

    /// DynamoDB's code, if it answered.
    pub(super) fn code(&self) -> Option<&str> {
        self.code.as_deref()
    }

    /// Whether IAM refused the action.
    pub(super) fn is_denied(&self) -> bool {
        self.code() == Some("AccessDeniedException")
    }
}

impl From<CallFailure> for StoreError {
    fn from(failure: CallFailure) -> Self {
        StoreError::caused_by(failure.what, failure.source)
    }
}
