//! What a run needs before it starts: peers built or installed, each ready to be started as a process.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::Result;
use crate::function::Program;
use crate::peer::{Language, Peer};

/// Where things are.
pub(crate) struct Places {
    /// The repository.
    pub(crate) root: PathBuf,
    /// Cargo's folder for this workspace.
    pub(crate) target: PathBuf,
    /// What is kept between runs.
    cache: PathBuf,
}

impl Places {
    /// # Errors
    /// The cache cannot be made.
    pub(crate) fn find() -> Result<Self> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let binary = env::current_exe()?;
        let target = binary
            .ancestors()
            .nth(2)
            .ok_or("it runs outside of cargo's folder")?;
        let cache = target.join("bench-peers");
        fs::create_dir_all(cache.join("logs"))?;
        Ok(Self {
            root: root.canonicalize()?,
            target: target.to_owned(),
            cache,
        })
    }
}

/// Says how a peer is started; builds or installs it before, unless told not to.
///
/// # Errors
/// It cannot be had here.
pub(crate) fn prepare(peer: &Peer, places: &Places, set_up: bool) -> Result<Program> {
    let (program, arguments) = match peer.language {
        Language::Rust(package) => {
            if set_up {
                build(package, places)?;
            }
            (places.target.join("release").join(package), Vec::new())
        }
        Language::Python | Language::TypeScript => return Err("not yet".into()),
    };
    Ok(Program {
        program,
        arguments,
        folder: places.cache.clone(),
        log: places.cache.join("logs").join(format!("{}.log", peer.name)),
    })
}

/// Each by itself: what is built together shares features, and nobody's function would.
fn build(package: &str, places: &Places) -> Result<()> {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command
        .args(["build", "--quiet", "--release", "--package", package])
        .arg("--target-dir")
        .arg(&places.target)
        .current_dir(&places.root);
    succeed(command)
}

/// Runs a command to its end, with its output on standard error.
fn succeed(mut command: Command) -> Result<()> {
    let status = command
        .stdin(Stdio::null())
        .stdout(std::io::stderr())
        .status();
    let name = command.get_program().to_string_lossy().into_owned();
    match status {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("{name} ended with {status}").into()),
        Err(error) => Err(format!("{name}: {error}").into()),
    }
}
