//! Which lines of a file were sent, beside it as `FILE.sent`.

use std::collections::HashMap;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::super::letter::Letter;
use crate::error::DlqError;

/// The first line.
#[derive(Serialize, Deserialize)]
struct Header {
    /// The ARN of the queue.
    sent_to: String,
}

/// Each further line.
#[derive(Serialize, Deserialize)]
struct Note {
    line: usize,
    id: String,
    /// What it is called in its queue.
    new_id: String,
}

pub(super) struct Sent {
    of: PathBuf,
    path: PathBuf,
    file: File,
    /// Ids by line.
    lines: HashMap<usize, String>,
}

impl Sent {
    /// # Errors
    /// It cannot be used, or tells of another queue.
    pub(super) fn open(of: &Path, queue_arn: &str) -> Result<Self, DlqError> {
        let mut path = of.as_os_str().to_owned();
        path.push(".sent");
        let path = PathBuf::from(path);
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false);
        let file = options.open(&path).map_err(|it| failed(&path, it))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(DlqError::InUse(path)),
            Err(TryLockError::Error(error)) => return Err(failed(&path, error)),
        }
        let mut sent = Self {
            of: of.to_owned(),
            path,
            file,
            lines: HashMap::new(),
        };
        sent.read(queue_arn)?;
        Ok(sent)
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    fn read(&mut self, queue_arn: &str) -> Result<(), DlqError> {
        let text = std::fs::read(&self.path).map_err(|it| failed(&self.path, it))?;
        // What follows the last end of a line was cut off.
        let mut end = text
            .iter()
            .rposition(|it| *it == b'\n')
            .map_or(0, |it| it + 1);
        let mut lines = text[..end].split_inclusive(|it| *it == b'\n');
        let header: Option<Header> = lines.next().map(|it| self.parse(it)).transpose()?;
        for line in lines {
            let note: Note = self.parse(line)?;
            self.lines.insert(note.line, note.id);
        }
        let before = header.map(|it| it.sent_to);
        let same = before.as_deref() == Some(queue_arn);
        match before {
            Some(before) if !same && !self.lines.is_empty() => {
                return Err(DlqError::ImportedElsewhere {
                    file: self.of.clone(),
                    progress: self.path.clone(),
                    before,
                    now: queue_arn.to_owned(),
                });
            }
            _ if !same => end = 0,
            _ => {}
        }
        let end = end as u64;
        let cut = self
            .file
            .set_len(end)
            .and_then(|()| self.file.seek(SeekFrom::Start(end)));
        cut.map_err(|it| failed(&self.path, it))?;
        if same {
            return Ok(());
        }
        let sent_to = queue_arn.to_owned();
        self.write(&[Header { sent_to }])
    }

    fn parse<T: serde::de::DeserializeOwned>(&self, line: &[u8]) -> Result<T, DlqError> {
        serde_json::from_slice(line).map_err(|_| DlqError::File {
            what: "understand",
            path: self.path.clone(),
            source: std::io::Error::other("it is not what `dlq import` wrote; move it away"),
        })
    }

    /// Whether a line was sent.
    ///
    /// # Errors
    /// Another message was, so that the file is not the one it was.
    pub(super) fn has(&self, line: usize, letter: &Letter) -> Result<bool, DlqError> {
        match self.lines.get(&line) {
            None => Ok(false),
            Some(id) if *id == letter.id => Ok(true),
            Some(_) => Err(DlqError::Line {
                path: self.of.clone(),
                line,
                why: format!(
                    "another message of this line was sent, as {} says",
                    self.path.display()
                ),
            }),
        }
    }

    /// Notes lines, ids and new ids.
    ///
    /// # Errors
    /// It cannot be written; the messages are sent.
    pub(super) fn note(&mut self, notes: &[(usize, &str, String)]) -> Result<(), DlqError> {
        let notes = notes.iter().map(|(line, id, new_id)| Note {
            line: *line,
            id: (*id).to_owned(),
            new_id: new_id.clone(),
        });
        self.write(&notes.collect::<Vec<_>>())
    }

    fn write(&mut self, lines: &[impl Serialize]) -> Result<(), DlqError> {
        let mut text = Vec::new();
        for line in lines {
            // Strings and numbers alone: it cannot fail.
            let _ = serde_json::to_writer(&mut text, line);
            text.push(b'\n');
        }
        let done = self
            .file
            .write_all(&text)
            .and_then(|()| self.file.sync_data());
        done.map_err(|it| failed(&self.path, it))
    }
}

fn failed(path: &Path, source: std::io::Error) -> DlqError {
    DlqError::File {
        what: "use",
        path: path.to_owned(),
        source,
    }
}
