//! Powertools for TypeScript, with its packages, behind the small runtime client that is beside it.

use std::process::Command;

use super::{Places, Start, once, succeed};
use crate::Result;

const LOCK: &str = "package-lock.json";

pub(super) fn prepare(places: &Places, set_up: bool) -> Result<Start> {
    let files = ["function.mjs", "runtime.mjs", "package.json", LOCK];
    let folder = places.copied("typescript", &files)?;
    if set_up {
        once(&folder, LOCK, || {
            let mut install = Command::new("npm");
            install.args(["ci", "--silent", "--no-fund", "--no-audit", "--prefix"]);
            succeed(install.arg(&folder))
        })?;
    }
    Ok(Start {
        program: "node".into(),
        arguments: vec!["runtime.mjs"],
        folder,
    })
}
