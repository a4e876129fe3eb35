//! The cargo workspace that a function becomes a member of.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde::Deserialize;
use toml_edit::{Array, DocumentMut, Item, TableLike, value};

use super::manifest::{self, Known};
use super::{Function, failed};
use crate::error::NewError;

const TOOLKIT: &str = "lambda-queue";

/// A workspace and its manifest.
pub(super) struct Workspace {
    root: PathBuf,
    manifest: DocumentMut,
    packages: Vec<Package>,
}

/// As much of `cargo metadata` as is needed.
#[derive(Deserialize)]
struct Metadata {
    workspace_root: PathBuf,
    packages: Vec<Package>,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    manifest_path: PathBuf,
}

impl Workspace {
    /// The workspace that a folder is in.
    ///
    /// # Errors
    /// There is none, or cargo does not understand it.
    pub(super) fn around(folder: &Path) -> Result<Self, NewError> {
        let wrong = |why: String| NewError::Workspace {
            folder: folder.to_owned(),
            why,
        };
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let mut command = Command::new(cargo);
        command.args(["metadata", "--no-deps", "--format-version", "1"]);
        let output = command.current_dir(folder).output();
        let output = output.map_err(|error| wrong(error.to_string()))?;
        if !output.status.success() {
            let said = String::from_utf8_lossy(&output.stderr);
            let said = said.trim().trim_start_matches("error: ");
            return Err(wrong(said.lines().collect::<Vec<_>>().join(" ")));
        }
        let metadata: Metadata =
            serde_json::from_slice(&output.stdout).map_err(|error| wrong(error.to_string()))?;
        // As the template's path is, so that the two can be compared.
        let root = metadata.workspace_root;
        let root = root
            .canonicalize()
            .map_err(|it| failed("read", &root, it))?;
        let path = root.join("Cargo.toml");
        let text = std::fs::read_to_string(&path).map_err(|it| failed("read", &path, it))?;
        let manifest: DocumentMut = text
            .parse()
            .map_err(|error: toml_edit::TomlError| wrong(error.message().to_owned()))?;
        let workspace = Self {
            root,
            manifest,
            packages: metadata.packages,
        };
        match workspace.section().is_some() {
            true => Ok(workspace),
            false => Err(workspace.wrong("add one to make it a workspace")),
        }
    }

    pub(super) fn root(&self) -> &Path {
        &self.root
    }

    pub(super) fn manifest_path(&self) -> PathBuf {
        self.root.join("Cargo.toml")
    }

    /// The manifest's text.
    pub(super) fn manifest(&self) -> String {
        self.manifest.to_string()
    }

    /// Whether panics unwind in release builds for certain.
    pub(super) fn unwinds(&self) -> bool {
        let profile = self
            .manifest
            .get("profile")
            .and_then(|it| it.get("release"));
        let panic = profile
            .and_then(|it| it.get("panic"))
            .and_then(Item::as_str);
        panic == Some("unwind")
    }

    fn section(&self) -> Option<&dyn TableLike> {
        self.manifest.get("workspace")?.as_table_like()
    }

    fn wrong(&self, why: &str) -> NewError {
        NewError::Manifest {
            manifest: self.manifest_path(),
            why: why.to_owned(),
        }
    }

    /// Makes the function a member, and the toolkit known.
    ///
    /// # Errors
    /// A package of the name is there, or nobody says where the toolkit is.
    pub(super) fn add(
        &mut self,
        function: &Function,
        toolkit: Option<&str>,
    ) -> Result<(), NewError> {
        let name = function.name.kebab();
        if let Some(package) = self.packages.iter().find(|it| it.name == name) {
            let path = package.manifest_path.display();
            return Err(NewError::Taken(format!("the package {name} ({path})")));
        }
        if !self.knows(TOOLKIT) {
            let toolkit = self.toolkit(toolkit)?;
            self.set("dependencies", TOOLKIT, toolkit)?;
        }
        let member = format!("functions/{name}");
        let members = self.section().and_then(|it| it.get("members"));
        let members = members.and_then(Item::as_array).into_iter().flatten();
        let covers = |it: &str| it == member || matches!(it, "functions/*" | "*/*");
        if members.into_iter().filter_map(|it| it.as_str()).any(covers) {
            return Ok(());
        }
        self.push_member(member)
    }

    fn push_member(&mut self, member: String) -> Result<(), NewError> {
        let wrong = self.wrong("its members are no list");
        let section = self
            .manifest
            .get_mut("workspace")
            .and_then(Item::as_table_like_mut);
        let members = section.map(|it| it.entry("members").or_insert(value(Array::new())));
        let members = members.and_then(Item::as_array_mut).ok_or(wrong)?;
        let place = members
            .iter()
            .last()
            .and_then(|it| it.decor().prefix()?.as_str());
        // One on each line where they are; a comment behind the last one stays behind it.
        let place = place.filter(|it| it.contains('\n')).map(|it| {
            let comment = members.trailing().as_str().unwrap_or_default();
            format!("{}{it}", comment.trim_end())
        });
        members.push(member);
        if let (Some(place), Some(last)) = (place, members.iter_mut().last()) {
            last.decor_mut().set_prefix(place);
            members.set_trailing("\n");
            members.set_trailing_comma(true);
        }
        Ok(())
    }

    fn set(&mut self, section: &str, key: &str, to: Item) -> Result<(), NewError> {
        let wrong = self.wrong("its dependencies are no table");
        let workspace = self
            .manifest
            .get_mut("workspace")
            .and_then(Item::as_table_like_mut);
        let table = workspace.map(|it| it.entry(section).or_insert(toml_edit::table()));
        let table = table.and_then(Item::as_table_like_mut).ok_or(wrong)?;
        table.insert(key, to);
        Ok(())
    }

    fn knows(&self, dependency: &str) -> bool {
        let known = self.section().and_then(|it| it.get("dependencies"));
        known.is_some_and(|it| it.get(dependency).is_some())
    }

    /// The toolkit as a dependency: where it was said to be, or a member of the workspace.
    fn toolkit(&self, said: Option<&str>) -> Result<Item, NewError> {
        let mut dependency = toml_edit::InlineTable::new();
        if let Some(url) = said.filter(|it| it.contains("://") || it.starts_with("git@")) {
            dependency.insert("git", url.into());
            return Ok(value(dependency));
        }
        let member = self.packages.iter().find(|it| it.name == TOOLKIT);
        let folder = match (said, member.and_then(|it| it.manifest_path.parent())) {
            (Some(said), _) => toolkit_at(Path::new(said))?,
            (None, Some(member)) => member.to_owned(),
            (None, None) => return Err(NewError::NoToolkit(self.manifest_path())),
        };
        let path = folder.strip_prefix(&self.root).unwrap_or(&folder);
        dependency.insert("path", path.to_string_lossy().as_ref().into());
        Ok(value(dependency))
    }

    /// The function's manifest.
    ///
    /// # Errors
    /// A dependency of the workspace is not understood.
    pub(super) fn package(&self, function: &Function) -> Result<String, NewError> {
        let table = |name: &str| self.section().and_then(|it| it.get(name));
        let known = Known {
            package: table("package"),
            dependencies: table("dependencies"),
            lints: table("lints").is_some(),
        };
        manifest::of(function, &known).ok_or_else(|| self.wrong("a dependency is not understood"))
    }
}

fn toolkit_at(folder: &Path) -> Result<PathBuf, NewError> {
    let wrong = || NewError::NotTheToolkit(folder.to_owned());
    let folder = folder.canonicalize().map_err(|_| wrong())?;
    let manifest = std::fs::read_to_string(folder.join("Cargo.toml")).map_err(|_| wrong())?;
    let manifest: DocumentMut = manifest.parse().map_err(|_| wrong())?;
    let name = manifest.get("package").and_then(|it| it.get("name"));
    match name.and_then(Item::as_str) {
        Some(TOOLKIT) => Ok(folder),
        _ => Err(wrong()),
    }
}
