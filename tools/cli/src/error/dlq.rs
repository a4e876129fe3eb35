//! Why a command on dead letters did not do its work.

use std::path::PathBuf;

/// Why dead letters stay where they are.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DlqError {
    /// SQS refused an operation, or nobody answered.
    #[error("cannot {what}: {why}")]
    Sqs {
        /// What was tried.
        what: &'static str,
        /// Why it failed.
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
    /// Where messages should go is not known.
    #[error("{queue} is the dead-letter queue of {sources}: say where the messages go with --to")]
    NoDestination {
        /// The dead-letter queue.
        queue: String,
        /// What it is the dead-letter queue of.
        sources: String,
    },
    /// A queue cannot be redriven into this one.
    #[error("{from} cannot be redriven into {to}: {why}")]
    Destination {
        /// The dead-letter queue.
        from: String,
        /// Where its messages were to go.
        to: String,
        /// Why not.
        why: &'static str,
    },
    /// A move task that was to be cancelled does not run.
    #[error("no move task runs on {0}")]
    NoTask(String),
    /// Nothing redrives to this queue.
    #[error(
        "{0} is no queue's dead-letter queue, so it is not purged; `aws sqs purge-queue` purges any queue"
    )]
    NotADeadLetterQueue(String),
    /// Nobody confirmed.
    #[error("nothing was purged: {0}")]
    NotConfirmed(&'static str),
    /// The message that was asked for is not there.
    #[error("no message {id} was seen in {queue}{hint}")]
    NoMessage {
        /// What was asked for.
        id: String,
        /// Where.
        queue: String,
        /// Why it may be there nevertheless.
        hint: &'static str,
    },
    /// A file cannot be read or written.
    #[error("cannot {what} {}: {source}", path.display())]
    File {
        /// What was tried.
        what: &'static str,
        /// The file.
        path: PathBuf,
        /// Why it failed.
        source: std::io::Error,
    },
    /// An export would overwrite something.
    #[error("{} is there already; --append goes on with it, or choose another file", .0.display())]
    Exists(PathBuf),
    /// Another command is at it.
    #[error("{} is in use by another lambda-queue; wait for it to end", .0.display())]
    InUse(PathBuf),
    /// A line is no exported message.
    #[error("{}:{line}: not a message that `dlq export` wrote: {why}; nothing was sent", path.display())]
    Line {
        /// The file.
        path: PathBuf,
        /// From 1.
        line: usize,
        /// Why.
        why: String,
    },
    /// What was sent before was sent elsewhere.
    #[error(
        "{} tells of an import into {before}; to import {} into {now} as well, move that file away",
        progress.display(), file.display()
    )]
    ImportedElsewhere {
        /// What is imported.
        file: PathBuf,
        /// What tells which lines were sent.
        progress: PathBuf,
        /// Where they were sent.
        before: String,
        /// Where they were to go now.
        now: String,
    },
}
