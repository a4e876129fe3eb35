//! The `lambda-queue` command as a library.

pub mod template;
