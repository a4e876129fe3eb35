use serde_json::{Value, json};

use crate::world::{SECOND, World};

fn refused(world: &mut World, url: &str, mut message: Value) -> (&'static str, String) {
    message["QueueUrl"] = json!(url);
    world.fails("SendMessage", message)
}

#[test]
fn a_sent_message_is_answered_with_its_id_and_checksums() {
    let mut world = World::new();
    let url = world.queue();
    let sent = world.call(
        "SendMessage",
        json!({
            "QueueUrl": url, "MessageBody": "msg",
            "MessageAttributes": {"Hello": {"DataType": "String", "StringValue": "There"}},
            "MessageSystemAttributes":
                {"AWSTraceHeader": {"DataType": "String", "StringValue": "Root=1"}},
        }),
    );
    assert_eq!(sent["MD5OfMessageBody"], "6e2baaf3b97dbeef01c0043275f9a0e7");
    assert_eq!(
        sent["MD5OfMessageAttributes"],
        "a311262e065454b75da111d535b8dacd"
    );
    assert_eq!(
        sent["MD5OfMessageSystemAttributes"].as_str().unwrap().len(),
        32
    );
    assert_eq!(sent["MessageId"].as_str().unwrap().len(), 36);
    assert!(sent["SequenceNumber"].is_null());
    let received = world.receive(&url, 1);
    assert_eq!(received[0]["Attributes"]["AWSTraceHeader"], "Root=1");
}

#[test]
fn a_body_must_not_be_empty() {
    let mut world = World::new();
    let url = world.queue();
    for message in [json!({}), json!({"MessageBody": ""})] {
        assert_eq!(
            refused(&mut world, &url, message),
            (
                "MissingParameter",
                "The request must contain the parameter MessageBody.".into()
            )
        );
    }
}

#[test]
fn a_body_with_foreign_characters_is_refused() {
    let mut world = World::new();
    let url = world.queue();
    for (body, named) in [("\u{1}", "#x1"), ("a\u{fffe}", "#xFFFE"), ("\u{b}", "#xB")] {
        let (code, message) = refused(&mut world, &url, json!({"MessageBody": body}));
        assert_eq!(code, "InvalidMessageContents");
        assert!(message.contains(&format!("'{named}'")), "{message}");
    }
    world.send(&url, "\t\n\r é \u{e000} \u{1f980}");
}

#[test]
fn body_and_attributes_together_are_at_most_the_maximum_message_size() {
    let mut world = World::new();
    let url = world.queue();
    world.send(&url, &"x".repeat(1_048_576));
    let (code, message) = refused(
        &mut world,
        &url,
        json!({"MessageBody": "x".repeat(1_048_577)}),
    );
    assert_eq!(code, "InvalidParameterValue");
    assert_eq!(
        message,
        "One or more parameters are invalid. Reason: Message must be shorter than 1048576 bytes."
    );
    world.set(&url, json!({"MaximumMessageSize": "1024"}));
    world.send(&url, &"x".repeat(1_024));
    // a (1) + String (6) + v (1) are 8 bytes.
    let attributes = json!({"a": {"DataType": "String", "StringValue": "v"}});
    let message =
        |n| json!({"MessageBody": "x".repeat(n), "MessageAttributes": attributes.clone()});
    assert!(
        refused(&mut world, &url, message(1_017))
            .1
            .contains("shorter than 1024 bytes")
    );
    let mut fits = message(1_016);
    fits["QueueUrl"] = json!(url);
    world.call("SendMessage", fits);
}

#[test]
fn message_attributes_are_at_most_10_with_valid_names_types_and_values() {
    let mut world = World::new();
    let url = world.queue();
    let value = json!({"DataType": "String", "StringValue": "v"});
    let bad = [
        ("AWS.x", value.clone()),
        ("amazon.x", value.clone()),
        (".x", value.clone()),
        ("x.", value.clone()),
        ("x..y", value.clone()),
        ("x y", value.clone()),
        ("", value.clone()),
        (&"x".repeat(257), value.clone()),
        ("x", json!({"DataType": "String", "StringValue": ""})),
        ("x", json!({"DataType": "String"})),
        ("x", json!({"DataType": "Number", "StringValue": "one"})),
        ("x", json!({"DataType": "Binary", "StringValue": "v"})),
        ("x", json!({"DataType": "Strings", "StringValue": "v"})),
        ("x", json!({"DataType": "String.", "StringValue": "v"})),
        ("x", json!({"StringValue": "v"})),
        ("x", json!({"DataType": "String", "StringValue": "\u{1}"})),
    ];
    for (name, value) in bad {
        let message = json!({"MessageBody": "b", "MessageAttributes": {name: value}});
        let (code, _) = refused(&mut world, &url, message);
        assert_eq!(code, "InvalidParameterValue", "{name} {value}");
    }
    let many = |n: usize| -> Value {
        (0..n)
            .map(|n| (format!("a{n}"), value.clone()))
            .collect::<serde_json::Map<_, _>>()
            .into()
    };
    let message = json!({"MessageBody": "b", "MessageAttributes": many(11)});
    assert_eq!(
        refused(&mut world, &url, message).0,
        "InvalidParameterValue"
    );
    let good = json!({
        "QueueUrl": url, "MessageBody": "b",
        "MessageAttributes": {
            "a_b-c.D": {"DataType": "String.uuid", "StringValue": "v"},
            "n": {"DataType": "Number.float", "StringValue": "-1.5e3"},
            "b": {"DataType": "Binary.png", "BinaryValue": "AAEC"},
        },
    });
    world.call("SendMessage", good);
    let received = world.receive_with(&url, json!({"MessageAttributeNames": ["b"]}));
    let back = json!({"b": {"DataType": "Binary.png", "BinaryValue": "AAEC"}});
    assert_eq!(received[0]["MessageAttributes"], back);
}

#[test]
fn an_empty_attribute_is_refused_in_aws_s_words() {
    let mut world = World::new();
    let url = world.queue();
    let attributes = json!({"ErrorDetails": {"DataType": "String", "StringValue": ""}});
    let message = json!({"MessageBody": "b", "MessageAttributes": attributes});
    assert_eq!(
        refused(&mut world, &url, message).1,
        "Message (user) attribute 'ErrorDetails' must contain a non-empty value of type 'String'."
    );
}

#[test]
fn list_values_are_not_supported() {
    let mut world = World::new();
    let url = world.queue();
    let value = json!({"DataType": "String", "StringListValues": ["v"]});
    let message = json!({"MessageBody": "b", "MessageAttributes": {"x": value}});
    assert_eq!(
        refused(&mut world, &url, message).0,
        "AWS.SimpleQueueService.UnsupportedOperation"
    );
}

#[test]
fn the_trace_header_is_the_only_system_attribute_to_send() {
    let mut world = World::new();
    let url = world.queue();
    let value = json!({"DataType": "String", "StringValue": "v"});
    let message = json!({"MessageBody": "b", "MessageSystemAttributes": {"Other": value}});
    assert_eq!(
        refused(&mut world, &url, message).0,
        "InvalidParameterValue"
    );
}

#[test]
fn a_message_s_own_delay_overrides_the_queue_s() {
    let mut world = World::new();
    let url = world.create("orders", json!({"DelaySeconds": "10"}));
    world.send(&url, "queue's");
    for (body, delay) in [("own", 5), ("none", 0)] {
        let message = json!({"QueueUrl": url, "MessageBody": body, "DelaySeconds": delay});
        world.call("SendMessage", message);
    }
    assert_eq!(world.counts(&url), (1, 0, 2));
    assert_eq!(world.bodies(&url, 10), ["none"]);
    world.pass(5 * SECOND);
    assert_eq!(world.bodies(&url, 10), ["own"]);
    world.pass(5 * SECOND - 1);
    assert!(world.bodies(&url, 10).is_empty());
    world.pass(1);
    assert_eq!(world.bodies(&url, 10), ["queue's"]);
    for delay in [-1, 901] {
        let message = json!({"MessageBody": "b", "DelaySeconds": delay});
        assert_eq!(
            refused(&mut world, &url, message).0,
            "InvalidParameterValue"
        );
    }
}

#[test]
fn changing_the_delay_of_a_standard_queue_leaves_its_messages_alone() {
    let mut world = World::new();
    let url = world.create("orders", json!({"DelaySeconds": "10"}));
    world.send(&url, "first");
    world.set(&url, json!({"DelaySeconds": "0"}));
    assert_eq!(world.counts(&url), (0, 0, 1));
}

#[test]
fn a_message_expires_at_the_end_of_retention_in_any_state() {
    let mut world = World::new();
    let url = world.create(
        "orders",
        json!({"MessageRetentionPeriod": "60", "VisibilityTimeout": "600"}),
    );
    for body in ["in flight", "visible"] {
        world.send(&url, body);
    }
    world.receive(&url, 1);
    let delayed = json!({"QueueUrl": url, "MessageBody": "delayed", "DelaySeconds": 600});
    world.call("SendMessage", delayed);
    world.pass(60 * SECOND - 1);
    assert_eq!(world.counts(&url), (1, 1, 1));
    world.pass(1);
    assert_eq!(world.counts(&url), (0, 0, 0));
    assert_eq!(world.snapshot(&url).counters.expired, 3);
}

#[test]
fn a_group_id_on_a_standard_queue_gives_no_order_and_is_returned() {
    let mut world = World::new();
    let url = world.queue();
    for body in ["one", "two"] {
        let message = json!({"QueueUrl": url, "MessageBody": body, "MessageGroupId": "tenant"});
        world.call("SendMessage", message);
    }
    let first = world.receive(&url, 1);
    assert_eq!(first[0]["Attributes"]["MessageGroupId"], "tenant");
    assert!(first[0]["Attributes"]["SequenceNumber"].is_null());
    // The group is not blocked.
    assert_eq!(world.bodies(&url, 10), ["two"]);
    let message = json!({"MessageBody": "b", "MessageDeduplicationId": "d"});
    assert_eq!(
        refused(&mut world, &url, message).0,
        "InvalidParameterValue"
    );
}
