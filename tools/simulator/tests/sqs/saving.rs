//! What is saved goes on as if it had never stopped.

mod three;

use lambda_queue_simulator::sqs::Sqs;
use proptest::prelude::*;
use serde_json::json;

use crate::world::{MINUTE, World};
use three::{Three, account, call, state, step};

proptest! {
    #[test]
    fn a_restored_account_answers_as_the_one_that_went_on(
        steps in prop::collection::vec(step(), 1..80)
    ) {
        let mut three = Three::new();
        for step in &steps {
            three.step(step);
        }
        prop_assert_eq!(state(&three.saved), state(&three.one));
    }

    #[test]
    fn what_did_not_change_the_fingerprint_may_be_left_out(
        steps in prop::collection::vec(step(), 1..80)
    ) {
        let mut three = Three::new();
        for step in &steps {
            three.step(step);
        }
        let mut replayed = account();
        for (now, operation, body) in &three.journal {
            drop(call(&mut replayed, operation, body, *now));
        }
        prop_assert_eq!(replayed.fingerprint(), three.one.fingerprint());
        prop_assert_eq!(state(&replayed), state(&three.one));
    }
}

#[test]
fn a_restored_account_has_the_urls_of_its_new_endpoint() {
    let mut world = World::new();
    world.queue();
    let mut json = Vec::new();
    world.sqs.save(&mut json).unwrap();
    world.sqs = Sqs::restore(&json, "http://127.0.0.1:9/").unwrap();
    let answer = world.call("GetQueueUrl", json!({"QueueName": "orders"}));
    assert_eq!(answer["QueueUrl"], "http://127.0.0.1:9/123456789012/orders");
}

#[test]
fn resetting_attributes_keeps_messages_and_the_policy_and_nothing_else() {
    let mut world = World::new();
    let url = world.queue();
    world.send(&url, "hello");
    let policy = json!({"Version": "2012-10-17"}).to_string();
    world.set(&url, json!({"Policy": policy, "VisibilityTimeout": "7"}));
    world.pass(MINUTE);
    let request = json!({"QueueUrl": url, "Attributes": {"DelaySeconds": "3"}});
    let request = serde_json::from_value(request).unwrap();
    world
        .sqs
        .reset_queue_attributes(&request, world.now)
        .unwrap();
    assert_eq!(world.attribute(&url, "VisibilityTimeout"), "30");
    assert_eq!(world.attribute(&url, "DelaySeconds"), "3");
    assert_eq!(world.attribute(&url, "Policy"), policy);
    assert_eq!(world.counts(&url), (1, 0, 0));
}
