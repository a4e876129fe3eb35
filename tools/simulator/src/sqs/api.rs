//! Requests and responses by the names of the API model (service `sqs`, 2012-11-05).
//!
//! Missing strings arrive empty and are refused by the operation, as SQS treats both alike.

mod attribute;
mod message;
mod queue;
mod single;
mod task;

pub use attribute::{Blob, MessageAttributeValue};
pub use message::*;
pub use queue::*;
pub use single::*;
pub use task::*;
