//! Does what the body of an event's first message says, and most of it is wrong.

use std::fs::File;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::{env, process, thread, time::Duration};

fn main() {
    println!("starting");
    let api = env::var("AWS_LAMBDA_RUNTIME_API").expect("started outside of Lambda");
    let path = |rest: &str| format!("/2018-06-01/runtime/{rest}");
    match env::var("START").as_deref() {
        Ok("error") => {
            let report = r#"{"errorType":"Config","errorMessage":"TABLE is not set"}"#;
            http(&api, "POST", &path("init/error"), "", report);
        }
        Ok("exit") => {
            eprintln!("cannot start like this");
            process::exit(3);
        }
        Ok("sleep") => sleep(),
        Ok(order) if order.starts_with("change ") => {
            let file = File::options().append(true).open(&order["change ".len()..]);
            file.unwrap().write_all(b"\n").unwrap();
        }
        _ => {}
    }
    let mut seen = Vec::new();
    loop {
        let (head, event) = http(&api, "GET", &path("invocation/next"), "", "");
        let id = header(&head, "lambda-runtime-aws-request-id");
        let answer = |kind: &str, body: &str| {
            http(
                &api,
                "POST",
                &path(&format!("invocation/{id}/{kind}")),
                "",
                body,
            );
        };
        let messages = fields(&event, "messageId");
        let bodies = fields(&event, "body");
        let order = bodies.first().cloned().unwrap_or_default();
        let first_delivery = event.contains(r#""ApproximateReceiveCount":"1""#);
        eprintln!("told to {order}");
        match order.as_str() {
            _ if is_broken() => {
                let items = messages.iter().map(|id| {
                    println!(
                        r#"{{"target":"lambda_queue::outcome","fields":{{"message_id":"{id}","outcome":"retry","error":"the warehouse does not answer"}}}}"#
                    );
                    format!(r#"{{"itemIdentifier":"{id}"}}"#)
                });
                let items = items.collect::<Vec<_>>().join(",");
                answer("response", &format!(r#"{{"batchItemFailures":[{items}]}}"#));
            }
            "exit" => process::exit(4),
            "exit once" if first_delivery => process::exit(4),
            "sleep" => sleep(),
            "fail" => answer("error", r#"{"errorType":"Oops","errorMessage":"it broke"}"#),
            _ if order.starts_with("wait for ") => {
                while !Path::new(&order["wait for ".len()..]).exists() {
                    thread::sleep(Duration::from_millis(10));
                }
                eprintln!("told to go on");
                answer("response", r#"{"batchItemFailures":[]}"#);
            }
            "mumble" => answer("response", "certainly"),
            "shout" => answer("response", &format!("\"{}\"", "A".repeat(7_000_000))),
            "say nothing" => answer("response", ""),
            "show headers" => answer("response", &json(header_pairs(&head))),
            "show environment" => answer("response", &json(env::vars().collect())),
            "call sqs" => answer("response", &status(call("AmazonSQS.ListQueues"))),
            "call kinesis" => answer("response", &status(call("Kinesis_20131202.ListStreams"))),
            _ => {
                let mut reported = Vec::new();
                for (message, body) in messages.into_iter().zip(bodies) {
                    let outcome = match body.starts_with("report") {
                        true => "retry",
                        false if is_known(&mut seen, &message, &body) => "replayed",
                        false => "processed",
                    };
                    println!(
                        r#"{{"target":"lambda_queue::outcome","fields":{{"message_id":"{message}","outcome":"{outcome}"}}}}"#
                    );
                    if outcome == "retry" {
                        reported.push(format!(r#"{{"itemIdentifier":"{message}"}}"#));
                    }
                }
                println!(r#"{{"_aws":{{}},"Processed":1}}"#);
                let items = reported.join(",");
                answer("response", &format!(r#"{{"batchItemFailures":[{items}]}}"#));
            }
        }
    }
}

/// Whether there is a file that says so, for as long as there is.
fn is_broken() -> bool {
    env::var("BROKEN").is_ok_and(|file| std::path::Path::new(&file).exists())
}

/// By its id, or, with a folder that all processes share, by its body.
fn is_known(seen: &mut Vec<String>, message: &str, body: &str) -> bool {
    if let Ok(folder) = env::var("MEMORY") {
        let file = Path::new(&folder).join(body.replace(' ', "-"));
        return File::create_new(file).is_err();
    }
    let known = seen.iter().any(|it| it == message);
    if env::var("FORGETS").is_err() {
        seen.push(message.to_owned());
    }
    known
}

fn sleep() {
    thread::sleep(Duration::from_secs(600));
}

fn status(text: String) -> String {
    json(vec![("status".into(), text)])
}

fn call(target: &str) -> String {
    let endpoint = env::var("AWS_ENDPOINT_URL").unwrap();
    let headers = format!("Content-Type: application/x-amz-json-1.0\r\nX-Amz-Target: {target}\r\n");
    let (head, body) = http(
        endpoint.trim_start_matches("http://"),
        "POST",
        "/",
        &headers,
        "{}",
    );
    format!(
        "{} {}",
        head.lines().next().unwrap(),
        body.replace('"', "'")
    )
}

fn http(host: &str, method: &str, path: &str, headers: &str, body: &str) -> (String, String) {
    let mut stream = TcpStream::connect(host).unwrap();
    let length = body.len();
    let request = format!(
        "{method} {path} HTTP/1.1\r\nHost: {host}\r\n{headers}Connection: close\r\nContent-Length: {length}\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).unwrap();
    // A server that has heard enough may hang up before all of a large body is sent.
    let _ = stream.write_all(body.as_bytes());
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    let answer = String::from_utf8(answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((&answer, ""));
    (head.to_owned(), body.to_owned())
}

fn header_pairs(head: &str) -> Vec<(String, String)> {
    let pairs = head.lines().filter_map(|line| line.split_once(": "));
    pairs
        .map(|(name, value)| (name.to_lowercase(), value.to_owned()))
        .collect()
}

fn header(head: &str, name: &str) -> String {
    let pairs = header_pairs(head);
    pairs
        .into_iter()
        .find(|it| it.0 == name)
        .map(|it| it.1)
        .unwrap_or_default()
}

/// The string values of a key, in text that is known to be simple.
fn fields(json: &str, key: &str) -> Vec<String> {
    let pattern = format!("\"{key}\":\"");
    let found = json.split(&pattern).skip(1);
    found
        .filter_map(|rest| rest.split('"').next())
        .map(str::to_owned)
        .collect()
}

fn json(pairs: Vec<(String, String)>) -> String {
    let clean = |text: &str| text.replace(['"', '\\', '\n', '\x1b'], " ");
    let pairs = pairs
        .iter()
        .map(|(key, value)| format!("\"{}\":\"{}\"", clean(key), clean(value)));
    format!("{{{}}}", pairs.collect::<Vec<_>>().join(","))
}
