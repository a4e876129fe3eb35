//! The file of an export: what it was told is on the disk when it says so.

use std::collections::HashSet;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{BufRead, BufReader, ErrorKind, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use super::super::letter::Letter;
use crate::error::DlqError;

/// Messages as JSON Lines, each of them once.
pub(super) struct ExportFile {
    path: PathBuf,
    file: File,
    /// Ids of messages in it.
    ids: HashSet<String>,
}

impl ExportFile {
    /// A new file, or, to `append`, perhaps one that is there.
    ///
    /// # Errors
    /// It is there and should not be, is no export, or cannot be written.
    pub(super) fn open(path: &Path, append: bool) -> Result<Self, DlqError> {
        let mut options = OpenOptions::new();
        options
            .read(true)
            .write(true)
            .create(append)
            .create_new(!append);
        let failed = |source| file_error("write", path, source);
        let file = options.open(path).map_err(|error| match error.kind() {
            ErrorKind::AlreadyExists => DlqError::Exists(path.to_owned()),
            _ => failed(error),
        })?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(DlqError::InUse(path.to_owned())),
            Err(TryLockError::Error(error)) => return Err(failed(error)),
        }
        let mut export = Self {
            path: path.to_owned(),
            file,
            ids: HashSet::new(),
        };
        export.read()?;
        export.file.sync_all().map_err(failed)?;
        sync_folder(path).map_err(failed)?;
        Ok(export)
    }

    /// Learns what is in the file. A last line that was cut off is taken away: its message was not
    /// deleted.
    fn read(&mut self) -> Result<(), DlqError> {
        let mut end = 0;
        let mut lines = BufReader::new(&self.file);
        for number in 1.. {
            let mut line = Vec::new();
            let read = lines.read_until(b'\n', &mut line);
            let read = read.map_err(|it| file_error("read", &self.path, it))?;
            if read == 0 || torn(&line) {
                break;
            }
            let letter: Letter = serde_json::from_slice(&line)
                .map_err(|error| no_letter(&self.path, number, &error))?;
            self.ids.insert(letter.id);
            end += read as u64;
        }
        let failed = |it| file_error("write", &self.path, it);
        self.file.set_len(end).map_err(failed)?;
        self.file.seek(SeekFrom::Start(end)).map_err(failed)?;
        Ok(())
    }

    /// Writes the messages that are not in it; says how many those were. When this returns, all
    /// are on the disk.
    ///
    /// # Errors
    /// It cannot be written.
    pub(super) fn write<'l>(
        &mut self,
        letters: impl Iterator<Item = &'l Letter>,
    ) -> Result<usize, DlqError> {
        let (mut text, mut written) = (Vec::new(), 0);
        for letter in letters.filter(|it| self.ids.insert(it.id.clone())) {
            // Strings and numbers alone: it cannot fail.
            let _ = serde_json::to_writer(&mut text, letter);
            text.push(b'\n');
            written += 1;
        }
        let done = self
            .file
            .write_all(&text)
            .and_then(|()| self.file.sync_data());
        done.map_err(|it| file_error("write", &self.path, it))?;
        Ok(written)
    }
}

/// Whether a line is the beginning of an exported one, cut off by a crash; nothing else is ever
/// taken away from a file.
pub(in super::super) fn torn(line: &[u8]) -> bool {
    const BEGINNING: &[u8] = b"{\"id\":\"";
    let common = line.len().min(BEGINNING.len());
    !line.ends_with(b"\n") && line[..common] == BEGINNING[..common]
}

/// A new file is there after a power cut only if its folder is on the disk as well.
fn sync_folder(path: &Path) -> std::io::Result<()> {
    let folder = path.parent().filter(|it| !it.as_os_str().is_empty());
    if cfg!(unix) {
        File::open(folder.unwrap_or(Path::new(".")))?.sync_all()?;
    }
    Ok(())
}

fn file_error(what: &'static str, path: &Path, source: std::io::Error) -> DlqError {
    DlqError::File {
        what,
        path: path.to_owned(),
        source,
    }
}

/// Without serde's words on what it found, which may quote the body.
fn no_letter(path: &Path, line: usize, error: &serde_json::Error) -> DlqError {
    DlqError::Line {
        path: path.to_owned(),
        line,
        why: match error.classify() {
            serde_json::error::Category::Data => {
                "a member is missing, unknown or of another type".to_owned()
            }
            _ => format!("it is not JSON at column {}", error.column()),
        },
    }
}
