//! Peers in Rust: packages of this workspace, built as functions are shipped.

use std::env;
use std::path::Path;
use std::process::Command;

use super::{Places, Start, succeed};
use crate::Result;

pub(super) fn prepare(package: &str, places: &Places, set_up: bool) -> Result<Start> {
    if set_up {
        build(package, places)?;
    }
    Ok(Start {
        program: places.released(package),
        arguments: Vec::new(),
        folder: places.cache.clone(),
    })
}

/// By itself: what is built together shares features, and nobody's function would.
pub(crate) fn build(package: &str, places: &Places) -> Result<()> {
    succeed(&mut command(package, places, &places.target))
}

pub(super) fn build_with_symbols(package: &str, places: &Places, target: &Path) -> Result<()> {
    let mut command = command(package, places, target);
    command
        .env("CARGO_PROFILE_RELEASE_STRIP", "none")
        .env("CARGO_PROFILE_RELEASE_DEBUG", "line-tables-only");
    succeed(&mut command)
}

fn command(package: &str, places: &Places, target: &Path) -> Command {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command
        .args(["build", "--release", "--package", package])
        .arg("--target-dir")
        .arg(target)
        .current_dir(&places.root);
    command
}
