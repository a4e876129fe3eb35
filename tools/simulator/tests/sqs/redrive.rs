use serde_json::json;

use crate::world::{HOUR, SECOND, World, arn, redrive};

#[test]
fn a_message_is_redriven_when_its_receive_count_exceeds_max_receive_count() {
    let mut world = World::new();
    let (url, dlq) = world.with_dlq(2, "");
    let id = world.send(&url, "poison");
    for _ in 0..2 {
        assert_eq!(world.receive(&url, 1).len(), 1);
        world.pass(30 * SECOND);
    }
    assert_eq!(world.counts(&dlq), (0, 0, 0));
    assert!(world.receive(&url, 1).is_empty());
    assert_eq!(world.counts(&url), (0, 0, 0));
    let dead = world.receive(&dlq, 1).remove(0);
    assert_eq!(dead["MessageId"], id);
    assert_eq!(
        dead["Attributes"]["DeadLetterQueueSourceArn"],
        arn("orders")
    );
    // Counted over all queues.
    assert_eq!(dead["Attributes"]["ApproximateReceiveCount"], "3");
    assert_eq!(world.snapshot(&url).counters.dead_lettered, 1);
    assert_eq!(world.snapshot(&dlq).counters.arrived, 1);
}

#[test]
fn a_receive_that_dead_letters_goes_on_to_the_next_message() {
    let mut world = World::new();
    let (url, _) = world.with_dlq(1, "");
    world.send(&url, "poison");
    world.receive(&url, 1);
    world.pass(30 * SECOND);
    world.send(&url, "good");
    assert_eq!(world.bodies(&url, 1), ["good"]);
}

#[test]
fn a_standard_dlq_keeps_the_time_a_message_was_sent_for_its_retention() {
    let mut world = World::new();
    let (url, dlq) = world.with_dlq(1, "");
    world.set(&dlq, json!({"MessageRetentionPeriod": "7200"}));
    let sent = world.now;
    world.send(&url, "poison");
    world.pass(HOUR);
    world.receive(&url, 1);
    world.pass(30 * SECOND);
    world.receive(&url, 1);
    assert_eq!(world.snapshot(&dlq).messages[0].sent_ms, sent);
    world.pass(HOUR - 30 * SECOND);
    assert_eq!(world.counts(&dlq), (0, 0, 0));
}

#[test]
fn a_fifo_dlq_restarts_retention_and_deduplicates_by_the_message_id() {
    let mut world = World::new();
    let (url, dlq) = world.with_dlq(1, ".fifo");
    let id = world.send_to(&url, "g", "poison");
    world.send_to(&url, "g", "good");
    world.receive(&url, 1);
    world.pass(30 * SECOND);
    assert_eq!(world.bodies(&url, 1), ["good"]);
    let dead = &world.snapshot(&dlq).messages[0];
    assert_eq!(dead.sent_ms, world.now);
    assert_eq!(&*dead.message_id, id);
    assert_eq!(dead.deduplication_id.as_deref(), Some(&*id));
    assert_eq!(dead.group.as_deref(), Some("g"));
}

#[test]
fn a_dlq_may_have_a_dlq_and_counts_afresh() {
    let mut world = World::new();
    let (url, dlq) = world.with_dlq(1, "");
    let last = world.create("last", json!({}));
    world.set(&dlq, json!({"RedrivePolicy": redrive("last", 2)}));
    world.send(&url, "poison");
    for queue in [&url, &url, &dlq, &dlq, &dlq] {
        world.receive(queue, 1);
        world.pass(30 * SECOND);
    }
    assert_eq!(world.counts(&last), (1, 0, 0));
}

#[test]
fn messages_stay_while_the_dlq_is_gone() {
    let mut world = World::new();
    let (url, dlq) = world.with_dlq(1, "");
    world.send(&url, "poison");
    world.receive(&url, 1);
    world.call("DeleteQueue", json!({"QueueUrl": dlq}));
    world.pass(30 * SECOND);
    assert_eq!(world.bodies(&url, 1), ["poison"]);
}

fn refusal(world: &mut World, url: &str, policy: &str) -> String {
    let request = json!({"QueueUrl": url, "Attributes": {"RedrivePolicy": policy}});
    let (code, message) = world.fails("SetQueueAttributes", request);
    assert_eq!(code, "InvalidParameterValue");
    let prefix = format!("Value {policy} for parameter RedrivePolicy is invalid. Reason: ");
    message.strip_prefix(&prefix).unwrap_or(&message).into()
}

#[test]
fn a_redrive_policy_names_an_existing_queue_of_the_same_type_and_a_count() {
    let mut world = World::new();
    let url = world.queue();
    let fifo = world.fifo();
    world.create("dead", json!({}));
    let policy = |target: &str, max: serde_json::Value| {
        json!({"deadLetterTargetArn": target, "maxReceiveCount": max}).to_string()
    };
    let dead = arn("dead");
    for (policy, reason) in [
        ("nonsense".into(), "Redrive policy is not a valid JSON map."),
        (
            policy("dummy", json!(42)),
            "Invalid value for deadLetterTargetArn.",
        ),
        (
            policy(&arn("none"), json!(5)),
            "Dead letter target does not exist.",
        ),
        (
            policy(&arn("orders.fifo"), json!(5)),
            "Dead-letter queue must be same type of queue as the source.",
        ),
        (
            policy(&dead, json!(0)),
            "Invalid value for maxReceiveCount: 0, valid values are from 1 to 1000 both inclusive.",
        ),
        (
            policy(&dead, json!("1001")),
            "Invalid value for maxReceiveCount: 1001, valid values are from 1 to 1000 both inclusive.",
        ),
        (
            json!({"deadLetterTargetArn": dead}).to_string(),
            "Redrive policy does not contain mandatory attribute: maxReceiveCount.",
        ),
        (
            json!({"maxReceiveCount": 5}).to_string(),
            "Redrive policy does not contain mandatory attribute: deadLetterTargetArn.",
        ),
    ] {
        assert_eq!(refusal(&mut world, &url, &policy), reason);
    }
    assert!(refusal(&mut world, &fifo, &policy(&dead, json!(5))).contains("same type"));
    world.set(&url, json!({"RedrivePolicy": policy(&dead, json!("5"))}));
    assert_eq!(
        world.attribute(&url, "RedrivePolicy"),
        format!(r#"{{"deadLetterTargetArn":"{dead}","maxReceiveCount":5}}"#)
    );
    // Written otherwise, it is the same queue.
    world.create("orders", json!({"RedrivePolicy": policy(&dead, json!(5))}));
    // Empty removes it.
    world.set(&url, json!({"RedrivePolicy": ""}));
    assert_eq!(world.attribute(&url, "RedrivePolicy"), "");
}

#[test]
fn a_queue_that_is_its_own_dlq_begins_anew() {
    let mut world = World::new();
    let url = world.queue();
    world.set(&url, json!({"RedrivePolicy": redrive("orders", 1)}));
    world.send(&url, "poison");
    for received in [1, 0, 1, 0] {
        assert_eq!(
            world
                .receive_with(&url, json!({"VisibilityTimeout": 0}))
                .len(),
            received
        );
    }
    assert_eq!(world.counts(&url), (1, 0, 0));
}

#[test]
fn a_redrive_allow_policy_chooses_the_source_queues() {
    let mut world = World::new();
    let url = world.queue();
    let dlq = world.create("dead", json!({}));
    let policy = redrive("dead", 5);
    for (allow, allowed) in [
        (json!({"redrivePermission": "denyAll"}), false),
        (
            json!({"redrivePermission": "byQueue", "sourceQueueArns": [arn("other")]}),
            false,
        ),
        (
            json!({"redrivePermission": "byQueue", "sourceQueueArns": [arn("orders")]}),
            true,
        ),
        (json!({"redrivePermission": "allowAll"}), true),
    ] {
        world.set(&dlq, json!({"RedriveAllowPolicy": allow.to_string()}));
        let request = json!({"QueueUrl": url, "Attributes": {"RedrivePolicy": policy}});
        assert_eq!(
            world.try_call("SetQueueAttributes", request).is_ok(),
            allowed,
            "{allow}"
        );
    }
    for allow in [
        json!({"redrivePermission": "byQueue"}),
        json!({"redrivePermission": "allowAll", "sourceQueueArns": [arn("orders")]}),
        json!({"redrivePermission": "sometimes"}),
        json!({"redrivePermission": "byQueue", "sourceQueueArns": vec![arn("orders"); 11]}),
    ] {
        let attributes = json!({"RedriveAllowPolicy": allow.to_string()});
        let request = json!({"QueueUrl": dlq, "Attributes": attributes});
        assert_eq!(
            world.fails("SetQueueAttributes", request).0,
            "InvalidParameterValue"
        );
    }
}

#[test]
fn a_dlq_lists_its_sources() {
    let mut world = World::new();
    let (url, dlq) = world.with_dlq(1, "");
    let listed = world.call("ListDeadLetterSourceQueues", json!({"QueueUrl": dlq}));
    assert_eq!(listed, json!({"queueUrls": [url]}));
    let listed = world.call("ListDeadLetterSourceQueues", json!({"QueueUrl": url}));
    assert!(listed["queueUrls"].is_null());
}
