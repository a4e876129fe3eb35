//! `--function`: somebody else runs it.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;

use super::{project, run};

/// Answers one request to `function`, and tells what it was.
fn answer(function: &TcpListener, headers: &str, body: &str) -> String {
    let (mut stream, _) = function.accept().unwrap();
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        reader.read_line(&mut head).unwrap();
    }
    let lower = head.to_lowercase();
    let length = lower.split("content-length: ").nth(1).unwrap();
    let length = length.split_whitespace().next().unwrap().parse().unwrap();
    reader.read_exact(&mut vec![0; length]).unwrap();
    let length = body.len();
    let answer = format!(
        "HTTP/1.1 200 OK\r\n{headers}Connection: close\r\nContent-Length: {length}\r\n\r\n{body}"
    );
    stream.write_all(answer.as_bytes()).unwrap();
    head
}

#[test]
fn a_function_elsewhere_is_waited_for_and_asked_as_lambda_is() {
    let free = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = free.local_addr().unwrap();
    drop(free);
    let at = format!("misbehaving=http://{address}");
    let mut running = run(
        &project("elsewhere", 2, ""),
        &["--until-idle", "--function", &at],
    );
    let errors = running.process.stderr.take().unwrap();
    let missed = BufReader::new(errors).lines().next().unwrap().unwrap();
    let line = format!("misbehaving │ nobody answers at http://{address} (");
    assert!(missed.starts_with(&line), "{missed}");
    let (_, file) = running.text.split_once("let it see").unwrap();
    let variables = fs::read_to_string(file.split_whitespace().next().unwrap()).unwrap();
    let endpoint = format!("AWS_ENDPOINT_URL='http://{}'\n", running.address);
    assert!(variables.contains(&endpoint), "{variables}");
    let function = TcpListener::bind(address).unwrap();
    running.send(&["work"]);
    let failed = "X-Amz-Function-Error: Unhandled\r\n";
    let asked = answer(
        &function,
        failed,
        r#"{"errorType":"Oops","errorMessage":"no"}"#,
    );
    let path = "POST /2015-03-31/functions/misbehaving/invocations ";
    assert!(asked.starts_with(path), "{asked}");
    answer(&function, "", r#"{"batchItemFailures":[]}"#);
    let (summary, code) = running.ended();
    assert_eq!(code, Some(0), "{summary}");
    assert!(summary.contains("Work 2 1 … …\n"), "{summary}");
}
