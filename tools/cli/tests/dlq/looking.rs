//! `list` and `show`: what can be seen, and that it stays.

use serde_json::json;

use crate::world::{World, dlq};

#[test]
fn messages_are_counted_by_why_they_failed() {
    let world = World::new();
    let (source, dead) = world.queues("jobs");
    for number in 0..25 {
        let reason = if number % 5 == 0 {
            "no such city"
        } else {
            "timed out"
        };
        world.dead_letter(&dead, &number.to_string(), &source, reason);
    }
    let list = world.json(&["list", &dead]);
    assert_eq!(list["visible"], 25);
    assert_eq!(list["looked_at"], 25);
    assert_eq!(list["complete"], true);
    assert_eq!(list["sources"], json!(["jobs"]));
    let reasons: Vec<_> = list["reasons"].as_array().unwrap().iter().collect();
    assert_eq!(reasons.len(), 2);
    assert_eq!(
        (&reasons[0]["messages"], &reasons[0]["reason"]),
        (&json!(20), &json!("timed out"))
    );
    assert_eq!(
        (&reasons[1]["messages"], &reasons[1]["error_type"]),
        (&json!(5), &json!("permanent"))
    );
    assert!(world.is_visible(&dead));
    let few = world.json(&["list", &dead, "--limit", "10"]);
    assert_eq!(
        (&few["looked_at"], &few["complete"]),
        (&json!(10), &json!(false))
    );
    assert!(world.is_visible(&dead));
}

#[test]
fn messages_that_sqs_moved_are_said_to_be() {
    let world = World::new();
    let (source, dead) = world.queues("jobs");
    world.send(&source, &json!({ "MessageBody": "x" }));
    for _ in 0..2 {
        world.sqs(
            "ReceiveMessage",
            &json!({ "QueueUrl": source, "VisibilityTimeout": 0 }),
        );
    }
    let list = world.json(&["list", &dead]);
    let reason = &list["reasons"][0];
    assert_eq!(reason["reason"], "received too often; SQS keeps no reason");
    assert_eq!(
        reason["source_arn"],
        "arn:aws:sqs:us-east-1:000000000000:jobs"
    );
}

#[test]
fn without_a_queue_all_dead_letter_queues_are_listed() {
    let world = World::new();
    let (source, dead) = world.queues("jobs");
    world.queues("orders.fifo");
    world.dead_letter(&dead, "x", &source, "why");
    let list = world.json(&["list"]);
    let names: Vec<_> = list
        .as_array()
        .unwrap()
        .iter()
        .map(|it| &it["queue"])
        .collect();
    assert_eq!(names, ["jobs-dead", "orders-dead.fifo"]);
    assert_eq!(list[0]["visible"], 1);
    assert!(world.done(&["list"]).contains("jobs-dead"));
}

#[test]
fn a_body_is_shown_to_who_asks_for_it() {
    let world = World::new();
    let (source, dead) = world.queues("jobs");
    world.dead_letter(&dead, "said", &source, "why");
    let shown = world.done(&["show", &dead]);
    assert!(shown.contains("why") && shown.contains("colour"), "{shown}");
    assert!(
        !shown.contains("\nsaid\n") && !shown.contains("blue"),
        "{shown}"
    );
    assert!(world.json(&["show", &dead])[0].get("body").is_none());
    let id = world.messages(&dead)[0]["id"].as_str().unwrap().to_owned();
    for asked in [vec!["--body"], vec!["--id", &id], vec!["--id", "was-said"]] {
        let shown = world.done(&[&["show", &dead], &asked[..]].concat());
        assert!(
            shown.contains("\nsaid\n") && shown.contains("blue"),
            "{shown}"
        );
    }
    let missing = world.refused(&["show", &dead, "--id", "nobody"]);
    assert!(
        missing.contains("no message nobody was seen in jobs-dead"),
        "{missing}"
    );
    assert!(world.is_visible(&dead));
}

#[test]
fn nothing_foreign_steers_the_terminal() {
    let world = World::new();
    let (source, dead) = world.queues("jobs");
    world.dead_letter(&dead, "a\u{9b}2J\u{202e}b", &source, "c\u{9b}1md\ne");
    for command in [&["list", &dead][..], &["show", &dead, "--body"]] {
        for output in ["human", "json"] {
            let shown = world.done(&[command, &["--output", output]].concat());
            let steers = |it: char| (it.is_control() && it != '\n') || it == '\u{202e}';
            assert!(!shown.contains(steers), "{shown:?}");
        }
    }
}

#[test]
fn a_dead_letter_queue_with_one_of_its_own_is_pointed_out() {
    let world = World::new();
    let (source, dead) = world.queues("jobs");
    world.create("last", &json!({}));
    let policy = json!({ "deadLetterTargetArn": "arn:aws:sqs:us-east-1:000000000000:last", "maxReceiveCount": 9 });
    let attributes = json!({ "RedrivePolicy": policy.to_string() });
    world.sqs(
        "SetQueueAttributes",
        &json!({ "QueueUrl": dead, "Attributes": attributes }),
    );
    world.dead_letter(&dead, "x", &source, "why");
    let said = String::from_utf8(world.run(&["list", &dead]).stderr).unwrap();
    assert!(
        said.contains("more than 9 receives moves to last"),
        "{said}"
    );
}

#[test]
fn what_goes_wrong_is_said_in_a_line() {
    let world = World::new();
    let (source, dead) = world.queues("jobs");
    let missing = world.refused(&["list", "nothing"]);
    let expected = "error: no one queue is meant by `nothing`; there are ";
    assert!(missing.starts_with(expected), "{missing}");
    let nowhere = world.refused(&["redrive", &source]);
    assert!(
        nowhere.contains("say where the messages go with --to"),
        "{nowhere}"
    );
    let itself = world.refused(&["redrive", &dead, "--to", &dead]);
    assert!(itself.contains("it is the same queue"), "{itself}");
    let purged = world.refused(&["purge", &source, "--yes"]);
    assert!(
        purged.contains("is no queue's dead-letter queue"),
        "{purged}"
    );
    let output = dlq("http://127.0.0.1:1", &["list", "x"]).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.starts_with("error: cannot find the queue: "), "{said}");
}

#[test]
fn a_queue_is_purged_once_somebody_confirms() {
    let world = World::new();
    let (source, dead) = world.queues("jobs");
    world.dead_letter(&dead, "x", &source, "why");
    let said = world.refused(&["purge", &dead]);
    assert!(said.contains("say --yes"), "{said}");
    assert_eq!(world.bodies(&dead), ["x"]);
    world.done(&["purge", &dead, "--yes"]);
    assert!(world.bodies(&dead).is_empty());
}
