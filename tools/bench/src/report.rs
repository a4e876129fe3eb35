//! The figures as a page with pictures, in `docs/benchmarks`.

mod crossings;
mod page;
mod plots;
mod ratios;
mod scenarios;
mod svg;
#[cfg(test)]
mod tests;

use std::fs;
use std::path::Path;

use crate::Result;
use crate::results::Results;

pub(crate) use crossings::crossings;
pub(crate) use page::page;

/// Writes `README.md`, `results.json` and the pictures.
///
/// # Errors
/// They cannot be written.
pub(crate) fn write(results: &Results, folder: &Path) -> Result<()> {
    fs::create_dir_all(folder)?;
    fs::write(folder.join("README.md"), page(results))?;
    let mut json = serde_json::to_string_pretty(results)?;
    json.push('\n');
    fs::write(folder.join("results.json"), json)?;
    for (name, picture) in plots::plots(results) {
        fs::write(folder.join(name), picture)?;
    }
    Ok(())
}
