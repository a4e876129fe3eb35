//! One suite that every idempotency store must pass, and what DynamoDB's own troubles must not
//! change about it.
#![allow(
    clippy::unwrap_used,
    missing_docs,
    reason = "a test has nowhere to hand an error to, and its name says what it is about"
)]

mod agreement;
mod bulk;
mod claiming;
mod commit_troubles;
mod commits;
mod dynamodb;
mod effects;
mod faults;
mod fencing;
mod foreign;
mod line;
mod log;
mod lost_answers;
mod output_size;
mod permissions;
mod quarantine;
#[cfg(feature = "redis")]
mod redis_cluster;
#[cfg(feature = "redis")]
mod redis_server;
#[cfg(feature = "redis")]
mod redis_tls;
#[cfg(feature = "redis")]
mod redis_troubles;
mod refusals;
mod request;
mod request_counts;
mod rivals;
mod sockets;
mod stores;
mod takeover;
mod throttling;
