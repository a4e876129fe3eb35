//! Chunks with vectors, in a real table; models and indexes answer over HTTP.

#![allow(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

#[cfg(feature = "embeddings")]
mod bedrock;
mod function;
mod local;
#[cfg(feature = "embeddings")]
mod logs;
#[cfg(feature = "embeddings")]
mod s3_vectors;
