//! Why the conversations table could not be read.

use aws_sdk_dynamodb::error::{BuildError, SdkError};

/// Why the conversations table could not be read. All of it is worth a retry.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TableError {
    /// The request failed.
    #[error("DynamoDB could not {what}")]
    Request {
        /// What was asked for.
        what: &'static str,
        /// Why it failed.
        source: Box<aws_sdk_dynamodb::Error>,
    },
    /// The request could not even be made.
    #[error("a request could not be made")]
    Build(#[from] BuildError),
    /// An item lacks what its kind always has.
    #[error("an item of the conversations table has no usable attribute `{0}`")]
    Malformed(&'static str),
}

impl TableError {
    pub(super) fn request<E, R>(what: &'static str, error: SdkError<E, R>) -> Self
    where
        aws_sdk_dynamodb::Error: From<SdkError<E, R>>,
    {
        Self::Request {
            what,
            source: Box::new(error.into()),
        }
    }
}
