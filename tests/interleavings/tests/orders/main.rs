//! A batch, with its handlers, writes and dead letters ending in every order.

#![allow(clippy::unwrap_used, missing_docs, unreachable_pub, reason = "tests")]

mod gates;
mod groups;
mod queue;
mod run;
mod store;
mod world;
