//! What was found, for people, programs and code scanning.

mod explain;
mod human;
mod json;
mod sarif;

pub(crate) use explain::{explain, list};
pub(crate) use human::human;
pub(crate) use json::json;
pub(crate) use sarif::sarif;
