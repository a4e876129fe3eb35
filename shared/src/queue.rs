//! What the processor asks of SQS itself: hiding messages and dead-lettering them.

mod dead_letter;
mod visibility;

pub(crate) use dead_letter::{DeadLetterQueue, Letter};
pub(crate) use visibility::{Hide, Visibility};

/// Entries in one SQS batch request.
const ENTRIES: usize = 10;
/// Batch requests that are under way side by side.
const SIDE_BY_SIDE: usize = 8;
