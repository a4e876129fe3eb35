//! What the processor asks of SQS itself: hiding messages and dead-lettering them.

mod batches;
mod dead_letter;
mod visibility;

use aws_sdk_sqs::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_sqs::types::{MessageSystemAttributeNameForSends, MessageSystemAttributeValue};

pub(crate) use batches::{MAX_BYTES, batches};
pub(crate) use dead_letter::{DeadLetterQueue, Letter};
pub(crate) use visibility::{Hide, Visibility};

/// Entries in one SQS batch request.
pub(crate) const ENTRIES: usize = 10;
/// Batch requests that are under way side by side.
pub(crate) const SIDE_BY_SIDE: usize = 8;

/// The system attribute that carries X-Ray's trace on.
pub(crate) fn trace_header(
    text: &str,
) -> Option<(
    MessageSystemAttributeNameForSends,
    MessageSystemAttributeValue,
)> {
    let value = MessageSystemAttributeValue::builder().data_type("String");
    let value = value.string_value(text).build().ok()?;
    Some((MessageSystemAttributeNameForSends::AwsTraceHeader, value))
}

/// Why a call failed, in a few words: the SDK's own text shows the whole HTTP response.
pub(crate) fn reason<E: ProvideErrorMetadata, R>(error: &SdkError<E, R>) -> String {
    match (error.code(), error.message()) {
        (Some(code), Some(message)) => format!("{code}: {message}"),
        (Some(code), None) => code.to_owned(),
        (None, _) => error.to_string(),
    }
}
