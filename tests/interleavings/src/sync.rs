//! In the place of `shared/src/sync.rs`.

pub(crate) use std::sync::PoisonError;

pub(crate) use shuttle::sync::{Arc, Mutex, MutexGuard};
