//! Where queues are kept: `queues/snapshot`, and `queues/journal-<n>` with what came after it.
//!
//! The snapshot says which journal goes on from it, and takes the place of the one before at once:
//! a process that ends between any two steps leaves a pair behind that belongs together.

use std::fs::{self, File, TryLockError};
use std::io::{self, BufWriter, ErrorKind, Write};
use std::path::{Path, PathBuf};

use lambda_queue_simulator::sqs::Sqs;

use super::journal::{Journal, replay_all};
use crate::error::KeptError;

/// The snapshot's first line goes on with the number of its journal.
const HEADER: &str = "lambda-queue snapshot 1 ";

/// A folder that no other process uses.
pub(super) struct Folder {
    path: PathBuf,
    /// Of the journal that goes with the snapshot.
    number: u64,
    /// The snapshot's.
    pub(super) bytes: u64,
    lock: File,
}

impl Folder {
    /// Takes the folder for queues in `data`.
    ///
    /// # Errors
    /// Another process uses it, or it cannot be written.
    pub(super) fn open(data: &Path) -> Result<Self, KeptError> {
        let path = data.join("queues");
        fs::create_dir_all(&path).map_err(|source| KeptError::io(&path, source))?;
        let lock =
            File::create(path.join("lock")).map_err(|source| KeptError::io(&path, source))?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(KeptError::InUse(data.to_owned())),
            Err(TryLockError::Error(source)) => return Err(KeptError::io(&path, source)),
        }
        Ok(Self {
            path,
            number: 0,
            bytes: 0,
            lock,
        })
    }

    /// The queues as they were when the last answer was given, with URLs below `url`; `None` if
    /// none were kept here.
    ///
    /// # Errors
    /// A file is damaged, missing, or of another version.
    pub(super) fn restore(&mut self, url: &str) -> Result<Option<Sqs>, KeptError> {
        let snapshot = self.path.join("snapshot");
        let bytes = match fs::read(&snapshot) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == ErrorKind::NotFound => {
                return self.check_unused(&snapshot).map(|()| None);
            }
            Err(source) => return Err(KeptError::io(&snapshot, source)),
        };
        let end = bytes.iter().position(|&byte| byte == b'\n');
        let (header, json) = bytes.split_at(end.unwrap_or_default());
        let number = str::from_utf8(header).ok();
        let number = number.and_then(|it| it.strip_prefix(HEADER)?.parse().ok());
        self.number = number.ok_or_else(|| KeptError::version(&snapshot))?;
        // The reader's own words may quote messages.
        let mut sqs = Sqs::restore(json, url)
            .map_err(|error| KeptError::damaged(&snapshot, error.line(), "is not understood"))?;
        replay_all(&mut sqs, &self.journal(self.number))?;
        Ok(Some(sqs))
    }

    /// Operations without a snapshot are not what this leaves behind, however it ends: the journal
    /// of the very first start is empty until there is one.
    fn check_unused(&self, snapshot: &Path) -> Result<(), KeptError> {
        let entries = fs::read_dir(&self.path).map_err(|source| self.error(source))?;
        for entry in entries.flatten() {
            let is_journal = entry.file_name().to_string_lossy().starts_with("journal-");
            let empty = |it: fs::Metadata| it.len() <= Journal::EMPTY_BYTES;
            if is_journal && !entry.metadata().is_ok_and(empty) {
                return Err(KeptError::damaged(snapshot, 1, "is missing"));
            }
        }
        Ok(())
    }

    /// Saves the queues and begins a journal for what comes next.
    ///
    /// # Errors
    /// The folder cannot be written; what was kept before is still there.
    pub(super) fn save(&mut self, sqs: &Sqs) -> io::Result<Journal> {
        let number = self.number + 1;
        let journal = Journal::create(self.journal(number))?;
        let written = self.path.join("snapshot.new");
        let mut file = BufWriter::new(File::create(&written)?);
        writeln!(file, "{HEADER}{number}")?;
        sqs.save(&mut file)?;
        let file = file.into_inner()?;
        self.bytes = file.metadata()?.len();
        fs::rename(&written, self.path.join("snapshot"))?;
        // What is left of it, if this fails, is never read.
        drop(fs::remove_file(self.journal(self.number)));
        self.number = number;
        Ok(journal)
    }

    pub(super) fn error(&self, source: io::Error) -> KeptError {
        KeptError::io(&self.path, source)
    }

    fn journal(&self, number: u64) -> PathBuf {
        self.path.join(format!("journal-{number}"))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // A process that is just being started has the file open, too, and closes it a moment later.
        drop(self.lock.unlock());
    }
}
