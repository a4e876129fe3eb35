//! Why messages were not sent.

use std::path::PathBuf;

/// Why a message is not in its queue.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SendError {
    /// The address is not that of a local environment.
    #[error("`{0}` is not an address of a local environment, such as http://127.0.0.1:4566")]
    Endpoint(String),
    /// Nobody is there.
    #[error(
        "no answer from {endpoint}: {why}; start `lambda-queue local`, or name another address with --endpoint"
    )]
    NoAnswer {
        /// The address.
        endpoint: String,
        /// Why.
        why: String,
    },
    /// No queue is called that, or several are.
    #[error("no one queue is meant by `{given}`; {known}")]
    NoQueue {
        /// What was asked for.
        given: String,
        /// What there is.
        known: String,
    },
    /// The body cannot be read.
    #[error("cannot read {}: {source}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// No event file is for the queue.
    #[error("{} holds no messages for the queue {queue}", path.display())]
    NoMessages {
        /// The file or folder.
        path: PathBuf,
        /// The queue's name.
        queue: String,
    },
    /// A FIFO queue orders messages by their groups.
    #[error("{0} is a FIFO queue, which needs a message group: name one with --group")]
    NoGroup(String),
    /// SQS refused an operation.
    #[error("SQS refuses: {code}: {message}")]
    Refused {
        /// Its code.
        code: String,
        /// Its words.
        message: String,
    },
    /// SQS refused a message.
    #[error("{code}: {message} ({sent} of {total} messages were sent before)")]
    Message {
        /// How many are in the queue.
        sent: usize,
        /// How many there are.
        total: usize,
        /// Its code.
        code: String,
        /// Its words.
        message: String,
    },
}
