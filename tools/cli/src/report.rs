//! What a command prints: for people, or for programs.

mod human;
mod json;
mod served;
mod table;

pub use human::render as human;
pub(crate) use human::{BOLD, DIM, duration, mark, plural, style};
pub use json::render as json;
pub(crate) use served::served;
pub(crate) use table::{Cell, Table};

#[cfg(test)]
mod tests;
