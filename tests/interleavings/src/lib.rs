//! Orders: which handler ends first, which answer comes first, which thread gets the lock.
//!
//! A batch is one future without threads: [`explorer`] decides what of it is ready at each poll. What
//! threads do share is compiled here a second time, from `shared`'s own files, with `shuttle`'s locks, which
//! let every thread go first.

// The tests in files of another crate run there.
#![cfg(not(test))]
// Their own crate uses all of them.
#![allow(
    dead_code,
    unreachable_pub,
    missing_docs,
    reason = "files of another crate"
)]

pub mod explorer;
pub mod idempotency;
mod sync;
pub mod worker;

/// In the place of `shared`'s own.
#[derive(Debug)]
pub struct HandlerError;

impl HandlerError {
    fn permanent<E>(_: E) -> Self {
        Self
    }

    fn named(self, _: &str) -> Self {
        self
    }
}
