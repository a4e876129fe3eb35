//! Which event files the demo delivers, and to whom.

use std::path::{Path, PathBuf};

use crate::error::Error;
use crate::event::EventFile;
use crate::template::{Function, Template};

/// A function of the template and the fixtures written for it.
pub(super) struct Cast {
    pub(super) function: Function,
    pub(super) binary: String,
    pub(super) fixtures: Vec<(String, EventFile)>,
}

/// Finds `sqs-<function>-success*.json` for each function of the template.
pub(super) fn cast(template: &Template, events: &Path) -> Result<Vec<Cast>, Error> {
    let none = || Error::NoFixtures(events.to_owned());
    let entries = std::fs::read_dir(events).map_err(|_| none())?;
    let mut files: Vec<PathBuf> = entries.flatten().map(|it| it.path()).collect();
    files.sort();
    let mut cast = Vec::new();
    for function in template.functions()? {
        let Some(binary) = function.binary.clone() else {
            continue;
        };
        let prefix = format!("sqs-{binary}-");
        let mut fixtures = Vec::new();
        for file in &files {
            let name = file.file_name().and_then(|it| it.to_str());
            let name = name.and_then(|it| it.strip_suffix(".json"));
            let scenario = name.and_then(|it| it.strip_prefix(&prefix));
            if let Some(scenario) = scenario.filter(|it| it.starts_with("success")) {
                fixtures.push((scenario.to_owned(), EventFile::load(file)?));
            }
        }
        if !fixtures.is_empty() {
            cast.push(Cast {
                function,
                binary,
                fixtures,
            });
        }
    }
    if cast.is_empty() {
        return Err(none());
    }
    Ok(cast)
}
