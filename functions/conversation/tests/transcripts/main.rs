//! The function between real queues and a real table.

#![allow(
    clippy::unwrap_used,
    reason = "a claim that cannot be checked is a claim that fails"
)]

mod appending;
mod crashes;
mod limits;
mod turns;
mod world;
