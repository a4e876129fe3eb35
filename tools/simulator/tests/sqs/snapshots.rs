use serde_json::json;

use crate::world::{SECOND, World};

#[test]
fn a_snapshot_shows_every_message_and_what_happened() {
    let mut world = World::new();
    let (url, _) = world.with_dlq(5, "");
    world.send(&url, "visible");
    world.pass(SECOND);
    world.send(&url, "in flight");
    let delayed = json!({
        "QueueUrl": url, "MessageBody": "delayed", "DelaySeconds": 60, "MessageGroupId": "tenant",
        "MessageAttributes": {"kind": {"DataType": "String", "StringValue": "order"}},
    });
    world.call("SendMessage", delayed);
    let first = world.receive(&url, 2).remove(0);
    world.hide(&url, &first, 0);
    let mut snapshot = world.snapshot(&url);
    snapshot
        .messages
        .iter_mut()
        .for_each(|message| message.message_id = "id".into());
    insta::assert_json_snapshot!(snapshot);
}

#[test]
fn summaries_show_every_queue_by_name_without_messages() {
    let mut world = World::new();
    let (url, _) = world.with_dlq(5, "");
    world.send(&url, "hello");
    let summaries = world.sqs.summaries(world.now);
    let seen: Vec<_> = summaries.iter().map(|it| (&*it.name, it.visible)).collect();
    assert_eq!(seen, [("dead", 0), ("orders", 1)]);
    assert!(summaries.iter().all(|it| it.messages.is_empty()));
}
