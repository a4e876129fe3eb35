//! `send`, into what `local serve` serves.

use std::io::Write;
use std::process::{Command, Output, Stdio};

use super::{Served, call, serve};

fn send(endpoint: &str, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_lambda-queue"));
    command.arg("send").args(arguments);
    command
        .args(["--endpoint", endpoint])
        .env_remove("AWS_ENDPOINT_URL");
    command.output().unwrap()
}

fn said(served: &Served, arguments: &[&str]) -> String {
    let output = send(&format!("http://{}", served.address), arguments);
    let said = if output.status.success() {
        output.stdout
    } else {
        assert_eq!(output.status.code(), Some(2));
        output.stderr
    };
    String::from_utf8(said).unwrap()
}

/// The bodies in a queue, as one receive gives them.
fn bodies(served: &Served, queue: &str) -> Vec<String> {
    let request = format!(r#"{{"QueueUrl":"{queue}","MaxNumberOfMessages":10}}"#);
    let answer = call(&served.address, "AmazonSQS.ReceiveMessage", &request);
    let (_, body) = answer.split_once("\r\n\r\n").unwrap();
    let body: serde_json::Value = serde_json::from_str(body).unwrap();
    let messages = body["Messages"].as_array().into_iter().flatten();
    let mut bodies: Vec<_> = messages
        .map(|it| it["Body"].as_str().unwrap().to_owned())
        .collect();
    bodies.sort_unstable();
    bodies
}

#[test]
fn a_message_is_sent_as_often_as_asked() {
    let served = serve();
    let said = said(&served, &["Jobs", "--body", "-hello", "--count", "12"]);
    assert_eq!(said, "12 messages sent to lambda-queue-Jobs\n");
    assert_eq!(bodies(&served, "lambda-queue-Jobs"), ["-hello"; 10]);
    assert_eq!(bodies(&served, "lambda-queue-Jobs"), ["-hello"; 2]);
}

#[test]
fn copies_are_numbered_where_the_body_asks_for_it() {
    let served = serve();
    said(&served, &["Jobs", "--body", "job {{n}}", "--count", "3"]);
    let bodies = bodies(&served, "lambda-queue-Jobs");
    assert_eq!(bodies, ["job 1", "job 2", "job 3"]);
}

#[test]
fn a_fifo_queue_gets_every_copy() {
    let served = serve();
    let said = said(
        &served,
        &["Orders", "--body", "x", "--count", "3", "--group", "g"],
    );
    assert_eq!(said, "3 messages sent to lambda-queue-Orders.fifo\n");
    assert_eq!(bodies(&served, "lambda-queue-Orders.fifo"), ["x"; 3]);
}

#[test]
fn a_body_may_come_from_a_file_or_the_standard_input() {
    let served = serve();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("body.txt");
    std::fs::write(&file, "from a file\n").unwrap();
    said(&served, &["Jobs", "--file", file.to_str().unwrap()]);
    let endpoint = format!("http://{}", served.address);
    let mut piped = Command::new(env!("CARGO_BIN_EXE_lambda-queue"))
        .args(["send", "Jobs", "--file", "-", "--endpoint", &endpoint])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    piped.stdin.take().unwrap().write_all(b"piped").unwrap();
    assert!(piped.wait().unwrap().success());
    assert_eq!(
        bodies(&served, "lambda-queue-Jobs"),
        ["from a file\n", "piped"]
    );
}

#[test]
fn of_a_folder_of_events_a_queue_gets_its_own() {
    let served = serve();
    let folder = tempfile::tempdir().unwrap();
    let event = |queue: &str, body: &str| {
        format!(
            r#"{{"Records":[{{"messageId":"1","body":"{body}","eventSourceARN":"arn:aws:sqs:us-east-1:1:{queue}","attributes":{{"MessageGroupId":"g","MessageDeduplicationId":"1"}},"messageAttributes":{{"a":{{"dataType":"Binary","binaryValue":"AA==","stringListValues":[]}}}}}}]}}"#
        )
    };
    for (file, queue, body) in [
        ("a.json", "lambda-queue-Jobs-9xKv2hQbT4mC", "ours"),
        ("b.json", "lambda-queue-Orders-9xKv2hQbT4mC.fifo", "ordered"),
        ("c.json", "elsewhere", "foreign"),
    ] {
        std::fs::write(folder.path().join(file), event(queue, body)).unwrap();
    }
    let path = folder.path().to_str().unwrap();
    said(&served, &["Jobs", "--events", path]);
    said(&served, &["Orders", "--events", path]);
    let one = folder.path().join("c.json");
    said(&served, &["Jobs", "--events", one.to_str().unwrap()]);
    assert_eq!(bodies(&served, "lambda-queue-Jobs"), ["foreign", "ours"]);
    assert_eq!(bodies(&served, "lambda-queue-Orders.fifo"), ["ordered"]);
    std::fs::remove_file(folder.path().join("a.json")).unwrap();
    let none = said(&served, &["Jobs", "--events", path]);
    let why = "holds no messages for the queue lambda-queue-Jobs\n";
    assert!(none.ends_with(why), "{none}");
}

#[test]
fn what_goes_wrong_is_said_in_a_line() {
    let served = serve();
    let problems = [
        said(&served, &["Nothing", "--body", "x"]),
        said(&served, &["Orders", "--body", "x"]),
        said(&served, &["Jobs", "--body", ""]),
    ];
    insta::assert_snapshot!(problems.join(""));
    let both = said(&served, &["Jobs", "--body", "x", "--file", "x"]);
    assert!(both.contains("cannot be used with"), "{both}");
    let nobody = send("http://127.0.0.1:1", &["Jobs", "--body", "x"]);
    let nobody = String::from_utf8(nobody.stderr).unwrap();
    assert!(
        nobody.contains("no answer from http://127.0.0.1:1: "),
        "{nobody}"
    );
    let aws = send(
        "https://sqs.us-east-1.amazonaws.com",
        &["Jobs", "--body", "x"],
    );
    let aws = String::from_utf8(aws.stderr).unwrap();
    assert!(
        aws.contains("is not an address of a local environment"),
        "{aws}"
    );
}
