//! Powertools for Python, in an environment of its own, behind AWS's own runtime client.

use std::process::Command;

use super::{Places, Start, once, succeed};
use crate::Result;

const REQUIREMENTS: &str = "requirements.txt";

pub(super) fn prepare(places: &Places, set_up: bool) -> Result<Start> {
    let folder = places.copied("python", &["function.py", REQUIREMENTS])?;
    let environment = folder.join("environment");
    if set_up {
        once(&folder, REQUIREMENTS, || {
            let mut make = Command::new("python3");
            succeed(make.args(["-m", "venv"]).arg(&environment))?;
            let mut install = Command::new(environment.join("bin/pip"));
            install.args(["install", "--quiet", "--disable-pip-version-check"]);
            succeed(install.arg("--requirement").arg(folder.join(REQUIREMENTS)))
        })?;
    }
    Ok(Start {
        program: environment.join("bin/python"),
        arguments: vec!["-m", "awslambdaric", "function.handler"],
        folder,
    })
}
