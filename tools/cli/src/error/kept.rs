//! Why queues cannot be kept, or taken up again.

use std::io;
use std::path::{Path, PathBuf};

/// Why queues cannot be kept, or taken up again.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KeptError {
    /// Another process keeps its queues there.
    #[error(
        "{} is in use by another lambda-queue; stop that one, or choose another folder with --data",
        .0.display()
    )]
    InUse(PathBuf),
    /// The file system refuses.
    #[error("cannot keep queues in {}: {source}; choose another folder with --data", path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// Written by a version that is not this one.
    #[error(
        "{} was not written by this version of lambda-queue: use the version that wrote it, or delete {} to begin with empty queues",
        path.display(), folder.display()
    )]
    Version {
        /// The file.
        path: PathBuf,
        /// Where it is.
        folder: PathBuf,
    },
    /// Somebody or something changed it, or another version wrote it and it does not show.
    #[error(
        "{}:{line} {why}: use the version of lambda-queue that wrote it, put back a copy of {}, or delete that to begin with empty queues",
        path.display(), folder.display()
    )]
    Damaged {
        /// The file.
        path: PathBuf,
        /// Its line.
        line: usize,
        /// What is wrong with it.
        why: &'static str,
        /// Where it is.
        folder: PathBuf,
    },
}

impl KeptError {
    pub(crate) fn io(path: &Path, source: io::Error) -> Self {
        let path = path.to_owned();
        Self::Io { path, source }
    }

    pub(crate) fn version(path: &Path) -> Self {
        Self::Version {
            path: path.to_owned(),
            folder: folder(path),
        }
    }

    pub(crate) fn damaged(path: &Path, line: usize, why: &'static str) -> Self {
        Self::Damaged {
            path: path.to_owned(),
            line,
            why,
            folder: folder(path),
        }
    }
}

fn folder(path: &Path) -> PathBuf {
    path.parent().unwrap_or(path).to_owned()
}
