//! How large binaries are as they are shipped: release profile, stripped.

use std::fs;

use serde::{Deserialize, Serialize};

use crate::Result;
use crate::setup::{Places, build};

#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub(crate) struct Size {
    pub(crate) binary: String,
    pub(crate) bytes: u64,
}

const PEERS: [&str; 4] = ["bench-empty", "bench-limit", "bench-plain", "bench-toolkit"];
pub(crate) const FUNCTIONS: [&str; 3] = ["ingestion", "tool-executor", "conversation"];

/// Of what is there; the functions are built first if that is wished.
///
/// # Errors
/// A function does not build.
pub(crate) fn sizes(places: &Places, build_functions: bool) -> Result<Vec<Size>> {
    if build_functions {
        for function in FUNCTIONS {
            build(function, places)?;
        }
    }
    let all = PEERS.into_iter().chain(FUNCTIONS);
    let size = |binary: &str| {
        let bytes = fs::metadata(places.released(binary)).ok()?.len();
        Some(Size {
            binary: binary.to_owned(),
            bytes,
        })
    };
    Ok(all.filter_map(size).collect())
}
