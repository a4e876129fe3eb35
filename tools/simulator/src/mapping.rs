//! Lambda's event source mapping for SQS.

mod response;

pub use response::{InvalidResponse, Verdict, judge};
