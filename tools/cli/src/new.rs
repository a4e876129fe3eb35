//! `new`: a function with its queue, added to the workspace and the template.
//!
//! Everything is put together and checked before anything is written; what is written replaces
//! whole files.

mod files;
mod manifest;
mod name;
mod resources;
mod section;
mod skeleton;
mod template;
mod workspace;

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use clap::Args;

use crate::commands::print;
use crate::error::{Error, NewError};
use crate::report::{BOLD, DIM};
use crate::template::Template;
use files::Files;
use name::Name;
use workspace::Workspace;

#[derive(Debug, Args)]
#[command(
    after_help = "Exit codes: 0 added · 2 nothing is changed: the name is taken, or the template or the workspace is not understood"
)]
pub(crate) struct NewArgs {
    /// The function's name, such as `order-events`
    pub(crate) function: String,
    /// Feed it from a FIFO queue
    #[arg(long)]
    pub(crate) fifo: bool,
    /// The SAM template [default: template.yaml, here or in a folder above]
    #[arg(short, long, value_name = "FILE")]
    pub(crate) template: Option<PathBuf>,
    /// Where the toolkit is, if the workspace does not say: a folder or a Git repository's URL
    #[arg(long, value_name = "PATH|URL")]
    pub(crate) toolkit: Option<String>,
}

/// What is added.
struct Function {
    name: Name,
    fifo: bool,
}

/// Adds a function beside the template at `path`.
///
/// # Errors
/// The name is taken, or the workspace or the template is not understood; nothing is changed.
pub(crate) fn new(args: &NewArgs, path: &Path) -> Result<u8, Error> {
    let function = Function {
        name: Name::new(&args.function)?,
        fifo: args.fifo,
    };
    // Follows links, so that they stay.
    let path = path.canonicalize().map_err(|it| failed("read", path, it))?;
    let before = Template::load(&path, "lambda-queue")?;
    let mut workspace = Workspace::around(before.folder())?;
    let (name, root) = (function.name.kebab(), workspace.root().to_owned());
    let folder = root.join("functions").join(name);
    workspace.add(&function, args.toolkit.as_deref())?;
    let mut files = Files::new(&root);
    for (file, text) in skeleton::package(&function) {
        files.create(folder.join(file), text);
    }
    files.create(folder.join("Cargo.toml"), workspace.package(&function)?);
    for (scenario, text) in skeleton::events(&function) {
        let file = format!("sqs-{name}-{scenario}.json");
        files.create(root.join("events").join(file), text);
    }
    files.replace(workspace.manifest_path(), workspace.manifest());
    files.replace(
        path.clone(),
        template::with(&before, &path, &root, &function)?,
    );
    files.write()?;
    format(name, &root);
    print(&told(&function, &workspace))?;
    Ok(0)
}

/// Puts names in the order that rustfmt wants, which depends on the function's. Without rustfmt they
/// stay in that of the skeleton.
fn format(package: &str, root: &Path) {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command
        .args(["fmt", "--package", package])
        .current_dir(root);
    let _ = command.stdout(Stdio::null()).stderr(Stdio::null()).status();
}

fn told(function: &Function, workspace: &Workspace) -> String {
    let (name, id) = (function.name.kebab(), function.name.pascal());
    let mut text = format!(
        "{BOLD}functions/{name}{BOLD:#} is a member of the workspace, {BOLD}{id}Function{BOLD:#} with its queues and alarms in the template\n  {DIM}cargo test --package {name}\n  lambda-queue local invoke {name} --event events/sqs-{name}-success.json{DIM:#}\n"
    );
    if !workspace.unwinds() {
        text.push_str(
            "  set `panic = \"unwind\"` in [profile.release]: cargo-lambda aborts otherwise, and one panic would fail a whole batch\n",
        );
    }
    text
}

fn failed(what: &'static str, path: &Path, source: std::io::Error) -> NewError {
    NewError::File {
        what,
        path: path.to_owned(),
        source,
    }
}
