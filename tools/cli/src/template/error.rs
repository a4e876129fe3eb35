//! What can be wrong with a template, and where.

use std::io;

/// A template that cannot be read or understood.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TemplateError {
    /// The file could not be opened.
    #[error("cannot read the template {file}: {source}; name another one with --template")]
    Read {
        /// Path as given.
        file: String,
        /// Why.
        source: io::Error,
    },
    /// A line says something that cannot be resolved.
    #[error("{file}:{line}: {message}")]
    At {
        /// Path as given.
        file: String,
        /// Line, counted from 1.
        line: usize,
        /// What, and what to do about it.
        message: String,
    },
}

/// A problem at a line of a file that the caller knows.
#[derive(Debug)]
pub(crate) struct Fault {
    pub(crate) line: usize,
    pub(crate) message: String,
}

impl Fault {
    pub(crate) fn new(line: usize, message: impl Into<String>) -> Self {
        Self {
            line,
            message: message.into(),
        }
    }

    pub(crate) fn in_file(self, file: &str) -> TemplateError {
        TemplateError::At {
            file: file.to_owned(),
            line: self.line,
            message: self.message,
        }
    }
}
