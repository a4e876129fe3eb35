//! What a run needs before it starts: peers built or installed, each ready to be started as a process.

mod node;
mod python;
mod rust;

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::Result;
use crate::function::Program;
use crate::peer::{Language, Peer};
pub(crate) use rust::build;

/// Where things are.
pub(crate) struct Places {
    /// The repository.
    pub(crate) root: PathBuf,
    /// Cargo's folder for this workspace.
    pub(crate) target: PathBuf,
    /// What is kept between runs.
    cache: PathBuf,
}

/// A program, what it is told, and where it is started.
struct Start {
    program: PathBuf,
    arguments: Vec<&'static str>,
    folder: PathBuf,
}

impl Places {
    /// # Errors
    /// The cache cannot be made.
    pub(crate) fn find() -> Result<Self> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let binary = env::current_exe()?;
        let target = binary.ancestors().nth(2);
        let target = target.ok_or("it runs outside of cargo's folder")?;
        let cache = target.join("bench-peers");
        fs::create_dir_all(cache.join("logs"))?;
        Ok(Self {
            root: root.canonicalize()?,
            target: target.to_owned(),
            cache,
        })
    }

    /// A binary of this workspace as it is shipped.
    pub(crate) fn released(&self, name: &str) -> PathBuf {
        self.target.join("release").join(name)
    }

    /// A package's binary as it is shipped, but with the names of functions, and lines.
    pub(crate) fn with_symbols(&self, package: &str, set_up: bool) -> Result<PathBuf> {
        let folder = self.cache.join("symbols");
        if set_up {
            rust::build_with_symbols(package, self, &folder)?;
        }
        Ok(folder.join("release").join(package))
    }

    /// What is written down of a run, until the next one.
    pub(crate) fn log(&self, name: &str) -> PathBuf {
        self.cache.join("logs").join(name)
    }

    /// The sources of a peer that is not in Rust, in a folder of their own where things can be installed beside them.
    fn copied(&self, language: &str, files: &[&str]) -> Result<PathBuf> {
        let sources = self.root.join("tools/bench/peers").join(language);
        let folder = self.cache.join(language);
        fs::create_dir_all(&folder)?;
        for file in files {
            fs::copy(sources.join(file), folder.join(file))?;
        }
        Ok(folder)
    }
}

/// Says how a peer is started; builds or installs it before, unless told not to.
///
/// # Errors
/// It cannot be had here.
pub(crate) fn prepare(peer: &Peer, places: &Places, set_up: bool) -> Result<Program> {
    let start = match peer.language {
        Language::Rust(package) => rust::prepare(package, places, set_up)?,
        Language::Python => python::prepare(places, set_up)?,
        Language::TypeScript => node::prepare(places, set_up)?,
    };
    Ok(Program {
        program: start.program,
        arguments: start.arguments.into_iter().map(str::to_owned).collect(),
        folder: start.folder,
        log: places.log(&format!("{}.log", peer.name)),
    })
}

/// Installs what a file names, unless that was done before.
fn once(folder: &Path, names: &str, install: impl FnOnce() -> Result<()>) -> Result<()> {
    let (wanted, done) = (fs::read(folder.join(names))?, folder.join(".installed"));
    if fs::read(&done).is_ok_and(|installed| installed == wanted) {
        return Ok(());
    }
    install()?;
    Ok(fs::write(done, wanted)?)
}

/// Runs a command to its end, with its output on standard error.
fn succeed(command: &mut Command) -> Result<()> {
    let command = command.stdin(Stdio::null()).stdout(std::io::stderr());
    let status = command.status();
    let name = command.get_program().to_string_lossy().into_owned();
    match status {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("{name} ended with {status}").into()),
        Err(error) => Err(format!("{name}: {error}").into()),
    }
}

/// What a program says of its version.
pub(crate) fn version(program: &str) -> Option<String> {
    let output = Command::new(program).arg("--version").output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    Some(text.trim().to_owned())
}
