//! Cargo, as whoever runs the tests would run it.

use std::process::Command;

/// What cargo tells a test about its own package (The Cargo Book, Environment Variables).
const OF_THE_PACKAGE: [&str; 6] = [
    "CARGO_BIN_",
    "CARGO_CRATE_NAME",
    "CARGO_MANIFEST_",
    "CARGO_PKG_",
    "CARGO_PRIMARY_PACKAGE",
    "CARGO_TARGET_TMPDIR",
];

/// `cargo` without what it tells the running test about its package, which is not for others: they would be built anew.
pub fn cargo() -> Command {
    let mut command = Command::new("cargo");
    for (name, _) in std::env::vars_os() {
        let shown = name.to_string_lossy();
        if OF_THE_PACKAGE.iter().any(|it| shown.starts_with(it)) {
            command.env_remove(&name);
        }
    }
    command
}
