//! The rules of SQS, each a test named after it, through the JSON protocol as a client sees them.

mod batches;
mod chaos;
mod fifo;
mod messages;
mod model;
mod move_tasks;
mod protocol;
mod queues;
mod receiving;
mod redrive;
mod visibility;
mod world;
