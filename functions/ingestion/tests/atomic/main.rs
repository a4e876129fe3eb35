//! Whoever reads a document while it is replaced has the old one or the new one, whatever becomes of
//! the run that replaces it.

#![allow(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

mod beside;
mod cut_off;
mod world;
