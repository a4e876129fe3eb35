//! The worker through its public interface: messages in queues that follow SQS's rules, behind the
//! real SDK client and a real address.

#![allow(clippy::unwrap_used, missing_docs, unreachable_pub, reason = "tests")]

mod endpoint;
mod fifo;
mod flow;
mod heartbeats;
mod outages;
mod running;
mod stopping;
mod virtual_time;
