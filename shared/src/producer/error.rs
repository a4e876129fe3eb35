/// Why a message was not sent.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SendError {
    /// Its type has no JSON.
    #[error("the message cannot be written as JSON: {0}")]
    NotJson(String),
    /// SQS takes 1 MiB, attributes included.
    #[error("the message has {bytes} bytes, attributes included; SQS takes 1,048,576")]
    TooLarge {
        /// Its size as SQS counts it.
        bytes: usize,
    },
    /// Its content could not be stored in S3.
    #[cfg(feature = "claim-check")]
    #[error("the message's content cannot be stored in S3: {0}")]
    NotStored(String),
    /// SQS has answered, and does not have it.
    #[error("SQS refuses the message: {code}{}{message}", if message.is_empty() { "" } else { ": " })]
    Refused {
        /// SQS's error code.
        code: String,
        /// SQS's words; may be empty.
        message: String,
        /// Whether sending it again, as it is, cannot help.
        is_permanent: bool,
    },
    /// There was no answer that speaks of it: it may be in the queue.
    #[error("there was no answer about the message, which may have been sent: {0}")]
    Unanswered(String),
    /// FIFO: an earlier message of its group was not sent, or nobody knows. It was held back to
    /// keep the order.
    #[error("an earlier message of its group was not sent")]
    Blocked,
}

impl SendError {
    pub(super) fn unmentioned() -> Self {
        Self::Unanswered("the answer does not mention it".to_owned())
    }

    /// Whether sending it again, as it is, cannot help.
    pub fn is_permanent(&self) -> bool {
        match self {
            Self::NotJson(_) | Self::TooLarge { .. } => true,
            Self::Refused { is_permanent, .. } => *is_permanent,
            Self::Unanswered(_) | Self::Blocked => false,
            #[cfg(feature = "claim-check")]
            Self::NotStored(_) => false,
        }
    }
}
