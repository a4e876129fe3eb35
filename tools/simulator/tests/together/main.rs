//! What shows only where a real queue and a mapping meet, each rule a test named after it.

#![allow(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

mod world;

use lambda_queue_simulator::mapping::InvocationResult;
use serde_json::json;
use world::World;

fn success() -> InvocationResult {
    InvocationResult::Response(b"null".to_vec())
}

#[test]
fn a_receive_counts_even_if_the_function_never_ran() {
    let mut world = World::new(2);
    world.send();
    world.step();
    let mut attempts = 0;
    // Lambda asks again and again within each of the two visibility timeouts.
    for _ in 0..70 {
        attempts += world.running.len();
        world.answer(&InvocationResult::Throttled);
        world.pass(1);
    }
    assert!(attempts > 4, "{attempts}");
    assert_eq!(world.mapping.counters().throttles, attempts as u64);
    let dead = world.dead.clone();
    assert_eq!(world.depth(&dead), (1, 0), "without a single run");
}

#[test]
fn a_failed_message_returns_when_its_visibility_timeout_ends_and_not_before() {
    let mut world = World::new(5);
    world.send();
    world.step();
    world.answer(&InvocationResult::FunctionError);
    let queue = world.queue.clone();
    world.pass(29);
    assert_eq!(world.depth(&queue), (0, 1));
    assert!(world.running.is_empty());
    world.pass(1);
    assert_eq!(world.running.len(), 1, "delivered again");
}

#[test]
fn the_mapping_never_changes_visibility_itself() {
    let mut world = World::new(5);
    world.send();
    world.step();
    let [held] = world.held().try_into().unwrap();
    let request = json!({
        "QueueUrl": world.queue,
        "ReceiptHandle": held.receipt_handle,
        "VisibilityTimeout": 7,
    });
    world.call("ChangeMessageVisibility", request);
    world.answer(&InvocationResult::FunctionError);
    world.pass(6);
    assert!(world.running.is_empty());
    world.pass(1);
    assert_eq!(world.running.len(), 1, "when the function wanted it");
}

#[test]
fn a_message_that_is_handed_out_stays_hidden_while_the_function_runs() {
    let mut world = World::new(5);
    world.send();
    world.step();
    let queue = world.queue.clone();
    world.pass(10);
    assert_eq!((world.running.len(), world.depth(&queue)), (1, (0, 1)));
    world.answer(&success());
    assert_eq!(world.depth(&queue), (0, 0));
}
