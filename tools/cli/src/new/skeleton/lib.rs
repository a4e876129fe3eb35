//! Handles the messages of {{Name}}Queue.

mod config;
mod handler;

pub use config::Config;
pub use handler::{EmptyText, {{Name}}, Message};
