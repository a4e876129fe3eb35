//! Whose an instruction is: of the crate that its source is in, which inlining does not hide; and crates by what they
//! are for.

use std::path::Path;

/// Where an instruction is.
#[derive(Default)]
pub(super) struct Place<'a> {
    /// Of the source.
    pub(super) file: &'a str,
    pub(super) function: &'a str,
    /// The binary or library.
    pub(super) object: &'a str,
}

const OTHER: &str = "other";
/// By how a crate's name begins, with dashes; the first that fits.
const CRATES: [(&str, &str); 54] = [
    ("bench-", "the function itself"),
    ("lambda-queue", "lambda-queue"),
    ("lambda-runtime", "lambda_runtime"),
    ("aws-lambda-events", "JSON"),
    ("serde", "JSON"),
    ("itoa", "JSON"),
    ("zmij", "JSON"),
    ("ryu", "JSON"),
    ("memchr", "JSON"),
    ("hyper-rustls", "TLS"),
    ("rustls", "TLS"),
    ("webpki", "TLS"),
    ("ring", "TLS"),
    ("untrusted", "TLS"),
    ("hyper", "HTTP"),
    ("http", "HTTP"),
    ("bytes", "HTTP"),
    ("h2", "HTTP"),
    ("tower", "HTTP"),
    ("want", "HTTP"),
    ("try-lock", "HTTP"),
    ("aws-sigv4", "signatures"),
    ("hmac", "signatures"),
    ("percent-encoding", "signatures"),
    ("form-urlencoded", "signatures"),
    ("sha2", "SHA-256"),
    ("digest", "SHA-256"),
    ("block-buffer", "SHA-256"),
    ("hybrid-array", "SHA-256"),
    ("generic-array", "SHA-256"),
    ("hex", "SHA-256"),
    ("crypto-common", "SHA-256"),
    ("aws-", "AWS SDK"),
    ("fastrand", "AWS SDK"),
    ("tokio", "async runtime"),
    ("mio", "async runtime"),
    ("futures", "async runtime"),
    ("slab", "async runtime"),
    ("pin-", "async runtime"),
    ("async-stream", "async runtime"),
    ("parking-lot", "async runtime"),
    ("socket2", "async runtime"),
    ("tracing", "telemetry"),
    ("metrique", "telemetry"),
    ("sharded-slab", "telemetry"),
    ("thread-local", "telemetry"),
    ("time", "dates"),
    ("deranged", "dates"),
    ("hashbrown", "collections"),
    ("rustc-hash", "collections"),
    ("indexmap", "collections"),
    ("smallvec", "collections"),
    ("equivalent", "collections"),
    ("regex", "AWS SDK"),
];

pub(super) fn owner(place: &Place<'_>, root: &Path) -> &'static str {
    let object = place.object.rsplit('/').next().unwrap_or_default();
    match object {
        _ if object.starts_with("libc.so") => return of_libc(place.function),
        _ if object.starts_with("ld-") => return "loading the binary",
        _ => {}
    }
    let written = crate_of_file(place.file, root);
    let named = || crates_of_function(place.function).find_map(known);
    written
        .and_then(known)
        .or_else(named)
        .unwrap_or_else(|| match is_std(place) {
            true => "std",
            false => OTHER,
        })
}

fn of_libc(function: &str) -> &'static str {
    let allocates = [
        "alloc",
        "free",
        "consolidate",
        "sysmalloc",
        "unlink_chunk",
        "systrim",
    ];
    match function {
        _ if allocates.iter().any(|it| function.contains(it)) => "allocation",
        _ if function.contains("mem") => "copying memory",
        _ => "libc",
    }
}

/// The crate a source file is in, if it is not the standard library's.
fn crate_of_file<'a>(file: &'a str, root: &Path) -> Option<&'a str> {
    if let Some((_, path)) = file.split_once("/registry/src/") {
        let folder = path.split('/').nth(1)?;
        let (name, _version) = folder.rsplit_once('-')?;
        return Some(name);
    }
    let path = Path::new(file).strip_prefix(root).ok()?;
    match path.starts_with("shared") {
        true => Some("lambda-queue"),
        false => Some("bench-"),
    }
}

/// The crates that a function's name has in it, outermost first: generic code of the standard library works for them.
fn crates_of_function(function: &str) -> impl Iterator<Item = &str> {
    let words = function.split(|c: char| !(c.is_alphanumeric() || c == '_' || c == ':'));
    words.filter_map(|word| word.split_once("::").map(|(first, _)| first))
}

fn known(name: &str) -> Option<&'static str> {
    let name = name.replace('_', "-");
    let mut crates = CRATES.iter();
    let (_, owner) = crates.find(|(begin, _)| name.starts_with(begin))?;
    Some(owner)
}

fn is_std(place: &Place<'_>) -> bool {
    let begins = [
        "std::", "core::", "alloc::", "<alloc::", "<core::", "<std::", "__rust",
    ];
    place.file.contains("/library/") || begins.iter().any(|it| place.function.starts_with(it))
}
