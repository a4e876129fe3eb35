//! The files that binaries are made of, and whether they have changed.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// What tells a file's versions apart; `None` if it is not there.
pub(super) type Stamp = Option<(SystemTime, u64)>;

pub(super) fn stamp(path: &Path) -> Stamp {
    let metadata = std::fs::metadata(path).ok()?;
    Some((metadata.modified().ok()?, metadata.len()))
}

/// The stamp that a file had at `then`; `None` if it was written since.
pub(super) fn stamp_of(path: &Path, then: SystemTime) -> Stamp {
    stamp(path).filter(|(modified, _)| *modified <= then)
}

/// Files as they were last seen.
pub(super) struct Sources {
    seen: BTreeMap<PathBuf, Stamp>,
}

impl Sources {
    /// Those of `programs`. Whatever was written after `built`, when their build began, may not be in
    /// them, and counts as changed.
    pub(super) fn of<'a>(programs: impl Iterator<Item = &'a Path>, built: SystemTime) -> Self {
        let files = programs.flat_map(files);
        Self {
            seen: files.map(|it| (it.clone(), stamp_of(&it, built))).collect(),
        }
    }

    /// A file that is not as it was when this was last asked. All others are seen anew, too.
    pub(super) fn changed(&mut self) -> Option<PathBuf> {
        let mut changed = None;
        for (path, seen) in &mut self.seen {
            let now = stamp(path);
            if *seen != now {
                *seen = now;
                // A folder only says that something in it has come or gone.
                if changed.as_ref().is_none_or(|it: &PathBuf| it.is_dir()) {
                    changed = Some(path.clone());
                }
            }
        }
        changed
    }

    /// Other files from now on; those that stay keep what was seen before the build.
    pub(super) fn become_those_of<'a>(
        &mut self,
        programs: impl Iterator<Item = &'a Path>,
        built: SystemTime,
    ) {
        let mut now = Self::of(programs, built);
        for (path, stamp) in &mut now.seen {
            if let Some(seen) = self.seen.get(path) {
                *stamp = *seen;
            }
        }
        *self = now;
    }
}

/// The sources that cargo lists beside a binary, with their folders, in which new ones may come,
/// and the manifests above them; not what the build itself has written.
fn files(program: &Path) -> BTreeSet<PathBuf> {
    let listed = std::fs::read_to_string(program.with_extension("d")).unwrap_or_default();
    let target = program.parent().unwrap_or(program);
    let mut files = BTreeSet::new();
    let sources = sources(&listed).into_iter();
    for source in sources.filter(|it| !it.starts_with(target)) {
        for folder in source.ancestors().skip(1) {
            let manifests = ["Cargo.toml", "Cargo.lock"].map(|it| folder.join(it));
            files.extend(manifests.into_iter().filter(|it| it.is_file()));
        }
        files.extend(source.parent().map(Path::to_owned));
        files.insert(source);
    }
    files
}

/// `binary: source source`, where blanks within a path are escaped.
fn sources(listed: &str) -> Vec<PathBuf> {
    const BLANK: &str = "\u{1}";
    let line = listed.lines().next().unwrap_or_default();
    let line = line.replace("\\ ", BLANK);
    let sources = line.split_once(": ").map_or("", |(_, sources)| sources);
    let paths = sources.split_whitespace();
    paths.map(|it| it.replace(BLANK, " ").into()).collect()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn sources_are_read_as_cargo_lists_them() {
        let listed = "/t/debug/a: /w/my\\ code/build.rs /w/src/main.rs\n";
        let expected = ["/w/my code/build.rs", "/w/src/main.rs"].map(PathBuf::from);
        assert_eq!(sources(listed), expected);
    }

    const SECOND: Duration = Duration::from_secs(1);

    /// `source` and `generated.rs`, of which the second comes from the build of `target/a`.
    fn a_program_of(folder: &Path, source: &Path) -> PathBuf {
        let target = folder.join("target");
        std::fs::create_dir(&target).unwrap();
        let generated = target.join("generated.rs");
        std::fs::write(source, "").unwrap();
        std::fs::write(&generated, "").unwrap();
        let listed = format!("a: {} {}\n", source.display(), generated.display());
        std::fs::write(target.join("a.d"), listed).unwrap();
        target.join("a")
    }

    /// When a file was last written.
    fn written(file: &Path) -> SystemTime {
        stamp(file).unwrap().0
    }

    #[test]
    fn a_change_is_told_once_and_a_new_file_by_its_folder() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        let program = a_program_of(folder.path(), &at("main.rs"));
        let built = written(&at("main.rs")) + SECOND;
        let mut sources = Sources::of([program.as_path()].into_iter(), built);
        assert_eq!(sources.changed(), None);
        std::fs::write(at("main.rs"), "fn main() {}").unwrap();
        assert_eq!(sources.changed(), Some(at("main.rs")));
        assert_eq!(sources.changed(), None);
        std::fs::write(at("other.rs"), "").unwrap();
        assert_eq!(sources.changed(), Some(folder.path().to_owned()));
    }

    #[test]
    fn a_source_that_changed_during_the_build_is_told_and_what_the_build_wrote_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let source = folder.path().join("main.rs");
        let program = a_program_of(folder.path(), &source);
        let built = written(&source) - SECOND;
        let mut sources = Sources::of([program.as_path()].into_iter(), built);
        assert_eq!(sources.changed(), Some(source));
        assert_eq!(sources.changed(), None);
    }
}
