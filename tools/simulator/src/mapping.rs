//! Lambda's event source mapping for SQS.

mod filter;
mod response;

pub use filter::{FilterCriteria, FilterError, PatternError};
pub use response::{InvalidResponse, Verdict, judge};
