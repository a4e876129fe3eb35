use lambda_queue_simulator::sqs::api::ReceiveMessageRequest;
use serde_json::json;

use crate::world::{SECOND, World, held};

#[test]
fn a_receive_takes_one_message_unless_asked_for_up_to_ten() {
    let mut world = World::new();
    let url = world.queue();
    for n in 0..15 {
        world.send(&url, &n.to_string());
    }
    assert_eq!(world.receive_with(&url, json!({})).len(), 1);
    assert_eq!(world.receive(&url, 10).len(), 10);
    for max in [0, 11] {
        let request = json!({"QueueUrl": url, "MaxNumberOfMessages": max});
        assert_eq!(
            world.fails("ReceiveMessage", request),
            (
                "InvalidParameterValue",
                format!(
                    "Value {max} for parameter MaxNumberOfMessages is invalid. Reason: Must be \
                     between 1 and 10, if provided."
                )
            )
        );
    }
    for wrong in [
        json!({"QueueUrl": url, "WaitTimeSeconds": 21}),
        json!({"QueueUrl": url, "VisibilityTimeout": 43_201}),
        json!({"QueueUrl": url, "VisibilityTimeout": -1}),
    ] {
        assert_eq!(
            world.fails("ReceiveMessage", wrong).0,
            "InvalidParameterValue"
        );
    }
}

#[test]
fn an_empty_receive_returns_no_message_list() {
    let mut world = World::new();
    let url = world.queue();
    assert_eq!(
        world.call("ReceiveMessage", json!({"QueueUrl": url})),
        json!({})
    );
}

#[test]
fn a_received_message_is_hidden_for_the_visibility_timeout() {
    let mut world = World::new();
    let url = world.queue();
    world.send(&url, "hello");
    let first = world.receive(&url, 1);
    assert_eq!(world.counts(&url), (0, 1, 0));
    world.pass(30 * SECOND - 1);
    assert!(world.receive(&url, 1).is_empty());
    world.pass(1);
    let second = world.receive(&url, 1);
    assert_eq!(second[0]["MessageId"], first[0]["MessageId"]);
    assert_ne!(second[0]["ReceiptHandle"], first[0]["ReceiptHandle"]);
}

#[test]
fn a_receive_may_override_the_visibility_timeout() {
    let mut world = World::new();
    let url = world.queue();
    world.send(&url, "hello");
    world.receive_with(&url, json!({"VisibilityTimeout": 5}));
    world.pass(5 * SECOND);
    assert_eq!(
        world
            .receive_with(&url, json!({"VisibilityTimeout": 0}))
            .len(),
        1
    );
    assert_eq!(world.receive(&url, 1).len(), 1);
}

#[test]
fn a_message_counts_its_receives_and_remembers_the_first() {
    let mut world = World::new();
    let url = world.queue();
    let sent = world.now;
    world.send(&url, "hello");
    world.pass(SECOND);
    let first = world.receive(&url, 1);
    world.pass(30 * SECOND);
    let second = world.receive(&url, 1);
    for (message, count) in [(&first[0], "1"), (&second[0], "2")] {
        assert_eq!(
            message["Attributes"],
            json!({
                "SenderId": "123456789012",
                "SentTimestamp": sent.to_string(),
                "ApproximateReceiveCount": count,
                "ApproximateFirstReceiveTimestamp": (sent + SECOND).to_string(),
            })
        );
    }
}

#[test]
fn system_attributes_are_returned_when_asked_for() {
    let mut world = World::new();
    let url = world.queue();
    for (asked, returned) in [
        (json!({"MessageSystemAttributeNames": []}), json!(null)),
        (
            json!({"MessageSystemAttributeNames": ["SenderId"]}),
            json!({"SenderId": "123456789012"}),
        ),
        (
            json!({"MessageSystemAttributeNames": [], "AttributeNames": ["SenderId", "SequenceNumber"]}),
            json!({"SenderId": "123456789012"}),
        ),
    ] {
        world.send(&url, "hello");
        assert_eq!(world.receive_with(&url, asked)[0]["Attributes"], returned);
    }
    let unknown = json!({"QueueUrl": url, "MessageSystemAttributeNames": ["Nonsense"]});
    assert_eq!(
        world.fails("ReceiveMessage", unknown).0,
        "InvalidAttributeName"
    );
}

#[test]
fn message_attributes_are_selected_by_name_and_prefix_with_an_md5_of_the_selection() {
    let mut world = World::new();
    let url = world.queue();
    let string = |value| json!({"DataType": "String", "StringValue": value});
    let attributes =
        json!({"Hello": string("There"), "General": string("Kenobi"), "Help.Me": string("Me")});
    world.call(
        "SendMessage",
        json!({"QueueUrl": url, "MessageBody": "msg", "MessageAttributes": attributes}),
    );
    for (names, found, md5) in [
        (json!([]), vec![], None),
        (
            json!(["All"]),
            vec!["General", "Hello", "Help.Me"],
            Some("4c360f3fdafd970e05fae2f149d997f5"),
        ),
        (
            json!([".*"]),
            vec!["General", "Hello", "Help.Me"],
            Some("4c360f3fdafd970e05fae2f149d997f5"),
        ),
        (
            json!(["Hel.*"]),
            vec!["Hello", "Help.Me"],
            Some("83fee93c1bcd8b9a5a923ffacdc636c7"),
        ),
        (
            json!(["Hello", "General"]),
            vec!["General", "Hello"],
            Some("fca026605781cb4126a1e9044df24232"),
        ),
        (
            json!(["Hello", "Foo"]),
            vec!["Hello"],
            Some("a311262e065454b75da111d535b8dacd"),
        ),
        (json!(["Foo"]), vec![], None),
    ] {
        let request = json!({"MessageAttributeNames": names, "VisibilityTimeout": 0});
        let message = world.receive_with(&url, request).remove(0);
        let returned = message["MessageAttributes"]
            .as_object()
            .cloned()
            .unwrap_or_default();
        assert_eq!(returned.keys().collect::<Vec<_>>(), found);
        assert_eq!(message["MD5OfMessageAttributes"].as_str(), md5);
    }
}

#[test]
fn the_next_change_tells_a_long_poll_when_to_look_again() {
    let mut world = World::new();
    let url = world.queue();
    let next = |world: &mut World| world.sqs.next_change_ms(&url, world.now).unwrap();
    assert_eq!(next(&mut world), None);
    let delayed = json!({"QueueUrl": url, "MessageBody": "b", "DelaySeconds": 5});
    world.call("SendMessage", delayed);
    assert_eq!(next(&mut world), Some(world.now + 5 * SECOND));
    world.pass(7 * SECOND);
    assert_eq!(next(&mut world), Some(world.now));
    world.receive(&url, 1);
    assert_eq!(next(&mut world), Some(world.now + 30 * SECOND));
}

#[test]
fn a_receive_waits_for_its_own_time_or_the_queue_s() {
    let mut world = World::new();
    let url = world.create("orders", json!({"ReceiveMessageWaitTimeSeconds": "20"}));
    for (wait, ms) in [(None, 20_000), (Some(5), 5_000), (Some(0), 0)] {
        let request = ReceiveMessageRequest {
            queue_url: (*url).into(),
            wait_time_seconds: wait,
            ..Default::default()
        };
        assert_eq!(world.sqs.wait_ms(&request), Ok(ms));
    }
}

#[test]
fn deleting_a_message_is_for_good_and_repeatable() {
    let mut world = World::new();
    let url = world.queue();
    world.send(&url, "hello");
    let message = world.receive(&url, 1).remove(0);
    for _ in 0..2 {
        world.delete(&url, &message);
        assert_eq!(world.counts(&url), (0, 0, 0));
    }
    assert_eq!(world.snapshot(&url).counters.deleted, 1);
}

#[test]
fn an_old_handle_on_a_standard_queue_succeeds_without_deleting() {
    let mut world = World::new();
    let url = world.queue();
    world.send(&url, "hello");
    let old = world.receive(&url, 1).remove(0);
    world.pass(30 * SECOND);
    let new = world.receive(&url, 1).remove(0);
    world.delete(&url, &old);
    assert_eq!(world.counts(&url), (0, 1, 0));
    // The latest handle deletes, even after its visibility timeout.
    world.pass(30 * SECOND);
    world.delete(&url, &new);
    assert_eq!(world.counts(&url), (0, 0, 0));
}

#[test]
fn a_handle_of_nothing_or_of_another_queue_is_invalid() {
    let mut world = World::new();
    let url = world.queue();
    let other = world.create("other", json!({}));
    world.send(&other, "hello");
    let foreign = world.receive(&other, 1).remove(0);
    let error = world
        .try_call("DeleteMessage", held(&url, &foreign))
        .unwrap_err();
    assert_eq!(
        error.json_type(),
        "com.amazonaws.sqs#ReceiptHandleIsInvalid"
    );
    for handle in ["garbage", "AAAA", &"A".repeat(32)] {
        let request = json!({"QueueUrl": url, "ReceiptHandle": handle});
        assert_eq!(
            world.fails("DeleteMessage", request),
            (
                "ReceiptHandleIsInvalid",
                format!("The input receipt handle \"{handle}\" is not a valid receipt handle.")
            )
        );
    }
    assert_eq!(
        world.fails("DeleteMessage", json!({"QueueUrl": url})).0,
        "MissingParameter"
    );
}

#[test]
fn a_standard_queue_holds_120_000_messages_in_flight() {
    let mut world = World::new();
    let url = world.queue();
    for _ in 0..12_001 {
        let entries: Vec<_> = (0..10)
            .map(|n| json!({"Id": n.to_string(), "MessageBody": "b"}))
            .collect();
        world.call(
            "SendMessageBatch",
            json!({"QueueUrl": url, "Entries": entries}),
        );
    }
    for _ in 0..12_000 {
        world.call(
            "ReceiveMessage",
            json!({"QueueUrl": url, "MaxNumberOfMessages": 10}),
        );
    }
    let error = world
        .try_call("ReceiveMessage", json!({"QueueUrl": url}))
        .unwrap_err();
    assert_eq!((error.query_code(), error.status()), ("OverLimit", 403));
}
