//! `export` and `import`.

use std::fs;

use serde_json::json;

use crate::world::World;

#[test]
fn messages_survive_the_way_through_a_file() {
    let world = World::new();
    let (source, dead) = world.queues("jobs");
    for number in 0..25 {
        world.dead_letter(&dead, &format!("{number:02}\n\u{9b}ü"), &source, "why");
    }
    let binary = json!({ "data": { "DataType": "Binary", "BinaryValue": "AAH/" }, "n": { "DataType": "Number.int", "StringValue": "7" } });
    world.send(
        &dead,
        &json!({ "MessageBody": "binary", "MessageAttributes": binary }),
    );
    let before = world.bodies(&dead);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("dead.jsonl");
    let path = file.to_str().unwrap();

    let kept = world.json(&["export", &dead, path]);
    assert_eq!(
        (&kept["written"], &kept["deleted"]),
        (&json!(26), &json!(0))
    );
    assert_eq!(world.bodies(&dead), before);
    assert!(world.is_visible(&dead));
    let again = world.refused(&["export", &dead, path]);
    assert!(again.contains("is there already"), "{again}");
    let deleted = world.json(&["export", &dead, path, "--append", "--delete"]);
    assert_eq!(
        (&deleted["written"], &deleted["deleted"]),
        (&json!(0), &json!(26))
    );
    assert!(world.bodies(&dead).is_empty());

    let imported = world.json(&["import", path, "--to", &source]);
    assert_eq!(
        (&imported["sent"], &imported["left"]),
        (&json!(26), &json!(0))
    );
    let mut after = world.bodies(&source);
    after.sort_unstable();
    let mut before = before;
    before.sort_unstable();
    assert_eq!(after, before);
    let messages = world.messages(&source);
    let found = messages.iter().find(|it| it["body"] == "binary").unwrap();
    assert_eq!(found["attributes"]["data"]["BinaryValue"], "AAH/");
    assert_eq!(found["attributes"]["n"]["DataType"], "Number.int");

    let twice = world.json(&["import", path, "--to", &source]);
    assert_eq!(
        (&twice["sent"], &twice["sent_before"]),
        (&json!(0), &json!(26))
    );
    let elsewhere = world.refused(&["import", path, "--to", &dead]);
    assert!(elsewhere.contains("tells of an import into"), "{elsewhere}");
}

#[test]
fn a_line_that_was_cut_off_is_written_again() {
    let world = World::new();
    let (source, dead) = world.queues("jobs");
    for body in ["a", "b"] {
        world.dead_letter(&dead, body, &source, "why");
    }
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("dead.jsonl");
    let path = file.to_str().unwrap();
    world.done(&["export", &dead, path]);
    let text = fs::read_to_string(&file).unwrap();
    fs::write(&file, &text[..text.len() - 9]).unwrap();
    world.done(&["export", &dead, path, "--append", "--delete"]);
    let lines = fs::read_to_string(&file).unwrap();
    assert_eq!(lines.lines().count(), 2);
    assert!(world.bodies(&dead).is_empty());
    fs::write(&file, &lines[..lines.len() - 9]).unwrap();
    assert_eq!(world.json(&["import", path, "--to", &source])["sent"], 1);
}

#[test]
fn no_line_of_a_wrong_file_is_sent_and_none_is_taken_away() {
    let world = World::new();
    let (source, dead) = world.queues("jobs");
    world.dead_letter(&dead, "a", &source, "why");
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("dead.jsonl");
    let path = file.to_str().unwrap();
    world.done(&["export", &dead, path]);
    let mut text = fs::read_to_string(&file).unwrap();
    text.push_str("my own secret notes");
    fs::write(&file, &text).unwrap();
    for command in [
        &["export", &dead, path, "--append"][..],
        &["import", path, "--to", &source],
    ] {
        let said = world.refused(command);
        assert!(said.contains("dead.jsonl:2: not a message"), "{said}");
        assert!(!said.contains("secret"), "{said}");
    }
    assert_eq!(fs::read_to_string(&file).unwrap(), text);
    assert!(world.bodies(&source).is_empty());
}

#[test]
fn one_refused_line_holds_back_its_group_and_is_sent_later() {
    let world = World::new();
    let (source, dead) = world.queues("orders.fifo");
    let long = "x".repeat(2000);
    for (group, body) in [("a", "a1"), ("a", "a3"), ("b", "b1")] {
        world.ordered(&dead, group, body);
        if body == "a1" {
            world.send(
                &dead,
                &json!({ "MessageBody": long, "MessageGroupId": "a", "MessageDeduplicationId": "long" }),
            );
        }
    }
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("dead.jsonl");
    let path = file.to_str().unwrap();
    world.done(&["export", &dead, path, "--delete"]);
    let size = |bytes: &str| {
        let attributes = json!({ "MaximumMessageSize": bytes });
        world.sqs(
            "SetQueueAttributes",
            &json!({ "QueueUrl": source, "Attributes": attributes }),
        );
    };
    size("1024");
    let first = world.json(&["import", path, "--to", &source]);
    assert_eq!(
        (
            &first["sent"],
            &first["held_back"].as_array().unwrap().len()
        ),
        (&json!(2), &1)
    );
    assert_eq!(first["refused"].as_object().unwrap().len(), 1);
    size("10000");
    let second = world.json(&["import", path, "--to", &source]);
    assert_eq!((&second["sent"], &second["left"]), (&json!(2), &json!(0)));
    let bodies = world.bodies(&source);
    let of_a: Vec<_> = bodies
        .iter()
        .filter(|it| !it.starts_with('b'))
        .map(|it| &it[..2])
        .collect();
    assert_eq!(of_a, ["a1", "xx", "a3"]);
}
