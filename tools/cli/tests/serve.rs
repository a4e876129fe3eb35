//! `local serve`, as any SDK would use it.

#![allow(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

#[path = "serve/api.rs"]
mod api;
#[path = "serve/console.rs"]
mod console;
#[path = "serve/kept.rs"]
mod kept;
#[path = "serve/send.rs"]
mod send;

mod support;

use std::io::Read;
use std::net::TcpListener;
use std::process::Command;

use support::{Running as Served, call, exchange, started};

const TEMPLATE: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/tests/misbehaving/template.yaml"
);

fn command(port: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_lambda-queue"));
    command.args(["local", "serve", "--port", port, "--template", TEMPLATE]);
    command
}

fn serve() -> Served {
    serve_with(&[])
}

fn serve_with(arguments: &[&str]) -> Served {
    started(command("0").args(arguments))
}

#[test]
fn the_templates_tables_are_there_with_their_keys_and_ttl() {
    let served = serve();
    let dynamodb = |operation: &str, body: &str| {
        call(
            &served.address,
            &format!("DynamoDB_20120810.{operation}"),
            body,
        )
    };
    let table = r#"{"TableName":"lambda-queue-Things"}"#;
    assert!(dynamodb("ListTables", "{}").ends_with(r#"{"TableNames":["lambda-queue-Things"]}"#));
    let described = dynamodb("DescribeTable", table);
    assert!(
        described.contains(r#""KeySchema":[{"AttributeName":"id","KeyType":"HASH"}]"#),
        "{described}"
    );
    let ttl = dynamodb("DescribeTimeToLive", table);
    assert!(
        ttl.contains("expiration") && ttl.contains("ENABLED"),
        "{ttl}"
    );
    assert!(
        served.text.contains("lambda-queue-Things"),
        "{}",
        served.text
    );
}

#[test]
fn other_services_are_refused_as_aws_would() {
    let served = serve();
    let answer = call(&served.address, "Kinesis_20131202.PutRecord", "{}");
    assert!(answer.starts_with("HTTP/1.1 400"), "{answer}");
    assert!(answer.contains("UnknownOperationException"), "{answer}");
    assert!(answer.contains("Kinesis_20131202.PutRecord"), "{answer}");
}

#[test]
fn buckets_of_the_template_hold_files() {
    let served = serve();
    let host = served.address.as_str();
    let put = "PUT /lambda-queue-uploads/a%20b/c.txt HTTP/1.1";
    // Wrapped and signed, as SDKs do; nobody here knows the key.
    let headers = "Authorization: AWS4-HMAC-SHA256 Credential=a/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=0\r\nX-Amz-Content-Sha256: STREAMING-UNSIGNED-PAYLOAD-TRAILER\r\nX-Amz-Trailer: x-amz-checksum-crc32\r\nContent-Encoding: aws-chunked\r\n";
    let body = "5\r\nhello\r\n0\r\nx-amz-checksum-crc32:NhCmhg==\r\n\r\n";
    let answer = exchange(host, &format!("{put}\r\nHost: {host}\r\n{headers}"), body);
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    let get = "GET /lambda-queue-uploads/a%20b/c.txt HTTP/1.1";
    let answer = exchange(host, &format!("{get}\r\nHost: {host}\r\n"), "");
    assert!(answer.ends_with("\r\n\r\nhello"), "{answer}");
    assert!(
        answer
            .to_lowercase()
            .contains("content-security-policy: sandbox"),
        "a stored page has no origin: {answer}"
    );
    let get = "GET /a%20b/c.txt HTTP/1.1\r\nHost: lambda-queue-uploads.localhost:1\r\n";
    let answer = exchange(host, get, "");
    assert!(answer.ends_with("\r\n\r\nhello"), "{answer}");
    let missing = "GET /lambda-queue-uploads/nothing HTTP/1.1";
    let answer = exchange(host, &format!("{missing}\r\nHost: {host}\r\n"), "");
    assert!(answer.contains("<Code>NoSuchKey</Code>"), "{answer}");
}

#[test]
fn a_checksum_that_does_not_fit_is_refused() {
    let served = serve();
    let host = served.address.as_str();
    let put = format!(
        "PUT /lambda-queue-uploads/c.txt HTTP/1.1\r\nHost: {host}\r\nX-Amz-Checksum-Crc32: AAAAAA==\r\n"
    );
    let answer = exchange(host, &put, "hello");
    assert!(answer.starts_with("HTTP/1.1 400"), "{answer}");
}

#[test]
fn web_sites_are_kept_out() {
    let served = serve();
    for foreign in [
        "Host: example.com",
        "Host: localhost\r\nOrigin: http://example.com",
    ] {
        let request = format!("GET /lambda-queue-uploads/c.txt HTTP/1.1\r\n{foreign}\r\n");
        let answer = exchange(&served.address, &request, "");
        assert!(answer.starts_with("HTTP/1.1 403"), "{answer}");
        assert!(answer.contains("AccessDeniedException"), "{answer}");
    }
}

#[test]
fn what_is_kept_is_there_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().to_str().unwrap();
    let item = r#"{"TableName":"lambda-queue-Things","Item":{"id":{"S":"kept"}}}"#;
    let key = r#"{"TableName":"lambda-queue-Things","Key":{"id":{"S":"kept"}}}"#;
    let file = |host: &str, method| {
        format!("{method} /lambda-queue-uploads/kept HTTP/1.1\r\nHost: {host}\r\n")
    };
    {
        let served = serve_with(&["--data", data]);
        let host = served.address.as_str();
        call(host, "DynamoDB_20120810.PutItem", item);
        exchange(host, &file(host, "PUT"), "hello");
        assert!(
            served.text.contains("lambda-queue-uploads"),
            "{}",
            served.text
        );
    }
    // Killed, not stopped: nothing that was answered may be lost.
    let served = serve_with(&["--data", data]);
    let host = served.address.as_str();
    let answer = call(host, "DynamoDB_20120810.GetItem", key);
    assert!(answer.contains("kept"), "{answer}");
    assert!(exchange(host, &file(host, "GET"), "").ends_with("hello"));
}

#[test]
fn a_port_in_use_is_named_with_a_way_out() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let output = command(&port).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    let errors = String::from_utf8(output.stderr).unwrap();
    let what = format!("error: cannot listen on 127.0.0.1:{port}: ");
    assert!(errors.starts_with(&what), "{errors}");
    let way_out = "; choose another port with --port, or 0 for any free one\n";
    assert!(errors.ends_with(way_out), "{errors}");
}

#[test]
fn another_lambda_queue_at_the_port_is_named_as_such() {
    let served = serve();
    let (_, port) = served.address.split_once(':').unwrap();
    let output = command(port).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    let errors = String::from_utf8(output.stderr).unwrap();
    let what = format!(
        "error: another lambda-queue answers at {}: ",
        served.address
    );
    assert!(errors.starts_with(&what), "{errors}");
}

#[cfg(unix)]
#[test]
fn it_ends_well_when_told_to() {
    let mut served = serve();
    let id = served.process.id().to_string();
    let told = Command::new("kill").args(["-TERM", &id]).status().unwrap();
    assert!(told.success());
    let mut rest = String::new();
    served.output.read_to_string(&mut rest).unwrap();
    assert!(rest.ends_with("forgets everything\n"), "{rest}");
    assert_eq!(served.process.wait().unwrap().code(), Some(0));
}
