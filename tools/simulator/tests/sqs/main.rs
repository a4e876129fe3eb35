//! The rules of SQS, each a test named after it, through the JSON protocol as a client sees them.

#![allow(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

mod batches;
mod chaos;
mod conservation;
mod fifo;
mod messages;
mod model;
mod move_tasks;
mod protocol;
mod queues;
mod receiving;
mod redrive;
mod saving;
mod snapshots;
mod trace;
mod visibility;
mod world;
