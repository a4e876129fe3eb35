//! What threads share things by. `tests/interleavings` compiles the modules that use it with other types of these names,
//! under which threads take turns in every order.

pub(crate) use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
