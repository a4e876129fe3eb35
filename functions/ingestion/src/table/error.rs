//! Why the documents table could not be read or written.

use aws_sdk_dynamodb::error::{BuildError, SdkError};

/// Why the documents table could not be read or written. All of it is worth a retry.
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
    /// Writes were left out again and again.
    #[error("DynamoDB left out {left} writes of a batch, {attempts} times in a row")]
    Unprocessed {
        /// Writes left.
        left: usize,
        /// How often they were sent.
        attempts: u32,
    },
    /// Keys were left out again and again.
    #[error("DynamoDB left out {left} keys of a batch, {attempts} times in a row")]
    Unread {
        /// Keys left.
        left: usize,
        /// How often they were asked for.
        attempts: u32,
    },
    /// Somebody else replaced the document in the meantime.
    #[error("the document was replaced by another message while this one was ingested")]
    Replaced,
    /// An item lacks what its kind always has.
    #[error("an item of the documents table has no usable attribute `{0}`")]
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
