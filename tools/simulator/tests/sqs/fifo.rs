use serde_json::{Value, json};

use crate::world::{MINUTE, SECOND, World, bodies, held};

#[test]
fn a_group_is_received_in_order_and_may_fill_a_batch() {
    let mut world = World::new();
    let url = world.fifo();
    for (group, body) in [("a", "1"), ("b", "2"), ("a", "3"), ("a", "4")] {
        world.send_to(&url, group, body);
    }
    assert_eq!(world.bodies(&url, 3), ["1", "3", "4"]);
    assert_eq!(world.bodies(&url, 3), ["2"]);
}

#[test]
fn a_group_is_blocked_while_one_of_its_messages_is_in_flight() {
    let mut world = World::new();
    let url = world.fifo();
    for body in ["1", "2", "3"] {
        world.send_to(&url, "a", body);
    }
    world.send_to(&url, "b", "4");
    let held = world.receive(&url, 2);
    assert_eq!(bodies(&held), ["1", "2"]);
    // The other group goes on.
    assert_eq!(world.bodies(&url, 10), ["4"]);
    world.delete(&url, &held[0]);
    assert!(world.receive(&url, 10).is_empty());
    world.delete(&url, &held[1]);
    assert_eq!(world.bodies(&url, 10), ["3"]);
}

#[test]
fn a_message_that_comes_back_is_received_before_those_behind_it() {
    let mut world = World::new();
    let url = world.fifo();
    for body in ["1", "2"] {
        world.send_to(&url, "a", body);
    }
    let first = world.receive(&url, 1).remove(0);
    world.hide(&url, &first, 0);
    assert_eq!(world.bodies(&url, 10), ["1", "2"]);
}

#[test]
fn a_group_and_a_deduplication_id_are_required() {
    let mut world = World::new();
    let url = world.fifo();
    let message = json!({"QueueUrl": url, "MessageBody": "b", "MessageDeduplicationId": "d"});
    let error = world.try_call("SendMessage", message).unwrap_err();
    assert_eq!(
        error.json_type(),
        "com.amazon.coral.service#MissingRequiredParameterException"
    );
    assert_eq!(error.query_header(), "MissingParameter;Sender");
    assert_eq!(
        error.message,
        "The request must contain the parameter MessageGroupId."
    );
    let message = json!({"QueueUrl": url, "MessageBody": "b", "MessageGroupId": "g"});
    assert_eq!(
        world.fails("SendMessage", message),
        (
            "InvalidParameterValue",
            "The queue should either have ContentBasedDeduplication enabled or \
             MessageDeduplicationId provided explicitly"
                .into()
        )
    );
    for id in ["", "with space", &"x".repeat(129)] {
        let message = json!({"QueueUrl": url, "MessageBody": "b", "MessageGroupId": id});
        assert_eq!(
            world.fails("SendMessage", message).0,
            "InvalidParameterValue"
        );
    }
}

#[test]
fn a_message_cannot_have_a_delay_of_its_own() {
    let mut world = World::new();
    let url = world.fifo();
    let mut message = json!({
        "QueueUrl": url, "MessageBody": "b", "MessageGroupId": "g", "MessageDeduplicationId": "d",
        "DelaySeconds": 2,
    });
    assert_eq!(
        world.fails("SendMessage", message.clone()).1,
        "Value 2 for parameter DelaySeconds is invalid. Reason: The request include parameter \
         that is not valid for this queue type."
    );
    message["DelaySeconds"] = json!(0);
    world.call("SendMessage", message);
}

#[test]
fn changing_the_delay_of_a_fifo_queue_changes_that_of_its_messages() {
    let mut world = World::new();
    let attributes = json!({"FifoQueue": "true", "DelaySeconds": "60"});
    let url = world.create("orders.fifo", attributes);
    world.send_to(&url, "g", "1");
    world.set(&url, json!({"DelaySeconds": "5"}));
    assert_eq!(world.counts(&url), (0, 0, 1));
    world.pass(5 * SECOND);
    assert_eq!(world.bodies(&url, 1), ["1"]);
}

#[test]
fn a_duplicate_within_5_minutes_is_answered_with_the_original_even_after_its_deletion() {
    let mut world = World::new();
    let url = world.fifo();
    let message = json!({
        "QueueUrl": url, "MessageBody": "b", "MessageGroupId": "g", "MessageDeduplicationId": "d",
    });
    let first = world.call("SendMessage", message.clone());
    let received = world.receive(&url, 1).remove(0);
    world.delete(&url, &received);
    world.pass(5 * MINUTE - 1);
    assert_eq!(world.call("SendMessage", message.clone()), first);
    assert_eq!(world.counts(&url), (0, 0, 0));
    world.pass(1);
    assert_ne!(
        world.call("SendMessage", message)["MessageId"],
        first["MessageId"]
    );
    assert_eq!(world.counts(&url), (1, 0, 0));
    let counters = world.snapshot(&url).counters;
    assert_eq!((counters.sent, counters.deduplicated), (2, 1));
}

fn send_content(world: &mut World, url: &str, group: &str, body: &str) -> Value {
    let message = json!({"QueueUrl": url, "MessageBody": body, "MessageGroupId": group});
    world.call("SendMessage", message)
}

#[test]
fn content_based_deduplication_takes_the_body_s_sha_256_across_groups() {
    let mut world = World::new();
    let attributes = json!({"FifoQueue": "true", "ContentBasedDeduplication": "true"});
    let url = world.create("orders.fifo", attributes);
    let first = send_content(&mut world, &url, "a", "body");
    assert_eq!(
        send_content(&mut world, &url, "b", "body")["MessageId"],
        first["MessageId"]
    );
    let received = world.receive(&url, 10);
    assert_eq!(received.len(), 1);
    assert_eq!(
        received[0]["Attributes"]["MessageDeduplicationId"],
        "230d8358dc8e8890b4c58deeb62912ee2f20357ae92a5cc861b98e68fe31acb5"
    );
}

#[test]
fn deduplication_may_be_per_group() {
    let mut world = World::new();
    let url = world.create(
        "orders.fifo",
        json!({
            "FifoQueue": "true", "ContentBasedDeduplication": "true",
            "DeduplicationScope": "messageGroup", "FifoThroughputLimit": "perMessageGroupId",
        }),
    );
    for group in ["a", "b", "a"] {
        send_content(&mut world, &url, group, "body");
    }
    assert_eq!(world.counts(&url), (2, 0, 0));
}

#[test]
fn sequence_numbers_have_20_digits_and_grow() {
    let mut world = World::new();
    let url = world.fifo();
    for body in ["1", "2"] {
        world.send_to(&url, "g", body);
    }
    let numbers: Vec<_> = world
        .receive(&url, 2)
        .iter()
        .map(|it| {
            it["Attributes"]["SequenceNumber"]
                .as_str()
                .unwrap()
                .to_owned()
        })
        .collect();
    assert_eq!(numbers[0].len(), 20);
    assert!(numbers[0] < numbers[1]);
}

#[test]
fn an_expired_handle_is_an_error() {
    let mut world = World::new();
    let url = world.fifo();
    world.send_to(&url, "g", "1");
    let message = world.receive(&url, 1).remove(0);
    world.pass(30 * SECOND);
    let expired = format!(
        "Value {} for parameter ReceiptHandle is invalid. Reason: The receipt handle has expired.",
        message["ReceiptHandle"].as_str().unwrap()
    );
    let refused = ("InvalidParameterValue", expired);
    assert_eq!(world.fails("DeleteMessage", held(&url, &message)), refused);
    let mut request = held(&url, &message);
    request["VisibilityTimeout"] = json!(5);
    assert_eq!(world.fails("ChangeMessageVisibility", request), refused);
    assert_eq!(world.counts(&url), (1, 0, 0));
}

#[test]
fn a_receive_with_the_same_attempt_id_returns_the_same_messages_for_5_minutes() {
    let mut world = World::new();
    let url = world.fifo();
    world.set(&url, json!({"VisibilityTimeout": "600"}));
    for body in ["1", "2", "3"] {
        world.send_to(&url, "g", body);
    }
    let request = json!({"MaxNumberOfMessages": 2, "ReceiveRequestAttemptId": "attempt"});
    let first = world.receive_with(&url, request.clone());
    world.pass(MINUTE);
    let again = world.receive_with(&url, request.clone());
    assert_eq!(first, again);
    assert_eq!(again[0]["Attributes"]["ApproximateReceiveCount"], "1");
    // The visibility timeout started again.
    world.pass(600 * SECOND - 1);
    assert_eq!(world.counts(&url).1, 2);
    assert!(world.receive_with(&url, request).is_empty());
}

#[test]
fn an_attempt_whose_messages_changed_is_not_repeated() {
    let mut world = World::new();
    let url = world.fifo();
    for body in ["1", "2"] {
        world.send_to(&url, "g", body);
    }
    let request = json!({"MaxNumberOfMessages": 1, "ReceiveRequestAttemptId": "attempt"});
    let first = world.receive_with(&url, request.clone());
    world.delete(&url, &first[0]);
    assert_eq!(bodies(&world.receive_with(&url, request)), ["2"]);
    let standard = world.queue();
    let request = json!({"QueueUrl": standard, "ReceiveRequestAttemptId": "attempt"});
    assert_eq!(
        world.fails("ReceiveMessage", request).0,
        "InvalidParameterValue"
    );
}

#[test]
fn with_120_000_messages_in_flight_a_fifo_queue_answers_with_none() {
    let mut world = World::new();
    let url = world.fifo();
    // Ten of a group: a receive takes them all, and so each of the groups is in flight.
    for group in 0..12_001 {
        let entries: Vec<_> = (0..10)
            .map(|n| {
                let id = n.to_string();
                let deduplication = format!("{group}-{n}");
                json!({"Id": id, "MessageBody": "b", "MessageGroupId": group.to_string(), "MessageDeduplicationId": deduplication})
            })
            .collect();
        let request = json!({"QueueUrl": url, "Entries": entries});
        world.call("SendMessageBatch", request);
    }
    let mut last = Vec::new();
    for _ in 0..12_000 {
        last = world.receive(&url, 10);
    }
    assert_eq!(last.len(), 10);
    let limit = world.attribute(&url, "ApproximateNumberOfMessagesNotVisible");
    assert_eq!(limit, "120000");
    assert!(world.receive(&url, 10).is_empty());
    world.delete(&url, &last[0]);
    assert_eq!(world.receive(&url, 10).len(), 1, "there is room for one");
}
