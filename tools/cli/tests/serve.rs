//! `local serve`, as any SDK would use it.

#![allow(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, ChildStdout, Command, Stdio};

const TEMPLATE: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/tests/misbehaving/template.yaml"
);

/// A running `local serve`, killed with the test.
struct Served {
    process: Child,
    address: String,
    text: String,
    /// Held open: who prints to nobody ends with an error.
    _output: BufReader<ChildStdout>,
}

impl Drop for Served {
    fn drop(&mut self) {
        drop(self.process.kill());
        drop(self.process.wait());
    }
}

fn command(port: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_lambda-queue"));
    command.args(["local", "serve", "--port", port, "--template", TEMPLATE]);
    command.stdout(Stdio::piped());
    command
}

fn serve() -> Served {
    let mut process = command("0").spawn().unwrap();
    let mut output = BufReader::new(process.stdout.take().unwrap());
    let mut text = String::new();
    let variable = "AWS_ENDPOINT_URL_DYNAMODB=http://";
    while !text.contains(variable) {
        let read = output.read_line(&mut text).unwrap();
        assert!(read > 0, "ended after {text:?}");
    }
    let (_, address) = text.trim().rsplit_once(variable).unwrap();
    let address = address.to_owned();
    Served {
        process,
        address,
        text,
        _output: output,
    }
}

fn call(address: &str, target: &str, body: &str) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    let length = body.len();
    let authorization = "AWS4-HMAC-SHA256 Credential=local/20260101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0";
    let request = format!(
        "POST / HTTP/1.1\r\nHost: {address}\r\nContent-Type: application/x-amz-json-1.0\r\nX-Amz-Target: {target}\r\nX-Amz-Date: 20260101T000000Z\r\nAuthorization: {authorization}\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n{body}"
    );
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
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
    let answer = call(&served.address, "AmazonSQS.SendMessage", "{}");
    assert!(answer.starts_with("HTTP/1.1 400"), "{answer}");
    assert!(answer.contains("UnknownOperationException"), "{answer}");
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

#[cfg(unix)]
#[test]
fn it_ends_well_when_told_to() {
    let mut served = serve();
    let id = served.process.id().to_string();
    let told = Command::new("kill").args(["-TERM", &id]).status().unwrap();
    assert!(told.success());
    assert_eq!(served.process.wait().unwrap().code(), Some(0));
}
