//! What `local serve` says of services that need more than it runs, and of buckets that tell queues.

use std::fs;
use std::process::Command;

use super::{exchange, serve};

#[test]
fn functions_are_absent_and_it_is_said_what_runs_them() {
    let served = serve();
    let host = served.address.as_str();
    let path = "/2015-03-31/functions/Misbehaving/invocations";
    let answer = exchange(
        host,
        &format!("POST {path} HTTP/1.1\r\nHost: {host}\r\n"),
        "{}",
    );
    assert!(answer.starts_with("HTTP/1.1 404"), "{answer}");
    assert!(
        answer.contains("x-amzn-errortype: ResourceNotFoundException"),
        "{answer}"
    );
    assert!(
        answer.contains("`lambda-queue local` runs them"),
        "{answer}"
    );
}

/// The error about a bucket that notifies the queue of `property`.
fn refusal(event: &str, queue: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    let template = format!(
        "Resources:
  Jobs: {{Type: AWS::SQS::Queue}}
  Orders: {{Type: AWS::SQS::Queue, Properties: {{FifoQueue: true}}}}
  Uploads:
    Type: AWS::S3::Bucket
    Properties:
      NotificationConfiguration:
        QueueConfigurations:
          - Event: {event}
            Queue: {queue}
"
    );
    fs::write(folder.path().join("template.yaml"), template).unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_lambda-queue"))
        .args(["local", "serve", "--port", "0"])
        .current_dir(folder.path())
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    String::from_utf8(output.stderr).unwrap()
}

#[test]
fn notifications_that_s3_would_refuse_are_shown_with_their_line() {
    insta::assert_snapshot!(refusal("s3:ObjectCreated:*", "!GetAtt Orders.Arn"), @"error: template.yaml:10: the bucket Uploads notifies Orders, but S3 sends to no FIFO queue");
    let unknown = "arn:aws:sqs:us-east-1:000000000000:other";
    insta::assert_snapshot!(refusal("s3:ObjectCreated:*", unknown), @"error: template.yaml:10: the bucket Uploads notifies arn:aws:sqs:us-east-1:000000000000:other, which is no queue of this template");
    insta::assert_snapshot!(refusal("ObjectCreated", "!GetAtt Jobs.Arn"), @"error: template.yaml:9: the bucket Uploads names the event ObjectCreated, where S3's begin with s3:");
}
