//! What the batch operations share: 1 to 10 entries with ids of their own, failures per entry.

use std::collections::HashSet;

use super::account::Sqs;
use super::api::{BatchResult, BatchResultEntry, BatchResultErrorEntry};
use super::errors::{ErrorKind, SqsError};
use super::queue::Queue;

const MAX_ENTRIES: usize = 10;
const MAX_ID: usize = 80;

/// An entry of a batch.
pub(super) trait Entry {
    /// The name of its shape, as in AWS's messages.
    const NAME: &'static str;

    fn id(&self) -> &str;
}

impl Sqs {
    /// Does every entry of a batch to a queue.
    pub(super) fn on_each<E: Entry>(
        &mut self,
        queue_url: &str,
        entries: &[E],
        now_ms: u64,
        mut each: impl FnMut(&mut Queue, &E) -> Result<(), SqsError>,
    ) -> Result<BatchResult<BatchResultEntry>, SqsError> {
        self.run_tasks(now_ms);
        let queue = self.queue(queue_url)?;
        check(entries)?;
        queue.tick(now_ms);
        Ok(run(entries, |entry| {
            each(queue, entry)?;
            Ok(BatchResultEntry {
                id: entry.id().into(),
            })
        }))
    }
}

/// Refuses a batch as a whole.
pub(super) fn check<E: Entry>(entries: &[E]) -> Result<(), SqsError> {
    if entries.is_empty() {
        return Err(SqsError::new(
            ErrorKind::EmptyBatchRequest,
            format!("There should be at least one {} in the request.", E::NAME),
        ));
    }
    if entries.len() > MAX_ENTRIES {
        return Err(SqsError::new(
            ErrorKind::TooManyEntriesInBatchRequest,
            format!(
                "Maximum number of entries per request are {MAX_ENTRIES}. You have sent {}.",
                entries.len()
            ),
        ));
    }
    let mut ids = HashSet::new();
    for id in entries.iter().map(Entry::id) {
        let valid = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
        if id.is_empty() || id.len() > MAX_ID || !id.bytes().all(valid) {
            return Err(SqsError::new(
                ErrorKind::InvalidBatchEntryId,
                "A batch entry id can only contain alphanumeric characters, hyphens and \
                 underscores. It can be at most 80 letters long.",
            ));
        }
        if !ids.insert(id) {
            return Err(SqsError::new(
                ErrorKind::BatchEntryIdsNotDistinct,
                format!("Id {id} repeated."),
            ));
        }
    }
    Ok(())
}

/// Does every entry; one that fails leaves the others alone.
pub(super) fn run<E: Entry, T>(
    entries: &[E],
    mut each: impl FnMut(&E) -> Result<T, SqsError>,
) -> BatchResult<T> {
    let mut result = BatchResult {
        successful: Vec::new(),
        failed: Vec::new(),
    };
    for entry in entries {
        match each(entry) {
            Ok(done) => result.successful.push(done),
            Err(error) => result.failed.push(BatchResultErrorEntry {
                id: entry.id().into(),
                sender_fault: true,
                code: error.query_code().into(),
                message: Some(error.message),
            }),
        }
    }
    result
}
