use serde_json::{Value, json};

use crate::world::World;

const OPERATIONS: [&str; 3] = [
    "SendMessageBatch",
    "DeleteMessageBatch",
    "ChangeMessageVisibilityBatch",
];

fn entries(ids: &[&str]) -> Value {
    let entry = |id: &&str| json!({"Id": id, "MessageBody": "b", "ReceiptHandle": "h", "VisibilityTimeout": 1});
    ids.iter().map(entry).collect()
}

#[test]
fn a_batch_has_1_to_10_entries_with_valid_and_distinct_ids() {
    let mut world = World::new();
    let url = world.queue();
    let invalid = "A batch entry id can only contain alphanumeric characters, hyphens and \
                   underscores. It can be at most 80 letters long.";
    let eleven: Vec<_> = (0..11).map(|n| n.to_string()).collect();
    let eleven: Vec<_> = eleven.iter().map(|id| &**id).collect();
    for operation in OPERATIONS {
        for (ids, code, message) in [
            (
                &[][..],
                "EmptyBatchRequest",
                &*format!("There should be at least one {operation}RequestEntry in the request."),
            ),
            (
                &eleven,
                "TooManyEntriesInBatchRequest",
                "Maximum number of entries per request are 10. You have sent 11.",
            ),
            (
                &["a", "b", "a"],
                "BatchEntryIdsNotDistinct",
                "Id a repeated.",
            ),
            (&["a", ""], "InvalidBatchEntryId", invalid),
            (&["in:valid"], "InvalidBatchEntryId", invalid),
            (&[&"x".repeat(81)], "InvalidBatchEntryId", invalid),
        ] {
            let request = json!({"QueueUrl": url, "Entries": entries(ids)});
            let (found, text) = world.fails(operation, request);
            assert_eq!(found, format!("AWS.SimpleQueueService.{code}"));
            assert_eq!(text, message);
        }
    }
    assert_eq!(world.counts(&url), (0, 0, 0));
}

#[test]
fn an_entry_that_fails_leaves_the_others_alone() {
    let mut world = World::new();
    let url = world.queue();
    let request = json!({"QueueUrl": url, "Entries": [
        {"Id": "good", "MessageBody": "one"},
        {"Id": "bad", "MessageBody": "two", "DelaySeconds": 901},
        {"Id": "foreign", "MessageBody": "\u{1}"},
        {"Id": "better", "MessageBody": "three"},
    ]});
    let result = world.call("SendMessageBatch", request);
    let ids = |list: &Value| -> Vec<String> {
        list.as_array()
            .unwrap()
            .iter()
            .map(|it| it["Id"].as_str().unwrap().into())
            .collect()
    };
    assert_eq!(ids(&result["Successful"]), ["good", "better"]);
    assert_eq!(ids(&result["Failed"]), ["bad", "foreign"]);
    assert_eq!(result["Failed"][0]["Code"], "InvalidParameterValue");
    assert_eq!(result["Failed"][0]["SenderFault"], true);
    assert_eq!(result["Failed"][1]["Code"], "InvalidMessageContents");
    assert_eq!(world.bodies(&url, 10), ["one", "three"]);
}

#[test]
fn messages_are_deleted_and_hidden_in_batches() {
    let mut world = World::new();
    let url = world.queue();
    for body in ["one", "two"] {
        world.send(&url, body);
    }
    let held = world.receive(&url, 2);
    let handle = |n: usize| held[n]["ReceiptHandle"].clone();
    let request = json!({"QueueUrl": url, "Entries": [
        {"Id": "a", "ReceiptHandle": handle(0), "VisibilityTimeout": 0},
        {"Id": "b", "ReceiptHandle": "bad", "VisibilityTimeout": 0},
        {"Id": "c", "ReceiptHandle": handle(1)},
    ]});
    let result = world.call("ChangeMessageVisibilityBatch", request);
    assert_eq!(result["Successful"], json!([{"Id": "a"}]));
    assert_eq!(result["Failed"][0]["Code"], "ReceiptHandleIsInvalid");
    assert_eq!(result["Failed"][1]["Code"], "MissingParameter");
    assert_eq!(world.counts(&url), (1, 1, 0));
    let request = json!({"QueueUrl": url, "Entries": [
        {"Id": "a", "ReceiptHandle": handle(0)},
        {"Id": "b", "ReceiptHandle": handle(1)},
    ]});
    let result = world.call("DeleteMessageBatch", request);
    assert_eq!(result, json!({"Successful": [{"Id": "a"}, {"Id": "b"}]}));
    assert_eq!(world.counts(&url), (0, 0, 0));
}

#[test]
fn a_batch_is_at_most_1_mib_in_total() {
    let mut world = World::new();
    let url = world.queue();
    let request = |n: usize| {
        json!({"QueueUrl": url, "Entries": [
            {"Id": "a", "MessageBody": "x".repeat(524_288)},
            {"Id": "b", "MessageBody": "x".repeat(n)},
        ]})
    };
    assert_eq!(
        world.fails("SendMessageBatch", request(524_289)),
        (
            "AWS.SimpleQueueService.BatchRequestTooLong",
            "Batch requests cannot be longer than 1048576 bytes. You have sent 1048577 bytes."
                .into()
        )
    );
    world.call("SendMessageBatch", request(524_288));
}

#[test]
fn on_fifo_a_batch_without_groups_or_deduplication_ids_is_refused_as_a_whole() {
    let mut world = World::new();
    let url = world.fifo();
    let request = json!({"QueueUrl": url, "Entries": [{"Id": "a", "MessageBody": "b"}]});
    assert_eq!(
        world.fails("SendMessageBatch", request),
        (
            "InvalidParameterValue",
            "The request must contain the parameter MessageGroupId.".into()
        )
    );
    let entry = json!({"Id": "a", "MessageBody": "b", "MessageGroupId": "g"});
    let (_, message) = world.fails(
        "SendMessageBatch",
        json!({"QueueUrl": url, "Entries": [entry]}),
    );
    assert!(message.starts_with("The queue should either have ContentBasedDeduplication"));
}
