//! What must hold for any bytes at all, as functions that panic where it does not.
//!
//! `tests/fuzz/run` feeds them by libFuzzer, which looks for bytes that lead further into the code; the tests, by the
//! corpus and what comes of it by chance.

#![allow(
    clippy::unwrap_used,
    reason = "whatever is not as it should be is a finding"
)]

mod batch;
mod claim_check;
mod envelopes;
mod events;
mod filters;
mod keys;
pub mod mutation;
mod sqs;
mod templates;
mod wire;

use std::path::{Path, PathBuf};

/// Something that takes bytes from outside, and what must hold for it.
#[derive(Clone, Copy)]
pub struct Target {
    /// Its name, which is also its corpus's.
    pub name: &'static str,
    /// Panics if something does not hold.
    pub check: fn(&[u8]),
    /// Folders of the repository whose files are good inputs.
    pub seeds: &'static [&'static str],
    /// How many inputs derived from the corpus a test tries: some take microseconds, some milliseconds.
    pub tries: usize,
}

/// All of them.
pub const TARGETS: [Target; 8] = [
    target("events", events::check, &["events"], 1000),
    target("envelopes", envelopes::check, &[], 2000),
    target("claim_check", claim_check::check, &[], 500),
    target("keys", keys::check, &[], 4000),
    target("filters", filters::check, &[], 20_000),
    target("templates", templates::check, &TEMPLATES, 300),
    target("sqs", sqs::check, &[], 2000),
    target("wire", wire::check, &[], 1000),
];

const TEMPLATES: [&str; 3] = [
    ".",
    "tools/cli/src/check/examples",
    "tools/cli/tests/check/templates",
];

const fn target(
    name: &'static str,
    check: fn(&[u8]),
    seeds: &'static [&'static str],
    tries: usize,
) -> Target {
    Target {
        name,
        check,
        seeds,
        tries,
    }
}

impl Target {
    /// The target of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        TARGETS.into_iter().find(|it| it.name == name)
    }

    /// Its own inputs and its seeds, in the order of their paths.
    ///
    /// # Errors
    /// A folder cannot be read.
    pub fn corpus(&self) -> std::io::Result<Vec<PathBuf>> {
        let here = Path::new(env!("CARGO_MANIFEST_DIR"));
        let mut files = files_in(&here.join("corpus").join(self.name), |_| true)?;
        let text = |path: &Path| {
            path.extension()
                .is_some_and(|it| it == "json" || it == "yaml")
        };
        for folder in self.seeds {
            files.extend(files_in(&here.join("../..").join(folder), text)?);
        }
        Ok(files)
    }
}

fn files_in(folder: &Path, is_wanted: impl Fn(&Path) -> bool) -> std::io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_file() && is_wanted(&path) {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}
