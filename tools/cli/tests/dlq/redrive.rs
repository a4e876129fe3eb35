//! `redrive`: what goes where, and what stays.

use serde_json::json;

use crate::world::World;

fn sorted(mut bodies: Vec<String>) -> Vec<String> {
    bodies.sort_unstable();
    bodies
}

#[test]
fn all_of_a_queue_goes_by_a_move_task() {
    let world = World::new();
    let (source, dead) = world.queues("jobs");
    for body in ["a", "b", "c"] {
        world.dead_letter(&dead, body, &source, "why");
    }
    let would = world.done(&["redrive", &dead, "--dry-run"]);
    assert!(
        would.contains("about 3 messages would go from jobs-dead to jobs"),
        "{would}"
    );
    assert_eq!(world.bodies(&dead).len(), 3);
    assert_eq!(
        world.messages(&dead)[0]["receiveCount"],
        0,
        "nobody looked at them"
    );
    let moved = world.json(&["redrive", &dead]);
    assert_eq!(
        (&moved["status"], &moved["moved"]),
        (&json!("COMPLETED"), &json!(3))
    );
    assert_eq!(sorted(world.bodies(&source)), ["a", "b", "c"]);
    assert!(world.bodies(&dead).is_empty());
    let none = world.refused(&["redrive", &dead, "--cancel"]);
    assert!(none.contains("no move task runs on jobs-dead"), "{none}");
}

#[test]
fn a_selection_goes_back_as_its_producer_sent_it() {
    let world = World::new();
    let (source, dead) = world.queues("jobs");
    for (body, reason) in [
        ("a", "timed out"),
        ("b", "no such city"),
        ("c", "Timed out"),
    ] {
        world.dead_letter(&dead, body, &source, reason);
    }
    let would = world.json(&["redrive", &dead, "--reason", "timed", "--dry-run"]);
    assert_eq!(would["would_move"], 2);
    assert_eq!(world.bodies(&dead).len(), 3);
    assert!(world.is_visible(&dead) && world.bodies(&source).is_empty());
    let moved = world.json(&["redrive", &dead, "--reason", "timed"]);
    assert_eq!(
        (&moved["moved"], &moved["looked_at"]),
        (&json!(2), &json!(3))
    );
    assert_eq!(sorted(world.bodies(&source)), ["a", "c"]);
    assert_eq!(world.bodies(&dead), ["b"]);
    assert!(world.is_visible(&dead));
    let attributes = &world.messages(&source)[0]["attributes"];
    let names: Vec<_> = attributes.as_object().unwrap().keys().collect();
    assert_eq!(names, ["colour"]);
}

#[test]
fn messages_are_picked_by_id_age_and_number() {
    let world = World::new();
    let (source, dead) = world.queues("jobs");
    for body in ["a", "b", "c", "d"] {
        world.dead_letter(&dead, body, &source, "why");
    }
    let none = world.json(&["redrive", &dead, "--older-than", "1h"]);
    assert_eq!(none["moved"], 0);
    let one = world.json(&["redrive", &dead, "--id", "was-b"]);
    assert_eq!(one["moved"], 1);
    assert_eq!(world.bodies(&source), ["b"]);
    let two = world.json(&[
        "redrive",
        &dead,
        "--newer-than",
        "1h",
        "--limit",
        "2",
        "--rate",
        "100",
    ]);
    assert_eq!(two["moved"], 2);
    assert_eq!(world.bodies(&dead).len(), 1);
    assert!(world.is_visible(&dead));
}

#[test]
fn messages_of_several_queues_go_each_to_its_own() {
    let world = World::new();
    let (one, dead) = world.queues("one");
    world.feeds("two", &dead);
    world.create("foreign", &json!({}));
    world.dead_letter(&dead, "a", &one, "why");
    world.dead_letter(&dead, "b", "two", "why");
    world.dead_letter(&dead, "c", "foreign", "a queue that this one is not for");
    let output = world.run(&["redrive", &dead]);
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    assert_eq!(
        (world.bodies(&one), world.bodies("two")),
        (vec!["a".into()], vec!["b".into()])
    );
    assert_eq!(world.bodies(&dead), ["c"]);
    assert!(world.bodies("foreign").is_empty());
    assert!(world.is_visible(&dead));
}

#[test]
fn a_message_that_sqs_refuses_stays() {
    let world = World::new();
    let (source, dead) = world.queues("jobs");
    world.sqs(
        "SetQueueAttributes",
        &json!({ "QueueUrl": source, "Attributes": { "MaximumMessageSize": "1024" } }),
    );
    world.dead_letter(&dead, &"x".repeat(2000), &source, "why");
    world.dead_letter(&dead, "small", &source, "why");
    let output = world.run(&["redrive", &dead, "--limit", "10"]);
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(
        said.contains("1 stay here: ") && !said.contains("xxx"),
        "{said}"
    );
    assert_eq!(world.bodies(&source), ["small"]);
    assert_eq!(world.messages(&dead).len(), 1);
    assert!(world.is_visible(&dead));
}

#[test]
fn the_messages_of_a_group_keep_their_order() {
    let world = World::new();
    let (source, dead) = world.queues("orders.fifo");
    for number in 0..15 {
        world.ordered(&dead, "a", &format!("a{number:02}"));
        world.ordered(&dead, "b", &format!("b{number:02}"));
    }
    let moved = world.json(&["redrive", &dead, "--limit", "100"]);
    assert_eq!(moved["moved"], 30);
    let bodies = world.bodies(&source);
    for group in ["a", "b"] {
        let of_group: Vec<_> = bodies.iter().filter(|it| it.starts_with(group)).collect();
        let expected: Vec<_> = (0..15).map(|it| format!("{group}{it:02}")).collect();
        assert_eq!(of_group, expected.iter().collect::<Vec<_>>());
    }
}

#[test]
fn nothing_overtakes_a_message_that_is_not_selected() {
    let world = World::new();
    let (source, dead) = world.queues("orders.fifo");
    for (group, body) in [("a", "a1"), ("a", "poison"), ("a", "a3"), ("b", "b1")] {
        world.ordered(&dead, group, body);
    }
    let messages = world.messages(&dead);
    let id = |body: &str| {
        let found = messages.iter().find(|it| it["body"] == body).unwrap();
        found["id"].as_str().unwrap().to_owned()
    };
    let (a1, a3, b1) = (id("a1"), id("a3"), id("b1"));
    let output = world.run(&["redrive", &dead, "--id", &a1, "--id", &a3, "--id", &b1]);
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(
        said.contains("1 stay here, behind one of their group"),
        "{said}"
    );
    assert_eq!(sorted(world.bodies(&source)), ["a1", "b1"]);
    assert_eq!(world.bodies(&dead), ["poison", "a3"]);
    assert!(world.is_visible(&dead));
}

/// SQS would drop a message with the deduplication id of one that was sent in the last 5 minutes.
#[test]
fn a_message_that_failed_at_once_arrives_again_each_time() {
    let world = World::new();
    let (source, dead) = world.queues("orders.fifo");
    world.ordered(&source, "a", "x");
    for round in 0..3 {
        for _ in 0..2 {
            world.sqs(
                "ReceiveMessage",
                &json!({ "QueueUrl": source, "VisibilityTimeout": 0 }),
            );
        }
        assert_eq!(world.bodies(&dead), ["x"], "{round}");
        world.done(&["redrive", &dead, "--limit", "10"]);
        assert_eq!(world.bodies(&source), ["x"], "{round}");
        assert!(world.bodies(&dead).is_empty(), "{round}");
    }
}
