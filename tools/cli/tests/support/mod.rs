//! A `lambda-queue local` that is up, and requests to it.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, ChildStdout, Command, Stdio};

/// A running environment, killed with the test.
#[allow(dead_code, reason = "not every test reads what it prints")]
pub(crate) struct Running {
    pub(crate) process: Child,
    /// Host and port.
    pub(crate) address: String,
    /// What it has printed until it was up.
    pub(crate) text: String,
    /// Held open: who prints to nobody ends with an error.
    pub(crate) output: BufReader<ChildStdout>,
}

impl Drop for Running {
    fn drop(&mut self) {
        drop(self.process.kill());
        drop(self.process.wait());
    }
}

/// Runs `command` and waits until it tells its address.
pub(crate) fn started(command: &mut Command) -> Running {
    let mut process = command.stdout(Stdio::piped()).spawn().unwrap();
    let mut output = BufReader::new(process.stdout.take().unwrap());
    let mut text = String::new();
    let variable = "AWS_ENDPOINT_URL=http://";
    while !text.contains(variable) {
        let read = output.read_line(&mut text).unwrap();
        assert!(read > 0, "ended after {text:?}");
    }
    let (_, address) = text.trim().rsplit_once(variable).unwrap();
    let address = address.to_owned();
    Running {
        process,
        address,
        text,
        output,
    }
}

/// One request, from its first lines on; the answer as it comes.
pub(crate) fn exchange(address: &str, head: &str, body: &str) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    let length = body.len();
    let request = format!("{head}Connection: close\r\nContent-Length: {length}\r\n\r\n{body}");
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

/// An operation of a service that speaks JSON.
pub(crate) fn call(address: &str, target: &str, body: &str) -> String {
    let authorization = "AWS4-HMAC-SHA256 Credential=local/20260101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0";
    let head = format!(
        "POST / HTTP/1.1\r\nHost: {address}\r\nContent-Type: application/x-amz-json-1.0\r\nX-Amz-Target: {target}\r\nX-Amz-Date: 20260101T000000Z\r\nAuthorization: {authorization}\r\n"
    );
    exchange(address, &head, body)
}
