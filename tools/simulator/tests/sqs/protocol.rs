use serde_json::json;

use crate::world::World;

#[test]
fn an_unknown_operation_is_refused_as_aws_does() {
    let mut world = World::new();
    let error = world.try_call("AmazonSQS.Nonsense", json!({})).unwrap_err();
    assert_eq!(
        error.json_type(),
        "com.amazon.coral.service#UnknownOperationException"
    );
    assert_eq!(error.status(), 400);
}

#[test]
fn operations_are_named_with_and_without_their_prefix() {
    let mut world = World::new();
    assert_eq!(world.call("AmazonSQS.ListQueues", json!({})), json!({}));
    assert_eq!(world.sqs.handle("ListQueues", b"", 0).unwrap(), json!({}));
}

#[test]
fn a_body_that_is_not_json_is_refused_without_quoting_it() {
    let mut world = World::new();
    let error = world
        .sqs
        .handle("SendMessage", b"{\"secret\"", 0)
        .unwrap_err();
    assert_eq!(
        error.json_type(),
        "com.amazon.coral.service#SerializationException"
    );
    let body = br#"{"QueueUrl": "x", "MessageBody": {"secret": 1}}"#;
    let error = world.sqs.handle("SendMessage", body, 0).unwrap_err();
    assert!(!error.message.contains("secret"), "{}", error.message);
}

#[test]
fn an_error_has_type_message_code_and_status() {
    let mut world = World::new();
    let error = world
        .try_call("GetQueueUrl", json!({"QueueName": "none"}))
        .unwrap_err();
    assert_eq!(
        error.body(),
        json!({
            "__type": "com.amazonaws.sqs#QueueDoesNotExist",
            "message": "The specified queue does not exist.",
        })
    );
    assert_eq!(
        error.query_header(),
        "AWS.SimpleQueueService.NonExistentQueue;Sender"
    );
    assert_eq!(error.status(), 400);
}

#[test]
fn a_request_without_a_queue_names_one_that_does_not_exist() {
    let mut world = World::new();
    for operation in [
        "AddPermission",
        "ChangeMessageVisibility",
        "ChangeMessageVisibilityBatch",
        "DeleteMessage",
        "DeleteMessageBatch",
        "DeleteQueue",
        "GetQueueAttributes",
        "ListDeadLetterSourceQueues",
        "ListQueueTags",
        "PurgeQueue",
        "ReceiveMessage",
        "RemovePermission",
        "SendMessage",
        "SendMessageBatch",
        "SetQueueAttributes",
        "TagQueue",
        "UntagQueue",
    ] {
        assert_eq!(
            world.fails(operation, json!({})),
            (
                "AWS.SimpleQueueService.NonExistentQueue",
                "The specified queue does not exist.".into()
            ),
            "{operation}"
        );
    }
}

#[test]
fn equal_seeds_give_equal_answers() {
    let run = || {
        let mut world = World::new();
        let url = world.queue();
        world.send(&url, "hello");
        world.receive(&url, 1)
    };
    assert_eq!(run(), run());
}

#[test]
fn null_is_the_same_as_nothing() {
    let mut world = World::new();
    let request = json!({"QueueName": "orders", "Attributes": null, "tags": null});
    let url = world.call("CreateQueue", request)["QueueUrl"].take();
    let message = json!({
        "QueueUrl": url, "MessageBody": "b", "DelaySeconds": null, "MessageAttributes": null,
        "MessageGroupId": null,
    });
    world.call("SendMessage", message);
    assert_eq!(world.counts("orders"), (1, 0, 0));
}
