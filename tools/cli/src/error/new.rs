//! Why there is no new function.

use std::path::PathBuf;

use crate::template::TemplateError;

/// Why a function was not added; nothing is changed then.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum NewError {
    /// The name is none for a function.
    #[error(
        "`{0}` cannot be a function's name: write lower-case words with hyphens between them, such as `order-events`, at most 40 characters, and none of the words that Rust or the generated code uses"
    )]
    Name(String),
    /// Something of the name is there.
    #[error("{0} is there already; choose another name")]
    Taken(String),
    /// Cargo does not understand the workspace.
    #[error("cargo does not tell of a workspace in {}: {why}", folder.display())]
    Workspace {
        /// Where.
        folder: PathBuf,
        /// Cargo's words.
        why: String,
    },
    /// The manifest is not that of a workspace.
    #[error("{} has no [workspace] section that a function could be a member of: {why}", manifest.display())]
    Manifest {
        /// The manifest.
        manifest: PathBuf,
        /// What is wrong.
        why: String,
    },
    /// It is not known where the toolkit is.
    #[error(
        "{} does not say where lambda-queue is: add it to [workspace.dependencies], or name its folder or Git repository with --toolkit", .0.display()
    )]
    NoToolkit(PathBuf),
    /// There is no toolkit.
    #[error("{} is not the folder of the package lambda-queue", .0.display())]
    NotTheToolkit(PathBuf),
    /// A section is written in a way that text cannot be added to.
    #[error(
        "{file}: `{section}` is not a block of indented lines, so nothing can be added to it; write it as one"
    )]
    Section {
        /// The template.
        file: String,
        /// Which.
        section: &'static str,
    },
    /// What was put together is no template.
    #[error("the template would not be understood with the new function: {0}")]
    Edited(TemplateError),
    /// A file cannot be read or written.
    #[error("cannot {what} {}: {source}", path.display())]
    File {
        /// What was tried.
        what: &'static str,
        /// The file.
        path: PathBuf,
        /// Why it failed.
        source: std::io::Error,
    },
}
