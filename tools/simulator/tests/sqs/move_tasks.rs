use serde_json::{Value, json};

use crate::world::{SECOND, World, arn};

/// A source queue and its DLQ, in which so many messages of it lie.
fn dead(world: &mut World, count: usize) -> (String, String) {
    let (url, dlq) = world.with_dlq(1, "");
    for n in 0..count {
        world.send(&url, &n.to_string());
    }
    for _ in 0..2 {
        for _ in 0..count.div_ceil(10) {
            world.receive(&url, 10);
        }
        world.pass(30 * SECOND);
    }
    assert_eq!(world.counts(&dlq), (count, 0, 0));
    (url, dlq)
}

fn start(world: &mut World, mut request: Value) -> Value {
    request["SourceArn"] = json!(arn("dead"));
    world.call("StartMessageMoveTask", request)["TaskHandle"].take()
}

fn newest(world: &mut World) -> Value {
    world.call("ListMessageMoveTasks", json!({"SourceArn": arn("dead")}))["Results"][0].take()
}

#[test]
fn a_move_task_returns_messages_to_their_source_as_new_ones() {
    let mut world = World::new();
    let (url, dlq) = dead(&mut world, 2);
    let before = world.snapshot(&dlq).messages;
    start(&mut world, json!({}));
    world.pass(SECOND);
    assert_eq!(world.counts(&dlq), (0, 0, 0));
    let after = world.snapshot(&url).messages;
    assert_eq!(after.len(), 2);
    for (old, new) in before.iter().zip(&after) {
        assert_eq!(old.body, new.body);
        assert_ne!(old.message_id, new.message_id);
        assert!(new.sent_ms > old.sent_ms);
        assert_eq!((new.receive_count, &new.dead_letter_source_arn), (0, &None));
    }
    let task = newest(&mut world);
    assert_eq!(task["Status"], "COMPLETED");
    assert_eq!(task["ApproximateNumberOfMessagesMoved"], 2);
    assert_eq!(task["ApproximateNumberOfMessagesToMove"], 2);
    assert!(task["TaskHandle"].is_null() && task["DestinationArn"].is_null());
}

#[test]
fn a_move_task_keeps_its_rate() {
    let mut world = World::new();
    let (url, dlq) = dead(&mut world, 10);
    let handle = start(&mut world, json!({"MaxNumberOfMessagesPerSecond": 2}));
    for moved in 0..=4 {
        assert_eq!(world.counts(&url).0, moved);
        let task = newest(&mut world);
        assert_eq!(
            (&task["Status"], &task["TaskHandle"]),
            (&json!("RUNNING"), &handle)
        );
        world.pass(SECOND / 2);
    }
    assert_eq!(world.counts(&dlq).0, 5);
    let next = world.sqs.next_change_ms(&url, world.now).unwrap();
    assert_eq!(next, Some(world.now));
}

#[test]
fn without_a_rate_500_messages_move_a_second() {
    let mut world = World::new();
    let (url, _) = dead(&mut world, 600);
    start(&mut world, json!({}));
    world.pass(SECOND);
    assert_eq!(world.counts(&url).0, 500);
    for rate in [0, 501] {
        let request = json!({"SourceArn": arn("dead"), "MaxNumberOfMessagesPerSecond": rate});
        assert_eq!(
            world.fails("StartMessageMoveTask", request).0,
            "InvalidParameterValue"
        );
    }
}

#[test]
fn a_cancelled_task_leaves_what_it_moved() {
    let mut world = World::new();
    let (url, dlq) = dead(&mut world, 10);
    let handle = start(&mut world, json!({"MaxNumberOfMessagesPerSecond": 1}));
    world.pass(3 * SECOND);
    let cancelled = world.call("CancelMessageMoveTask", json!({"TaskHandle": handle}));
    assert_eq!(cancelled["ApproximateNumberOfMessagesMoved"], 3);
    world.pass(60 * SECOND);
    assert_eq!((world.counts(&url).0, world.counts(&dlq).0), (3, 7));
    assert_eq!(newest(&mut world)["Status"], "CANCELLED");
    // A cancelled task does not run, and another may start.
    assert_eq!(
        world
            .fails("CancelMessageMoveTask", json!({"TaskHandle": handle}))
            .0,
        "AWS.SimpleQueueService.UnsupportedOperation"
    );
    start(&mut world, json!({}));
}

#[test]
fn a_queue_has_one_active_task() {
    let mut world = World::new();
    dead(&mut world, 2);
    start(&mut world, json!({"MaxNumberOfMessagesPerSecond": 1}));
    assert_eq!(
        world.fails("StartMessageMoveTask", json!({"SourceArn": arn("dead")})),
        (
            "InvalidParameterValue",
            "There is already a task running. Only one active task is allowed for a source queue \
             arn at a given time."
                .into()
        )
    );
}

#[test]
fn only_a_dlq_can_be_moved_from() {
    let mut world = World::new();
    dead(&mut world, 0);
    assert_eq!(
        world.fails("StartMessageMoveTask", json!({"SourceArn": arn("orders")})),
        (
            "InvalidParameterValue",
            "Source queue must be configured as a Dead Letter Queue.".into()
        )
    );
    for (request, name) in [
        (json!({"SourceArn": arn("none")}), "SourceArn"),
        (
            json!({"SourceArn": arn("dead"), "DestinationArn": arn("none")}),
            "DestinationArn",
        ),
    ] {
        let error = world.try_call("StartMessageMoveTask", request).unwrap_err();
        assert_eq!(
            (error.query_code(), error.status()),
            ("ResourceNotFoundException", 404)
        );
        assert_eq!(
            error.message,
            format!("The resource that you specified for the {name} parameter doesn't exist.")
        );
    }
}

#[test]
fn a_destination_that_is_deleted_fails_the_task() {
    let mut world = World::new();
    let (_, dlq) = dead(&mut world, 10);
    let other = world.create("other", json!({}));
    let request = json!({"DestinationArn": arn("other"), "MaxNumberOfMessagesPerSecond": 1});
    start(&mut world, request);
    world.pass(3 * SECOND);
    world.call("DeleteQueue", json!({"QueueUrl": other}));
    world.pass(SECOND);
    let task = newest(&mut world);
    assert_eq!(task["Status"], "FAILED");
    assert_eq!(
        task["FailureReason"],
        "AWS.SimpleQueueService.NonExistentQueue"
    );
    assert_eq!(task["ApproximateNumberOfMessagesMoved"], 3);
    assert_eq!(world.counts(&dlq).0, 7);
}

#[test]
fn a_message_sent_to_a_dlq_directly_has_no_source_to_return_to() {
    let mut world = World::new();
    let (_, dlq) = dead(&mut world, 0);
    world.send(&dlq, "direct");
    start(&mut world, json!({}));
    world.pass(SECOND);
    assert_eq!(
        newest(&mut world)["FailureReason"],
        "CouldNotDetermineMessageSource"
    );
    assert_eq!(world.counts(&dlq), (1, 0, 0));
}

#[test]
fn a_bad_task_handle_is_refused_in_aws_s_words() {
    let mut world = World::new();
    dead(&mut world, 1);
    let handle = start(&mut world, json!({}));
    assert_eq!(
        world
            .fails("CancelMessageMoveTask", json!({"TaskHandle": "nonsense"}))
            .1,
        "Value for parameter TaskHandle is invalid."
    );
    let mut other = World::new();
    assert_eq!(
        other
            .fails("CancelMessageMoveTask", json!({"TaskHandle": handle}))
            .1,
        "The resource that you specified for the SourceArn parameter doesn't exist."
    );
    other.create("dead", json!({}));
    assert_eq!(
        other.fails("CancelMessageMoveTask", json!({"TaskHandle": handle})),
        ("ResourceNotFoundException", "Task does not exist.".into())
    );
}

#[test]
fn tasks_are_listed_the_newest_first_and_one_by_default() {
    let mut world = World::new();
    dead(&mut world, 1);
    for _ in 0..3 {
        start(&mut world, json!({}));
        world.pass(SECOND);
    }
    let list = |world: &mut World, max: Value| {
        let request = json!({"SourceArn": arn("dead"), "MaxResults": max});
        world.call("ListMessageMoveTasks", request)["Results"].take()
    };
    assert_eq!(list(&mut world, json!(null)).as_array().unwrap().len(), 1);
    let all = list(&mut world, json!(10));
    let started: Vec<_> = all
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["StartedTimestamp"].as_u64())
        .collect();
    assert_eq!(started.len(), 3);
    assert!(started.is_sorted_by(|a, b| a > b));
    let request = json!({"SourceArn": arn("dead"), "MaxResults": 11});
    assert_eq!(
        world.fails("ListMessageMoveTasks", request).0,
        "InvalidParameterValue"
    );
}
