//! What a command prints: for people, or for programs.

mod human;
mod json;
mod served;
mod summary;
mod table;

pub use human::render as human;
pub(crate) use human::{BOLD, DIM, duration, plural};
pub use json::render as json;
pub(crate) use served::{running, served};
pub(crate) use summary::{summary, summary_json, tables as summary_tables};
pub(crate) use table::{Cell, Table};

#[cfg(test)]
mod tests;
