//! What is told of each message.

use std::collections::BTreeMap;
use std::sync::Arc;

use lambda_queue_simulator::sqs::api::{DeleteMessageByIdRequest, RedriveMessageRequest};
use lambda_queue_simulator::sqs::{Delivery, SqsError, TraceEvent, TraceKind};
use serde_json::{Value, json};

use crate::world::{MINUTE, SECOND, World, redrive};

const START: u64 = 1_700_000_000_000;

fn traced() -> World {
    let mut world = World::new();
    world.sqs.set_tracing(true);
    world
}

fn redriven(world: &mut World, queue: &str, id: &str) -> Result<Arc<str>, SqsError> {
    let request = RedriveMessageRequest {
        queue_url: queue.into(),
        message_id: id.into(),
        destination_arn: None,
    };
    let redriven = world.sqs.redrive_message(&request, world.now);
    redriven.map(|it| it.message_id)
}

fn deleted(world: &mut World, queue: &str, id: &str) -> Result<(), SqsError> {
    let request = DeleteMessageByIdRequest {
        queue_url: queue.into(),
        message_id: id.into(),
    };
    world.sqs.delete_message_by_id(&request, world.now)
}

/// Seconds since the start, the queue, the message and what happened, one line each.
fn story(world: &mut World, known: &[(&str, &str)]) -> String {
    world.sqs.advance(world.now);
    let mut names: Vec<(String, String)> = known
        .iter()
        .map(|&(id, name)| (id.into(), name.into()))
        .collect();
    let events = world.sqs.take_trace();
    let line = |event: &TraceEvent, name: &str| {
        let seconds = (event.at_ms - START) as f64 / 1_000.0;
        let fields = serde_json::to_value(event).unwrap();
        // By name, whether or not JSON objects keep their order.
        let mut fields: BTreeMap<String, Value> = serde_json::from_value(fields).unwrap();
        fields.retain(|key, _| !["atMs", "messageId", "queue", "newMessageId"].contains(&&**key));
        if let Some(until) = fields.get_mut("untilMs") {
            *until = json!(until.as_u64().unwrap() - START);
        }
        let kind = serde_json::to_string(&fields).unwrap();
        format!("{seconds:>5} {} {name} {kind}", event.queue)
    };
    let mut lines = Vec::new();
    for event in &events {
        let name = names.iter().find(|(id, _)| *id == *event.message_id);
        let name = name.map_or("?", |(_, name)| name).to_owned();
        lines.push(line(event, &name));
        if let TraceKind::Moved { new_message_id, .. } = &event.kind {
            names.push((new_message_id.to_string(), format!("{name}'")));
        }
    }
    lines.join("\n")
}

#[test]
fn nothing_is_kept_unless_it_is_asked_for() {
    let mut world = World::new();
    let url = world.queue();
    world.send(&url, "hello");
    assert_eq!(world.sqs.take_trace(), []);
    world.sqs.set_tracing(true);
    world.send(&url, "hello");
    assert_eq!(world.sqs.take_trace().len(), 1);
    assert_eq!(world.sqs.take_trace(), []);
    world.send(&url, "hello");
    world.sqs.set_tracing(false);
    assert_eq!(world.sqs.take_trace(), []);
}

#[test]
fn a_message_tells_its_life() {
    let mut world = traced();
    let url = world.create("orders", json!({"DelaySeconds": "5"}));
    let id = world.send(&url, "hello");
    world.pass(10 * SECOND);
    let first = world.receive(&url, 1).remove(0);
    world.hide(&url, &first, 60);
    world.pass(2 * MINUTE);
    let second = world.receive(&url, 1).remove(0);
    world.hide(&url, &second, 0);
    let third = world.receive(&url, 1).remove(0);
    world.delete(&url, &third);
    insta::assert_snapshot!(story(&mut world, &[(&id, "a")]));
}

#[test]
fn a_dead_letter_tells_where_it_went_and_came_back_under_which_id() {
    let mut world = traced();
    let (url, dlq) = world.with_dlq(1, "");
    let id = world.send(&url, "hello");
    world.receive(&url, 1);
    world.pass(MINUTE);
    world.receive(&url, 1);
    let task = json!({"SourceArn": crate::world::arn("dead")});
    world.call("StartMessageMoveTask", task);
    world.pass(SECOND);
    world.counts(&dlq);
    insta::assert_snapshot!(story(&mut world, &[(&id, "a")]));
}

#[test]
fn messages_that_nobody_deletes_tell_their_end() {
    let mut world = traced();
    let url = world.create("orders", json!({"MessageRetentionPeriod": "60"}));
    let other = world.create("other", json!({}));
    let expired = world.send(&url, "too old");
    world.pass(2 * MINUTE);
    let purged = world.send(&url, "purged");
    world.call("PurgeQueue", json!({"QueueUrl": url}));
    let gone = world.send(&other, "with its queue");
    world.call("DeleteQueue", json!({"QueueUrl": other}));
    let known = [(&*expired, "a"), (&*purged, "b"), (&*gone, "c")];
    insta::assert_snapshot!(story(&mut world, &known));
}

#[test]
fn what_chaos_delivers_again_is_one_more_receive_of_the_message() {
    let mut world = traced();
    let url = world.queue();
    let twice = Delivery::default().with_duplicate(1.0);
    world.sqs.set_delivery(&url, twice).unwrap();
    let id = world.send(&url, "hello");
    let first = world.receive(&url, 1).remove(0);
    world.pass(SECOND);
    assert_eq!(world.receive(&url, 1).len(), 1);
    world.delete(&url, &first);
    world.pass(MINUTE);
    insta::assert_snapshot!(story(&mut world, &[(&id, "a")]));
}

#[test]
fn a_new_delay_of_a_fifo_queue_is_told() {
    let mut world = traced();
    let url = world.create(
        "orders.fifo",
        json!({"FifoQueue": "true", "DelaySeconds": "60"}),
    );
    let id = world.send_to(&url, "g", "hello");
    world.set(&url, json!({"DelaySeconds": "2"}));
    world.pass(3 * SECOND);
    insta::assert_snapshot!(story(&mut world, &[(&id, "a")]));
}

#[test]
fn one_message_is_redriven_as_a_move_task_does() {
    let mut world = traced();
    let (url, dlq) = world.with_dlq(1, "");
    let (a, b) = (world.send(&url, "a"), world.send(&url, "b"));
    world.receive(&url, 2);
    world.pass(MINUTE);
    world.receive(&url, 2);
    world.sqs.take_trace();
    let new = redriven(&mut world, &dlq, &b).unwrap();
    assert_ne!(*new, *b);
    assert_eq!(world.counts(&dlq), (1, 0, 0));
    let back = world.receive(&url, 10).remove(0);
    assert_eq!(back["MessageId"], *new);
    assert_eq!(back["Attributes"]["ApproximateReceiveCount"], "1");
    insta::assert_snapshot!(story(&mut world, &[(&a, "a"), (&b, "b")]));
}

#[test]
fn what_cannot_be_redriven_says_why() {
    let mut world = World::new();
    let (url, dlq) = world.with_dlq(1, "");
    let direct = world.send(&dlq, "sent there by hand");
    let held = world.send(&url, "held");
    world.receive(&url, 1);
    world.pass(MINUTE);
    world.receive(&url, 1);
    let mut refused = |queue: &str, id: &str| {
        let error = redriven(&mut world, queue, id).unwrap_err();
        error.to_string().replace(id, "ID")
    };
    let mut told = vec![
        refused(&url, &held),
        refused(&dlq, "nothing"),
        refused(&dlq, &direct),
        refused("elsewhere", &direct),
    ];
    assert_eq!(world.receive(&dlq, 10).len(), 2);
    let error = redriven(&mut world, &dlq, &held).unwrap_err();
    told.push(error.to_string().replace(&held, "ID"));
    world.pass(MINUTE);
    world.create("orders2", json!({"RedrivePolicy": redrive("dead", 1)}));
    world.call("DeleteQueue", json!({"QueueUrl": url}));
    let error = redriven(&mut world, &dlq, &held).unwrap_err();
    told.push(error.to_string());
    insta::assert_snapshot!(told.join("\n"));
    assert_eq!(world.counts(&dlq), (2, 0, 0));
}

#[test]
fn a_message_is_deleted_by_its_id_whoever_holds_it() {
    let mut world = traced();
    let url = world.queue();
    let id = world.send(&url, "hello");
    let held = world.receive(&url, 1).remove(0);
    deleted(&mut world, &url, &id).unwrap();
    assert_eq!(world.counts(&url), (0, 0, 0));
    world.delete(&url, &held);
    let error = deleted(&mut world, &url, &id).unwrap_err();
    assert!(error.message.ends_with(&format!("no message {id}.")));
    assert_eq!(world.snapshot(&url).counters.deleted, 1);
    insta::assert_snapshot!(story(&mut world, &[(&id, "a")]));
}

#[test]
fn a_message_without_a_source_is_redriven_to_where_it_is_told() {
    let mut world = World::new();
    let (url, dlq) = world.with_dlq(1, "");
    let id = world.send(&dlq, "sent there by hand");
    world.fifo();
    let mut to = |name: &str| {
        let request = RedriveMessageRequest {
            queue_url: dlq.as_str().into(),
            message_id: id.as_str().into(),
            destination_arn: Some(crate::world::arn(name)),
        };
        world.sqs.redrive_message(&request, world.now)
    };
    for elsewhere in ["nowhere", "dead", "orders.fifo"] {
        to(elsewhere).unwrap_err();
    }
    to("orders").unwrap();
    assert_eq!(world.bodies(&url, 1), ["sent there by hand"]);
}
