use serde_json::json;

use crate::world::{MINUTE, SECOND, World, arn};

#[test]
fn creating_a_queue_again_with_the_same_attributes_finds_it() {
    let mut world = World::new();
    let url = world.create("orders", json!({"DelaySeconds": "5"}));
    assert_eq!(url, "http://127.0.0.1:4566/123456789012/orders");
    assert_eq!(world.create("orders", json!({"DelaySeconds": "5"})), url);
    assert_eq!(world.create("orders", json!({})), url);
}

#[test]
fn creating_a_queue_again_with_another_attribute_is_refused() {
    let mut world = World::new();
    world.create("orders", json!({"DelaySeconds": "5"}));
    let again = json!({"QueueName": "orders", "Attributes": {"DelaySeconds": "6"}});
    assert_eq!(
        world.fails("CreateQueue", again),
        (
            "QueueAlreadyExists",
            "A queue already exists with the same name and a different value for attribute \
             DelaySeconds"
                .into()
        )
    );
}

#[test]
fn names_are_1_to_80_letters_digits_hyphens_and_underscores() {
    let mut world = World::new();
    for name in ["with space", "dot.dot", &"a".repeat(81), "orders.fifo"] {
        let (code, message) = world.fails("CreateQueue", json!({"QueueName": name}));
        assert_eq!(code, "InvalidParameterValue", "{name}");
        assert!(
            message.starts_with("Can only include alphanumeric"),
            "{message}"
        );
    }
    assert_eq!(
        world.fails("CreateQueue", json!({})).0,
        "InvalidParameterValue"
    );
    assert_eq!(
        world.fails("GetQueueUrl", json!({})).0,
        "InvalidParameterValue"
    );
    world.create(&"a".repeat(80), json!({}));
}

#[test]
fn a_fifo_queue_s_name_ends_with_fifo() {
    let mut world = World::new();
    let fifo = json!({"FifoQueue": "true"});
    let request = json!({"QueueName": "orders", "Attributes": fifo});
    assert_eq!(
        world.fails("CreateQueue", request).0,
        "InvalidParameterValue"
    );
    let request = json!({"QueueName": "orders", "Attributes": {"FifoQueue": "false"}});
    assert_eq!(
        world.fails("CreateQueue", request),
        (
            "InvalidAttributeName",
            "Unknown Attribute FifoQueue.".into()
        )
    );
    world.create("orders.fifo", fifo);
}

#[test]
fn a_queue_has_aws_s_defaults() {
    let mut world = World::new();
    let url = world.queue();
    let request = json!({"QueueUrl": url, "AttributeNames": ["All"]});
    insta::assert_json_snapshot!(world.call("GetQueueAttributes", request), @r#"
    {
      "Attributes": {
        "ApproximateNumberOfMessages": "0",
        "ApproximateNumberOfMessagesDelayed": "0",
        "ApproximateNumberOfMessagesNotVisible": "0",
        "CreatedTimestamp": "1700000000",
        "DelaySeconds": "0",
        "LastModifiedTimestamp": "1700000000",
        "MaximumMessageSize": "1048576",
        "MessageRetentionPeriod": "345600",
        "QueueArn": "arn:aws:sqs:us-east-1:123456789012:orders",
        "ReceiveMessageWaitTimeSeconds": "0",
        "SqsManagedSseEnabled": "true",
        "VisibilityTimeout": "30"
      }
    }
    "#);
}

#[test]
fn a_fifo_queue_has_attributes_of_its_own() {
    let mut world = World::new();
    let url = world.fifo();
    for (name, value) in [
        ("FifoQueue", "true"),
        ("ContentBasedDeduplication", "false"),
        ("DeduplicationScope", "queue"),
        ("FifoThroughputLimit", "perQueue"),
    ] {
        assert_eq!(world.attribute(&url, name), value);
    }
    let standard = world.queue();
    let request =
        json!({"QueueUrl": standard, "Attributes": {"ContentBasedDeduplication": "true"}});
    assert_eq!(
        world.fails("SetQueueAttributes", request).0,
        "InvalidAttributeName"
    );
    let request = json!({"QueueUrl": url, "Attributes": {"FifoQueue": "false"}});
    assert_eq!(
        world.fails("SetQueueAttributes", request).1,
        "Invalid value for the parameter FifoQueue. Reason: Modifying queue type is not supported."
    );
}

#[test]
fn high_throughput_needs_deduplication_per_group() {
    let mut world = World::new();
    let url = world.fifo();
    let limit = json!({"FifoThroughputLimit": "perMessageGroupId"});
    let request = json!({"QueueUrl": url, "Attributes": limit});
    assert_eq!(
        world.fails("SetQueueAttributes", request).0,
        "InvalidAttributeValue"
    );
    world.set(
        &url,
        json!({"FifoThroughputLimit": "perMessageGroupId", "DeduplicationScope": "messageGroup"}),
    );
}

#[test]
fn attributes_have_ranges() {
    let mut world = World::new();
    let url = world.queue();
    for (name, min, max) in [
        ("VisibilityTimeout", 0, 43_200),
        ("DelaySeconds", 0, 900),
        ("MessageRetentionPeriod", 60, 1_209_600),
        ("ReceiveMessageWaitTimeSeconds", 0, 20),
        ("MaximumMessageSize", 1_024, 1_048_576),
        ("KmsDataKeyReusePeriodSeconds", 60, 86_400),
    ] {
        for value in [min, max] {
            world.set(&url, json!({name: value.to_string()}));
        }
        for value in [
            (min - 1).to_string(),
            (max + 1).to_string(),
            "x".into(),
            String::new(),
        ] {
            let request = json!({"QueueUrl": url, "Attributes": {name: value}});
            assert_eq!(
                world.fails("SetQueueAttributes", request),
                (
                    "InvalidAttributeValue",
                    format!("Invalid value for the parameter {name}.")
                )
            );
        }
    }
}

#[test]
fn a_refused_attribute_changes_nothing() {
    let mut world = World::new();
    let url = world.queue();
    let attributes = json!({"DelaySeconds": "5", "VisibilityTimeout": "-1"});
    world.fails(
        "SetQueueAttributes",
        json!({"QueueUrl": url, "Attributes": attributes}),
    );
    assert_eq!(world.attribute(&url, "DelaySeconds"), "0");
}

#[test]
fn computed_and_unknown_attributes_cannot_be_set() {
    let mut world = World::new();
    let url = world.queue();
    for name in ["QueueArn", "ApproximateNumberOfMessages", "Nonsense"] {
        let request = json!({"QueueUrl": url, "Attributes": {name: "1"}});
        assert_eq!(
            world.fails("SetQueueAttributes", request).0,
            "InvalidAttributeName"
        );
    }
    let request = json!({"QueueUrl": url, "AttributeNames": ["Nonsense"]});
    assert_eq!(
        world.fails("GetQueueAttributes", request),
        ("InvalidAttributeName", "Unknown Attribute Nonsense.".into())
    );
}

#[test]
fn setting_attributes_moves_the_modification_time() {
    let mut world = World::new();
    let url = world.queue();
    world.pass(5 * SECOND);
    world.set(&url, json!({"DelaySeconds": "1"}));
    assert_eq!(world.attribute(&url, "LastModifiedTimestamp"), "1700000005");
    assert_eq!(world.attribute(&url, "CreatedTimestamp"), "1700000000");
}

#[test]
fn a_kms_key_replaces_the_encryption_by_sqs() {
    let mut world = World::new();
    let url = world.queue();
    world.set(
        &url,
        json!({"KmsMasterKeyId": "key", "KmsDataKeyReusePeriodSeconds": "6000"}),
    );
    assert_eq!(world.attribute(&url, "SqsManagedSseEnabled"), "false");
    assert_eq!(
        world.attribute(&url, "KmsDataKeyReusePeriodSeconds"),
        "6000"
    );
    let request = json!({"QueueUrl": url, "Attributes": {"SqsManagedSseEnabled": "true"}});
    assert!(
        world
            .fails("SetQueueAttributes", request)
            .1
            .starts_with("You can use one type")
    );
}

#[test]
fn queues_are_listed_by_prefix_and_in_pages() {
    let mut world = World::new();
    for name in ["b-2", "a", "b-1", "b-3"] {
        world.create(name, json!({}));
    }
    let names = |value: &serde_json::Value| -> Vec<String> {
        let urls = value["QueueUrls"].as_array().cloned().unwrap_or_default();
        urls.iter()
            .map(|url| url.as_str().unwrap().rsplit('/').next().unwrap().into())
            .collect()
    };
    assert_eq!(
        names(&world.call("ListQueues", json!({}))),
        ["a", "b-1", "b-2", "b-3"]
    );
    let page = world.call(
        "ListQueues",
        json!({"QueueNamePrefix": "b-", "MaxResults": 2}),
    );
    assert_eq!(names(&page), ["b-1", "b-2"]);
    let next = json!({"QueueNamePrefix": "b-", "MaxResults": 2, "NextToken": page["NextToken"]});
    let page = world.call("ListQueues", next);
    assert_eq!(names(&page), ["b-3"]);
    assert!(page["NextToken"].is_null());
    assert_eq!(
        world.fails("ListQueues", json!({"MaxResults": 0})).0,
        "InvalidParameterValue"
    );
    assert_eq!(
        world.fails("ListQueues", json!({"NextToken": "?"})).0,
        "InvalidParameterValue"
    );
}

#[test]
fn a_queue_is_found_by_name_url_and_any_host() {
    let mut world = World::new();
    let url = world.queue();
    let found = world.call("GetQueueUrl", json!({"QueueName": "orders"}));
    assert_eq!(found["QueueUrl"], url);
    for url in [
        "https://sqs.us-east-1.amazonaws.com/123456789012/orders",
        "orders",
    ] {
        world.send(url, "hello");
    }
    for url in [
        "http://127.0.0.1:4566/123456789012/other",
        "http://127.0.0.1:4566/999999999999/orders",
        "other",
    ] {
        let (code, message) = world.fails("PurgeQueue", json!({"QueueUrl": url}));
        assert_eq!(code, "AWS.SimpleQueueService.NonExistentQueue");
        assert_eq!(message, "The specified queue does not exist.");
    }
    let elsewhere = json!({"QueueName": "orders", "QueueOwnerAWSAccountId": "999999999999"});
    assert_eq!(
        world.fails("GetQueueUrl", elsewhere).0,
        "AWS.SimpleQueueService.NonExistentQueue"
    );
    assert_eq!(
        world.fails("PurgeQueue", json!({"QueueUrl": "a/b"})).0,
        "InvalidAddress"
    );
}

#[test]
fn a_deleted_queue_s_name_stays_taken_for_60_seconds() {
    let mut world = World::new();
    let url = world.queue();
    world.send(&url, "lost");
    world.call("DeleteQueue", json!({"QueueUrl": url}));
    assert_eq!(
        world.fails("DeleteQueue", json!({"QueueUrl": url})).0,
        "AWS.SimpleQueueService.NonExistentQueue"
    );
    world.pass(59 * SECOND);
    let again = json!({"QueueName": "orders"});
    assert_eq!(
        world.fails("CreateQueue", again),
        (
            "AWS.SimpleQueueService.QueueDeletedRecently",
            "You must wait 60 seconds after deleting a queue before you can create another with \
             the same name."
                .into()
        )
    );
    world.pass(SECOND);
    let url = world.queue();
    assert_eq!(world.counts(&url), (0, 0, 0));
}

#[test]
fn a_queue_is_purged_once_in_60_seconds() {
    let mut world = World::new();
    let url = world.queue();
    for body in ["visible", "in flight"] {
        world.send(&url, body);
    }
    let held = world.receive(&url, 1);
    world.call("PurgeQueue", json!({"QueueUrl": url}));
    assert_eq!(world.counts(&url), (0, 0, 0));
    assert_eq!(world.snapshot(&url).counters.purged, 2);
    world.delete(&url, &held[0]);
    let error = world
        .try_call("PurgeQueue", json!({"QueueUrl": url}))
        .unwrap_err();
    assert_eq!(error.status(), 403);
    assert_eq!(
        error.message,
        "Only one PurgeQueue operation on orders is allowed every 60 seconds."
    );
    world.pass(MINUTE);
    world.call("PurgeQueue", json!({"QueueUrl": url}));
}

#[test]
fn tags_are_added_replaced_and_removed() {
    let mut world = World::new();
    let url = world.queue();
    world.call(
        "TagQueue",
        json!({"QueueUrl": url, "Tags": {"a": "1", "b": ""}}),
    );
    world.call("TagQueue", json!({"QueueUrl": url, "Tags": {"a": "2"}}));
    let tags = world.call("ListQueueTags", json!({"QueueUrl": url}));
    assert_eq!(tags["Tags"], json!({"a": "2", "b": ""}));
    world.call(
        "UntagQueue",
        json!({"QueueUrl": url, "TagKeys": ["a", "none"]}),
    );
    let tags = world.call("ListQueueTags", json!({"QueueUrl": url}));
    assert_eq!(tags["Tags"], json!({"b": ""}));
    let many: serde_json::Map<_, _> = (0..51).map(|n| (format!("t{n}"), json!(""))).collect();
    let request = json!({"QueueUrl": url, "Tags": many});
    assert_eq!(world.fails("TagQueue", request).0, "InvalidParameterValue");
}

#[test]
fn permissions_are_kept_in_the_policy() {
    let mut world = World::new();
    let url = world.queue();
    let add = json!({
        "QueueUrl": url, "Label": "other", "AWSAccountIds": ["111111111111"],
        "Actions": ["ReceiveMessage"],
    });
    world.call("AddPermission", add.clone());
    let policy = world.attribute(&url, "Policy");
    let policy: serde_json::Value = serde_json::from_str(&policy).unwrap();
    assert_eq!(
        policy["Statement"],
        json!([{
            "Sid": "other", "Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111111111111:root"},
            "Action": "SQS:ReceiveMessage", "Resource": arn("orders"),
        }])
    );
    assert_eq!(
        world.fails("AddPermission", add).1,
        "Value other for parameter Label is invalid. Reason: Already exists."
    );
    world.call(
        "RemovePermission",
        json!({"QueueUrl": url, "Label": "other"}),
    );
    assert_eq!(world.attribute(&url, "Policy"), "");
    assert_eq!(
        world
            .fails(
                "RemovePermission",
                json!({"QueueUrl": url, "Label": "other"})
            )
            .1,
        "Value other for parameter Label is invalid. Reason: can't find label."
    );
}
