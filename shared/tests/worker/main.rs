//! The worker through its public interface: messages in a queue that is asked over HTTP.

#![allow(clippy::unwrap_used, missing_docs, unreachable_pub, reason = "tests")]

mod endpoint;
mod flow;
