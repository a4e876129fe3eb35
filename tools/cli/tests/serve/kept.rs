//! Queues in `--data`, over restarts.

use std::collections::BTreeMap;

use serde_json::{Value as Json, json};

use super::{Served, call, command, serve_with};

const JOBS: &str = "lambda-queue-Jobs";

fn sqs(served: &Served, operation: &str, body: Json) -> Json {
    let target = format!("AmazonSQS.{operation}");
    let answer = call(&served.address, &target, &body.to_string());
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("HTTP/1.1 200"), "{answer}");
    serde_json::from_str(body).unwrap()
}

/// Visible, in flight and delayed.
fn counts(served: &Served) -> [String; 3] {
    let names = ["", "NotVisible", "Delayed"].map(|it| format!("ApproximateNumberOfMessages{it}"));
    let ask = json!({"QueueUrl": JOBS, "AttributeNames": names});
    let attributes = sqs(served, "GetQueueAttributes", ask)["Attributes"].take();
    let attributes: BTreeMap<String, String> = serde_json::from_value(attributes).unwrap();
    names.map(|name| attributes[&name].clone())
}

#[test]
fn messages_outlive_a_kill_with_their_receipt_handles() {
    let folder = tempfile::tempdir().unwrap();
    let data = ["--data", folder.path().to_str().unwrap()];
    let receive = json!({"QueueUrl": JOBS, "MessageSystemAttributeNames": ["All"]});
    let (held, id);
    {
        let served = serve_with(&data);
        let sent = sqs(
            &served,
            "SendMessage",
            json!({"QueueUrl": JOBS, "MessageBody": "a"}),
        );
        id = sent["MessageId"].clone();
        let later = json!({"QueueUrl": JOBS, "MessageBody": "b", "DelaySeconds": 900});
        sqs(&served, "SendMessage", later);
        held = sqs(&served, "ReceiveMessage", receive.clone())["Messages"][0].take();
        sqs(
            &served,
            "SendMessage",
            json!({"QueueUrl": JOBS, "MessageBody": "c"}),
        );
    }
    let served = serve_with(&data);
    assert_eq!(counts(&served), ["1", "1", "1"]);
    let holder = json!({"QueueUrl": JOBS, "ReceiptHandle": held["ReceiptHandle"]});
    let mut visible = holder.clone();
    visible["VisibilityTimeout"] = 0.into();
    sqs(&served, "ChangeMessageVisibility", visible);
    let again = sqs(&served, "ReceiveMessage", receive)["Messages"][0].take();
    assert_eq!(again["MessageId"], id);
    assert_eq!(again["Attributes"]["ApproximateReceiveCount"], "2");
    let holder = json!({"QueueUrl": JOBS, "ReceiptHandle": again["ReceiptHandle"]});
    drop(served);
    let served = serve_with(&data);
    sqs(&served, "DeleteMessage", holder);
    assert_eq!(counts(&served), ["1", "0", "1"]);
}

#[test]
fn a_folder_in_use_is_named_with_a_way_out() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().to_str().unwrap();
    let _served = serve_with(&["--data", data]);
    let output = command("0").args(["--data", data]).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    let errors = String::from_utf8(output.stderr).unwrap();
    let what = format!("error: {data} is in use by another lambda-queue; ");
    assert!(errors.starts_with(&what), "{errors}");
}
