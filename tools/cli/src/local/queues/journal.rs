//! The journal: what changed queues since they were last saved, an operation on each line.
//!
//! `<epoch milliseconds> <fingerprint of the account before> <operation> <request as JSON>`

use std::fs::File;
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

use lambda_queue_simulator::sqs::Sqs;

use super::operation::{Operation, replay};
use crate::error::KeptError;

/// The first line, with the version of the format and of the simulator's answers.
const HEADER: &str = "lambda-queue journal 1";

/// A journal that is being written.
pub(super) struct Journal {
    pub(super) path: PathBuf,
    pub(super) file: File,
    pub(super) bytes: u64,
    line: Vec<u8>,
}

impl Journal {
    /// Of one without operations.
    pub(super) const EMPTY_BYTES: u64 = HEADER.len() as u64 + 1;

    /// Begins a journal, in place of one that nothing refers to.
    pub(super) fn create(path: PathBuf) -> io::Result<Self> {
        let mut file = File::create(&path)?;
        file.write_all(format!("{HEADER}\n").as_bytes())?;
        Ok(Self {
            path,
            file,
            bytes: Self::EMPTY_BYTES,
            line: Vec::new(),
        })
    }

    /// Appends an operation. With its return the system has it, whatever becomes of this process.
    pub(super) fn append(
        &mut self,
        now_ms: u64,
        fingerprint: u64,
        operation: &impl Operation,
    ) -> io::Result<()> {
        self.line.clear();
        let name = operation.name();
        write!(self.line, "{now_ms} {fingerprint} {name} ")?;
        operation.write(&mut self.line)?;
        self.line.push(b'\n');
        self.file.write_all(&self.line)?;
        self.bytes += self.line.len() as u64;
        Ok(())
    }
}

/// Does again what the journal at `path` says. A last line without an end was never answered, and
/// is left out.
pub(super) fn replay_all(sqs: &mut Sqs, path: &Path) -> Result<(), KeptError> {
    let bytes = match std::fs::read(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => {
            return Err(KeptError::damaged(path, 1, "is missing"));
        }
        read => read.map_err(|source| KeptError::io(path, source))?,
    };
    let lines = bytes.split_inclusive(|&byte| byte == b'\n');
    let lines = lines.filter_map(|line| line.strip_suffix(b"\n"));
    for (index, line) in lines.enumerate() {
        if index == 0 {
            check_header(line, path)?;
            continue;
        }
        let damaged = |why| KeptError::damaged(path, index + 1, why);
        let record = Record::parse(line).ok_or_else(|| damaged("is no operation"))?;
        if record.fingerprint != sqs.fingerprint() {
            return Err(damaged("does not follow from what is before it"));
        }
        replay(sqs, record.operation, record.request, record.now_ms)
            .ok_or_else(|| damaged("is no operation"))?;
    }
    Ok(())
}

fn check_header(line: &[u8], path: &Path) -> Result<(), KeptError> {
    if line == HEADER.as_bytes() {
        return Ok(());
    }
    Err(KeptError::version(path))
}

struct Record<'a> {
    now_ms: u64,
    fingerprint: u64,
    operation: &'a str,
    request: &'a [u8],
}

impl<'a> Record<'a> {
    fn parse(line: &'a [u8]) -> Option<Self> {
        let mut parts = str::from_utf8(line).ok()?.splitn(4, ' ');
        Some(Self {
            now_ms: parts.next()?.parse().ok()?,
            fingerprint: parts.next()?.parse().ok()?,
            operation: parts.next()?,
            request: parts.next()?.as_bytes(),
        })
    }
}
