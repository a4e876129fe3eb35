//! The toolkit's promises, put to the test: the real [`BatchProcessor`](lambda_queue::BatchProcessor)
//! and the protocol of its stores, between the simulator's queue and mapping, while everything goes
//! wrong that may, in virtual time and from a seed.

mod account;
mod dice;
mod fault;
mod ledger;
mod order;
mod process;
mod sabotage;
mod scenario;
mod shared;
mod shrink;
mod store;
mod story;
mod summary;
mod work;
mod world;

pub use fault::{Fault, Faults};
pub use ledger::{Promise, Violation};
pub use sabotage::Sabotage;
pub use scenario::{Effects, Queue, Scenario, Skew, WIDE_MARGIN_MS};
pub use shrink::shrink;
pub use story::story;
pub use summary::Summary;
pub use world::{Outcome, simulate};
