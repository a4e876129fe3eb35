//! The lines of an export.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};

use super::super::export::torn;
use super::super::letter::{Attribute, Letter};
use crate::error::DlqError;

/// Messages with the numbers of their lines.
pub(super) struct Lines {
    path: PathBuf,
    lines: BufReader<File>,
    number: usize,
}

impl Lines {
    /// # Errors
    /// It cannot be read.
    pub(super) fn open(path: &Path) -> Result<Self, DlqError> {
        let file = File::open(path).map_err(|source| unreadable(path, source))?;
        Ok(Self {
            path: path.to_owned(),
            lines: BufReader::new(file),
            number: 0,
        })
    }

    /// How many messages there are, if all of them are understood and `also` has nothing against
    /// them.
    ///
    /// # Errors
    /// On the first that is not.
    pub(super) fn check(
        mut self,
        also: impl Fn(usize, &Letter) -> Result<(), DlqError>,
    ) -> Result<usize, DlqError> {
        let mut count = 0;
        while let Some((line, letter)) = self.next()? {
            also(line, &letter)?;
            if !letter.attributes.values().all(Attribute::is_sound) {
                return Err(
                    self.wrong("the value of an attribute is not what its type says".to_owned())
                );
            }
            count += 1;
        }
        Ok(count)
    }

    /// # Errors
    /// The next line is no message.
    pub(super) fn next(&mut self) -> Result<Option<(usize, Letter)>, DlqError> {
        let mut line = Vec::new();
        let read = self.lines.read_until(b'\n', &mut line);
        if read.map_err(|source| unreadable(&self.path, source))? == 0 {
            return Ok(None);
        }
        self.number += 1;
        match serde_json::from_slice(&line) {
            Ok(letter) => Ok(Some((self.number, letter))),
            // Its message was not deleted from the queue it was exported from.
            Err(_) if torn(&line) => Ok(None),
            // Not in serde's words, which may quote the body.
            Err(error) => Err(self.wrong(format!("see column {}", error.column()))),
        }
    }

    fn wrong(&self, why: String) -> DlqError {
        DlqError::Line {
            path: self.path.clone(),
            line: self.number,
            why,
        }
    }
}

fn unreadable(path: &Path, source: std::io::Error) -> DlqError {
    DlqError::File {
        what: "read",
        path: path.to_owned(),
        source,
    }
}
