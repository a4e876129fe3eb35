//! The idempotency protocol as a model: workers, an SQS queue, a store and a network between them,
//! explored in every order of events.
//!
//! What a request does to a record is decided by the functions that the stores carry out,
//! [`lambda_queue::idempotency::record`]; nothing of them is repeated here. Around them, anything
//! may happen: a request is carried out at any later moment, or never; its sender may by then have
//! sent it again, given up, crashed or been killed; messages come twice; clocks differ.
//!
//! The tests say which [`Property`] holds in which [`World`], and that each [`Safeguard`] is there
//! for a reason: without it, a property breaks.

mod action;
mod explore;
mod model;
mod property;
mod protocol;
mod queue;
mod reduce;
mod seen;
mod state;
mod store;
mod worker;
mod world;

pub use explore::{Verdict, explore, find};
pub use property::Property;
pub use protocol::{Effects, Protocol, Safeguard};
pub use world::{Faults, World};
