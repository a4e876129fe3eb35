//! What one process sees.

use std::net::SocketAddr;
use std::path::Path;

use super::{Environment, VERSION};
use crate::local::clock::{epoch_ms, iso};

/// What a process needs of this machine to run, and what a backtrace needs. Nothing else of the
/// user's reaches a function: on AWS it would not be there either.
const NEEDED: [&str; 10] = [
    "PATH",
    "HOME",
    "TMPDIR",
    "LD_LIBRARY_PATH",
    "DYLD_FALLBACK_LIBRARY_PATH",
    "RUST_BACKTRACE",
    "RUST_LIB_BACKTRACE",
    "SYSTEMROOT",
    "TEMP",
    "TMP",
];

impl Environment {
    /// Everything a process of `program` here sees: it runs one version, and finds its Runtime API
    /// at `address`.
    pub(crate) fn of_process(
        &self,
        program: &Path,
        version: &str,
        address: SocketAddr,
    ) -> impl Iterator<Item = (String, String)> {
        let folder = program.parent().unwrap_or(program).display().to_string();
        let own = [
            ("LAMBDA_TASK_ROOT", folder),
            (VERSION, version.to_owned()),
            ("AWS_LAMBDA_LOG_STREAM_NAME", log_stream(version)),
            ("AWS_LAMBDA_RUNTIME_API", address.to_string()),
        ];
        let own = own.map(|(name, value)| (name.to_owned(), value));
        // Later ones win.
        needed().chain(self.variables.iter().cloned()).chain(own)
    }
}

fn needed() -> impl Iterator<Item = (String, String)> {
    let variables = NEEDED.into_iter();
    variables.filter_map(|name| Some((name.to_owned(), std::env::var(name).ok()?)))
}

/// `2026/01/31/[$LATEST]` and 32 digits: one for each process.
fn log_stream(version: &str) -> String {
    let now = iso(epoch_ms());
    let date = now.split('T').next().unwrap_or_default();
    let date = date.replace('-', "/");
    format!("{date}/[{version}]{:032x}", fastrand::u128(..))
}
