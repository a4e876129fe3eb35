//! All files, or none.

use std::fs;
use std::path::{Path, PathBuf};

use super::failed;
use crate::error::NewError;

/// What is to be written.
pub(super) struct Files {
    root: PathBuf,
    new: Vec<(PathBuf, String)>,
    changed: Vec<(PathBuf, String)>,
}

impl Files {
    /// Files below `root`.
    pub(super) fn new(root: &Path) -> Self {
        Self {
            root: root.to_owned(),
            new: Vec::new(),
            changed: Vec::new(),
        }
    }

    /// A file that must not be there.
    pub(super) fn create(&mut self, path: PathBuf, text: String) {
        self.new.push((path, text));
    }

    /// A file that is there, with another text.
    pub(super) fn replace(&mut self, path: PathBuf, text: String) {
        self.changed.push((path, text));
    }

    /// Writes all of them beside their places first. New files, which nothing knows of, come
    /// before those that tell of them; whatever fails takes back what was done.
    ///
    /// # Errors
    /// A new file is there, or one cannot be written; nothing is changed.
    pub(super) fn write(self) -> Result<(), NewError> {
        if let Some((path, _)) = self.new.iter().find(|(path, _)| path.exists()) {
            return Err(NewError::Taken(path.display().to_string()));
        }
        let aside = tempfile::Builder::new()
            .prefix(".lambda-queue-new-")
            .tempdir_in(&self.root);
        let aside = aside.map_err(|it| failed("write into", &self.root, it))?;
        let mut undo = Undo::default();
        let all = self.new.iter().chain(&self.changed);
        let staged: Vec<_> = all
            .enumerate()
            .map(|(index, (path, text))| (aside.path().join(index.to_string()), path, text))
            .collect();
        for (stage, path, text) in &staged {
            fs::write(stage, text).map_err(|it| failed("write", path, it))?;
            if let Ok(before) = fs::metadata(path) {
                let kept = fs::set_permissions(stage, before.permissions());
                kept.map_err(|it| failed("write", path, it))?;
            }
        }
        for (stage, path, _) in &staged {
            let placed = undo.remember(path).and_then(|()| fs::rename(stage, path));
            placed.map_err(|it| failed("write", path, it))?;
        }
        undo.forget();
        Ok(())
    }
}

/// Takes back what was done, unless it is told to forget.
#[derive(Default)]
struct Undo {
    created: Vec<PathBuf>,
    changed: Vec<(PathBuf, Vec<u8>)>,
}

impl Undo {
    /// Remembers what is at a path, and makes its folders.
    fn remember(&mut self, path: &Path) -> std::io::Result<()> {
        if path.exists() {
            self.changed.push((path.to_owned(), fs::read(path)?));
            return Ok(());
        }
        let missing: Vec<_> = path
            .ancestors()
            .skip(1)
            .take_while(|it| !it.exists())
            .collect();
        for folder in missing.into_iter().rev() {
            fs::create_dir(folder)?;
            self.created.push(folder.to_owned());
        }
        self.created.push(path.to_owned());
        Ok(())
    }

    fn forget(mut self) {
        self.created.clear();
        self.changed.clear();
    }
}

impl Drop for Undo {
    fn drop(&mut self) {
        for (path, text) in &self.changed {
            let _ = fs::write(path, text);
        }
        for path in self.created.iter().rev() {
            // Only what was made: a folder goes if it is empty.
            let _ = fs::remove_file(path).or_else(|_| fs::remove_dir(path));
        }
    }
}
