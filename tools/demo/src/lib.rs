//! What is sent to the whole stack, and what has to come of it: for `cargo demo` and `cargo crash`.

pub mod check;
pub mod expected;
pub mod messages;
pub mod services;

/// What goes wrong here is told to people and no more.
pub type Result<T> = std::result::Result<T, lambda_queue::Error>;
