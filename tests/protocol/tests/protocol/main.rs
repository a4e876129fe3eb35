//! What the protocol promises, in every order of events; and what breaks without each of its rules.

#![allow(missing_docs, unreachable_pub, reason = "tests")]

mod promises;
mod safeguards;

use lambda_queue_protocol::{Property, Protocol, World, explore};

/// Explores everything, and holds the outcome against what is known to break.
fn only_breaks(known: &[Property], name: &str, protocol: Protocol, world: World) {
    let verdict = explore(protocol, world);
    println!("{name}: {} states", verdict.states);
    assert!(verdict.finishes, "{name}: messages are never done");
    assert_eq!(verdict.broken, known, "{name}{}", verdict.runs);
}
