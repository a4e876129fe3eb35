//! Queues that outlive the process: every change is in the journal before it is answered.
//!
//! Nothing is forced to the disk: a killed process loses nothing, a machine without power may.

use std::io;

use lambda_queue_simulator::sqs::{Sqs, SqsError};

use super::folder::Folder;
use super::journal::Journal;
use super::operation::Operation;
use crate::error::KeptError;

/// A journal longer than this, and than the snapshot, is replaced by a new snapshot.
const LONG_JOURNAL_BYTES: u64 = 64 * 1024 * 1024;

pub(super) struct Store {
    folder: Folder,
    journal: Journal,
    long_journal_bytes: u64,
    /// Why nothing more can be kept.
    failed: Option<String>,
}

impl Store {
    /// Begins with the queues as they are.
    ///
    /// # Errors
    /// The folder cannot be written.
    pub(super) fn begin(mut folder: Folder, sqs: &Sqs) -> Result<Self, KeptError> {
        let journal = folder.save(sqs).map_err(|source| folder.error(source))?;
        Ok(Self {
            folder,
            journal,
            long_journal_bytes: LONG_JOURNAL_BYTES,
            failed: None,
        })
    }

    /// Runs an operation and keeps what it changed. After a failure nothing is run any more: what
    /// is answered would be lost.
    pub(super) fn run<O: Operation>(
        &mut self,
        sqs: &mut Sqs,
        operation: &O,
        now_ms: u64,
    ) -> Result<O::Answer, SqsError> {
        if let Some(failed) = &self.failed {
            return Err(SqsError::internal(failed));
        }
        let before = sqs.fingerprint();
        let answer = operation.run(sqs, now_ms);
        let told = answer.as_ref().is_ok_and(|it| operation.changes(it));
        if told || sqs.fingerprint() != before {
            self.keep(sqs, operation, now_ms, before).map_err(|error| {
                let path = self.journal.path.display();
                let failed = format!("cannot write {path}: {error}; make room and start again");
                SqsError::internal(self.failed.insert(failed).as_str())
            })?;
        }
        answer
    }

    fn keep(
        &mut self,
        sqs: &Sqs,
        operation: &impl Operation,
        now_ms: u64,
        before: u64,
    ) -> io::Result<()> {
        self.journal.append(now_ms, before, operation)?;
        if self.journal.bytes > self.long_journal_bytes.max(self.folder.bytes) {
            self.journal = self.folder.save(sqs)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
