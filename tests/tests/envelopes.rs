//! Event fixtures are what Lambda would deliver, to the last checksum.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use md5::{Digest, Md5};
use serde_json::Value;

fn records() -> Vec<(String, Value)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../events");
    let folders = [folder.join("envelopes"), folder];
    let files = folders.map(|it| fs::read_dir(it).expect("the folder of events"));
    let mut records = Vec::new();
    for file in files.into_iter().flatten() {
        let path = file.expect("a file").path();
        if path.is_dir() {
            continue;
        }
        let name = path
            .file_name()
            .expect("a name")
            .to_string_lossy()
            .into_owned();
        let event = fs::read_to_string(&path).expect("text");
        let event: Value = serde_json::from_str(&event).expect("JSON");
        let list = event["Records"].as_array().expect("records").clone();
        assert!(!list.is_empty(), "{name}");
        records.extend(list.into_iter().map(|record| (name.clone(), record)));
    }
    assert!(!records.is_empty());
    records
}

fn text<'r>(record: &'r Value, pointer: &str) -> &'r str {
    record
        .pointer(pointer)
        .and_then(Value::as_str)
        .unwrap_or_default()
}

#[test]
fn bodies_have_the_checksum_that_sqs_would_compute() {
    for (file, record) in records() {
        let md5 = hex::encode(Md5::digest(text(&record, "/body")));
        assert_eq!(text(&record, "/md5OfBody"), md5, "{file}");
    }
}

#[test]
fn records_have_the_fields_of_lambdas_envelope_and_no_other() {
    let expected = [
        "attributes",
        "awsRegion",
        "body",
        "eventSource",
        "eventSourceARN",
        "md5OfBody",
        "messageAttributes",
        "messageId",
        "receiptHandle",
    ];
    for (file, record) in records() {
        let fields: BTreeSet<_> = record.as_object().expect("an object").keys().collect();
        assert_eq!(
            fields,
            expected.map(String::from).iter().collect(),
            "{file}"
        );
        assert_eq!(text(&record, "/eventSource"), "aws:sqs", "{file}");
        assert_eq!(text(&record, "/awsRegion"), "us-east-1", "{file}");
        let arn = text(&record, "/eventSourceARN");
        assert!(
            arn.starts_with("arn:aws:sqs:us-east-1:123456789012:lambda-queue-"),
            "{file}"
        );
        for attribute in [
            "ApproximateReceiveCount",
            "SentTimestamp",
            "ApproximateFirstReceiveTimestamp",
        ] {
            let value = text(&record, &format!("/attributes/{attribute}"));
            assert!(value.parse::<u64>().is_ok(), "{file}: {attribute}");
        }
        assert!(!text(&record, "/attributes/SenderId").is_empty(), "{file}");
    }
}

#[test]
fn groups_and_sequence_numbers_come_from_fifo_queues_only() {
    for (file, record) in records() {
        let fifo = text(&record, "/eventSourceARN").ends_with(".fifo");
        for attribute in ["MessageGroupId", "MessageDeduplicationId", "SequenceNumber"] {
            let value = text(&record, &format!("/attributes/{attribute}"));
            assert_eq!(!value.is_empty(), fifo, "{file}: {attribute}");
        }
    }
}

#[test]
fn message_ids_are_distinct_uuids() {
    let mut seen = BTreeSet::new();
    for (file, record) in records() {
        let id = text(&record, "/messageId").to_owned();
        let lengths: Vec<_> = id.split('-').map(str::len).collect();
        assert_eq!(lengths, [8, 4, 4, 4, 12], "{file}");
        assert!(seen.insert(id), "{file}");
    }
}
