//! Builds function binaries with cargo and learns from it where they are.

use std::collections::HashMap;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use serde::Deserialize;
use tokio::process::Command;

use crate::error::BuildError;

/// Builds `binaries` in `folder`; cargo's progress goes to the standard error.
///
/// Where cargo puts them is its own business (a target folder may be set in a dozen ways), so its
/// messages are asked rather than a path guessed.
pub(crate) async fn build(
    folder: &Path,
    binaries: &[&str],
    release: bool,
) -> Result<HashMap<String, PathBuf>, BuildError> {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let mut arguments = vec!["build"];
    for binary in binaries {
        arguments.extend(["--bin", binary]);
    }
    if release {
        arguments.push("--release");
    }
    let folder = match folder {
        path if path.as_os_str().is_empty() => PathBuf::from("."),
        path => path.to_owned(),
    };
    if !folder.is_dir() {
        return Err(BuildError::NoFolder(folder));
    }
    let mut command = Command::new(&cargo);
    // Under `cargo run` there is a package in the environment: this command's. Build scripts that ask
    // for it (ring's does) would be run again, with all that depends on them, at every change of hands.
    for (name, _) in std::env::vars_os().filter(|(name, _)| tells_of_a_package(name)) {
        command.env_remove(name);
    }
    let spawned = command
        .args(&arguments)
        .arg("--message-format=json-render-diagnostics")
        .current_dir(&folder)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn();
    // Not `output`, which would keep the progress to itself.
    let output = match spawned {
        Ok(cargo) => cargo.wait_with_output().await,
        Err(error) => Err(error),
    };
    let command = format!("cargo {}", arguments.join(" "));
    let output = match output {
        Ok(output) => output,
        Err(source) => {
            return Err(BuildError::Cargo {
                cargo,
                folder,
                source,
            });
        }
    };
    if !output.status.success() {
        let status = output.status;
        return Err(BuildError::Failed {
            command,
            folder,
            status,
        });
    }
    let found = executables(&String::from_utf8_lossy(&output.stdout));
    match binaries.iter().find(|name| !found.contains_key(**name)) {
        Some(binary) => Err(BuildError::NoExecutable {
            command,
            binary: (*binary).to_owned(),
        }),
        None => Ok(found),
    }
}

/// Whether cargo sets a variable for the package that it runs (The Cargo Book, Environment Variables).
fn tells_of_a_package(variable: &OsStr) -> bool {
    let variable = variable.to_string_lossy();
    let prefixes = ["CARGO_MANIFEST_", "CARGO_PKG_", "CARGO_BIN_"];
    prefixes.iter().any(|prefix| variable.starts_with(prefix))
        || variable == "CARGO_CRATE_NAME"
        || variable == "CARGO_PRIMARY_PACKAGE"
}

/// The executables in cargo's messages, by the name of their target.
fn executables(messages: &str) -> HashMap<String, PathBuf> {
    #[derive(Deserialize)]
    struct Message {
        target: Target,
        executable: Option<PathBuf>,
    }
    #[derive(Deserialize)]
    struct Target {
        name: String,
        kind: Vec<String>,
    }
    messages
        .lines()
        .filter_map(|line| serde_json::from_str::<Message>(line).ok())
        .filter(|message| message.target.kind.iter().any(|kind| kind == "bin"))
        .filter_map(|message| Some((message.target.name, message.executable?)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cargo_says_of_its_own_package_is_not_handed_on() {
        assert!(tells_of_a_package(OsStr::new("CARGO_MANIFEST_DIR")));
        assert!(tells_of_a_package(OsStr::new("CARGO_PKG_NAME")));
        for kept in ["CARGO_HOME", "CARGO_TARGET_DIR", "CARGO_PROFILE_DEV_DEBUG"] {
            assert!(!tells_of_a_package(OsStr::new(kept)), "{kept}");
        }
    }

    #[test]
    fn only_binaries_are_taken_from_cargos_messages() {
        let messages = r#"{"reason":"compiler-artifact","target":{"kind":["lib"],"name":"a"},"executable":null}
{"reason":"compiler-artifact","target":{"kind":["bin"],"name":"a"},"executable":"/t/debug/a"}
{"reason":"build-finished","success":true}
not json"#;
        let found = executables(messages);
        assert_eq!(found["a"], PathBuf::from("/t/debug/a"));
        assert_eq!(found.len(), 1);
    }
}
