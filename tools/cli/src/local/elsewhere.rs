//! Functions that somebody else runs: `cargo lambda watch`, or a debugger.

use std::fmt::Write;
use std::net::IpAddr;
use std::path::PathBuf;
use std::str::FromStr;

use axum::http::Uri;
use tempfile::TempDir;

use super::environment::Environment;
use crate::error::Error;
use crate::template::Function;

/// `--function NAME=URL`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Elsewhere {
    /// The function's logical id or binary.
    pub(crate) function: String,
    /// Without a slash at its end.
    pub(crate) url: String,
}

impl FromStr for Elsewhere {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let example = "write NAME=URL, as in ingestion=http://127.0.0.1:9000";
        let (function, url) = text.split_once('=').ok_or(example)?;
        let uri: Uri = url.parse().map_err(|_| example)?;
        let (Some("http"), Some(host)) = (uri.scheme_str(), uri.host()) else {
            return Err(example.to_owned());
        };
        // Events may hold what must not leave this machine, and nothing here is encrypted.
        if !is_loopback(host) {
            return Err(format!("{host} is not this machine; {example}"));
        }
        Ok(Self {
            function: function.to_owned(),
            url: url.trim_end_matches('/').to_owned(),
        })
    }
}

fn is_loopback(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    let address = bare.parse::<IpAddr>();
    host == "localhost" || address.is_ok_and(|it| it.is_loopback())
}

/// Writes what `function` must see into a file for `--env-file` or a shell. The folder is made by
/// the first, and goes when it is dropped.
///
/// # Errors
/// It cannot be written.
pub(super) fn write_variables(
    folder: &mut Option<TempDir>,
    function: &Function,
    environment: &Environment,
) -> Result<PathBuf, Error> {
    let mut write = || {
        let folder = match folder {
            Some(folder) => folder,
            None => folder.insert(tempfile::Builder::new().prefix("lambda-queue-").tempdir()?),
        };
        let path = folder.path().join(format!("{}.env", function.short_name()));
        std::fs::write(&path, lines(environment))?;
        Ok(path)
    };
    write().map_err(|source| Error::Variables {
        function: function.logical_id.clone(),
        source,
    })
}

fn lines(environment: &Environment) -> String {
    let mut text = String::new();
    for (name, value) in &environment.variables {
        // Shells and readers of such files agree on single quotes, and that none is in between.
        let value = value.replace('\'', "");
        let _ = writeln!(text, "{name}='{value}'");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn functions_are_at_addresses_of_this_machine() {
        for url in [
            "http://127.0.0.1:9000/",
            "http://localhost:9",
            "http://[::1]:9000",
        ] {
            let parsed: Elsewhere = format!("ingestion={url}").parse().unwrap();
            assert_eq!(parsed.function, "ingestion");
            assert_eq!(parsed.url, url.trim_end_matches('/'));
        }
        let lines = [
            "ingestion",
            "a=b",
            "a=https://localhost",
            "a=http://example.com:9000",
        ];
        let lines = lines.map(|it| it.parse::<Elsewhere>().unwrap_err());
        insta::assert_snapshot!(lines.join("\n"), @r"
        write NAME=URL, as in ingestion=http://127.0.0.1:9000
        write NAME=URL, as in ingestion=http://127.0.0.1:9000
        write NAME=URL, as in ingestion=http://127.0.0.1:9000
        example.com is not this machine; write NAME=URL, as in ingestion=http://127.0.0.1:9000
        ");
    }
}
