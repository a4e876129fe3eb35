//! SQS and Lambda's event source mapping as pure state machines: no I/O, no clock, no threads.
//!
//! Time is an argument, in epoch milliseconds, and randomness comes from a seed, so that the same
//! code drives simulated years in tests and real seconds in the local environment.

pub mod mapping;
pub mod sqs;
