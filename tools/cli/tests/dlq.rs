//! `dlq`, against what `local serve` serves, and ended by force at every request.

#![allow(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

#[path = "dlq/files.rs"]
mod files;
#[path = "dlq/killed.rs"]
mod killed;
#[path = "dlq/looking.rs"]
mod looking;
#[path = "dlq/redrive.rs"]
mod redrive;
mod support;
#[path = "dlq/world.rs"]
mod world;
