//! The console as programs see it: the page, its API, and who may use them.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;

use serde_json::{Value as Json, json};

use super::{Served, call, exchange, serve, serve_with};

const JOBS: &str = "lambda-queue-Jobs";
const DEAD: &str = "lambda-queue-DeadJobs";

/// The console of a running `local serve`.
struct Console(Served);

fn console() -> Console {
    Console(serve())
}

impl Console {
    fn head(&self, method: &str, path: &str, headers: &str) -> String {
        let address = &self.0.address;
        format!("{method} /_console{path} HTTP/1.1\r\nHost: {address}\r\n{headers}")
    }

    fn exchange(&self, method: &str, path: &str, headers: &str, body: &str) -> String {
        exchange(&self.0.address, &self.head(method, path, headers), body)
    }

    fn get(&self, path: &str) -> Json {
        let answer = self.exchange("GET", path, "", "");
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
        body(&answer)
    }

    /// The status and the answer.
    fn post(&self, path: &str, value: &Json) -> (String, Json) {
        let headers = "Content-Type: application/json\r\n";
        let answer = self.exchange("POST", path, headers, &value.to_string());
        (answer[9..12].to_owned(), body(&answer))
    }

    fn send(&self, queue: &str, value: &Json) -> String {
        let (status, sent) = self.post(&format!("/api/queues/{queue}/send"), value);
        assert_eq!(status, "200", "{sent}");
        sent["messageId"].as_str().unwrap().to_owned()
    }

    fn sqs(&self, operation: &str, request: &Json) -> Json {
        let target = format!("AmazonSQS.{operation}");
        body(&call(&self.0.address, &target, &request.to_string()))
    }

    /// Makes a dead-letter queue with one message in it, and returns the message's id.
    fn dead_letter(&self) -> String {
        self.sqs("CreateQueue", &json!({ "QueueName": DEAD }));
        let arn = format!("arn:aws:sqs:us-east-1:000000000000:{DEAD}");
        let policy = json!({ "deadLetterTargetArn": arn, "maxReceiveCount": 1 }).to_string();
        let attributes = json!({ "RedrivePolicy": policy });
        let request = json!({ "QueueUrl": JOBS, "Attributes": attributes });
        self.sqs("SetQueueAttributes", &request);
        let id = self.send(JOBS, &json!({ "body": "work" }));
        let receive = json!({ "QueueUrl": JOBS, "VisibilityTimeout": 0 });
        assert!(self.sqs("ReceiveMessage", &receive)["Messages"].is_array());
        assert!(self.sqs("ReceiveMessage", &receive)["Messages"].is_null());
        id
    }
}

fn body(answer: &str) -> Json {
    let (_, body) = answer.split_once("\r\n\r\n").unwrap();
    serde_json::from_str(body).unwrap_or_default()
}

fn kinds(message: &Json) -> Vec<&str> {
    let chain = message["chain"].as_array().unwrap().iter();
    let entries = chain.flat_map(|it| it["entries"].as_array().unwrap());
    entries.map(|it| it["kind"].as_str().unwrap()).collect()
}

#[test]
fn the_page_and_its_files_come_from_the_binary() {
    let served = console();
    for path in ["", "/", "/main.js", "/frame.css", "/icon.svg"] {
        let answer = served.exchange("GET", path, "", "");
        assert!(answer.starts_with("HTTP/1.1 200"), "{path}: {answer}");
        assert!(answer.contains("script-src 'self'"), "{path}: {answer}");
    }
    let page = served.exchange("GET", "", "", "");
    let links = page
        .split(['"', '\''])
        .filter(|it| it.starts_with("/_console/"));
    let links: Vec<_> = links.collect();
    assert!(links.len() > 5, "{page}");
    for link in links {
        let path = link.trim_start_matches("/_console");
        let answer = served.exchange("GET", path, "", "");
        assert!(answer.starts_with("HTTP/1.1 200"), "{link}");
    }
    let missing = served.exchange("GET", "/../Cargo.toml", "", "");
    assert!(missing.starts_with("HTTP/1.1 404"), "{missing}");
}

#[test]
fn a_foreign_page_can_neither_read_nor_do_anything() {
    let served = console();
    let foreign = "Origin: https://example.com\r\nContent-Type: application/json\r\n";
    for (method, path) in [
        ("GET", ""),
        ("GET", "/api/state"),
        ("POST", "/api/queues/q/purge"),
    ] {
        let answer = served.exchange(method, path, foreign, "{}");
        assert!(answer.starts_with("HTTP/1.1 403"), "{answer}");
    }
    let purge = format!("/api/queues/{JOBS}/purge");
    let form = served.exchange("POST", &purge, "Content-Type: text/plain\r\n", "{}");
    assert!(form.starts_with("HTTP/1.1 415"), "{form}");
    let other_port = "Sec-Fetch-Site: same-site\r\nContent-Type: application/json\r\n";
    let other_port = served.exchange("POST", &purge, other_port, "{}");
    assert!(other_port.starts_with("HTTP/1.1 403"), "{other_port}");
}

#[test]
fn a_message_sent_from_the_page_is_in_its_queue_with_everything_it_was_given() {
    let served = console();
    let orders = "lambda-queue-Orders.fifo";
    let form = json!({
        "body": "{\"order\":1}", "group": "a", "deduplicationId": "1",
        "attributes": { "trace": "abc" },
    });
    let id = served.send(orders, &form);
    let queue = served.get(&format!("/api/queues/{orders}"));
    assert_eq!(queue["count"], 1);
    let message = &queue["messages"][0];
    assert_eq!(message["id"], id);
    assert_eq!(message["body"], "{\"order\":1}");
    assert_eq!(message["group"], "a");
    assert_eq!(message["attributes"]["trace"]["StringValue"], "abc");
    let found = served.get(&format!("/api/messages/{id}"));
    assert_eq!(found["now"]["queue"], orders);
    assert_eq!(kinds(&found), ["sent"]);
}

#[test]
fn what_sqs_refuses_is_said_in_its_words() {
    let served = console();
    let (status, refusal) = served.post(
        "/api/queues/lambda-queue-Orders.fifo/send",
        &json!({ "body": "no group" }),
    );
    assert_eq!(status, "400");
    let error = refusal["error"].as_str().unwrap();
    assert!(error.contains("MessageGroupId"), "{error}");
    let (status, refusal) = served.post("/api/queues/none/send", &json!({ "body": "x" }));
    assert_eq!(status, "400");
    let error = refusal["error"].as_str().unwrap();
    assert!(error.contains("does not exist"), "{error}");
    let (status, refusal) = served.post("/api/mappings/none", &json!({ "enabled": true }));
    assert_eq!(status, "404", "{refusal}");
}

#[test]
fn a_dead_letter_is_redriven_by_itself_and_followed_under_its_new_id() {
    let served = console();
    let id = served.dead_letter();
    let (status, redriven) = served.post(
        &format!("/api/queues/{DEAD}/redrive"),
        &json!({ "messageId": id }),
    );
    assert_eq!(status, "200", "{redriven}");
    assert_ne!(redriven["messageId"], id);
    let told = served.get(&format!("/api/messages/{id}"));
    assert_eq!(told["now"]["queue"], JOBS);
    assert_eq!(told["now"]["message"]["id"], redriven["messageId"]);
    let kinds = kinds(&told);
    assert!(
        kinds.ends_with(&["deadLettered", "arrived", "moved", "arrived"]),
        "{kinds:?}"
    );
}

#[test]
fn redriving_all_takes_what_was_sent_to_a_dead_letter_queue_by_hand_too() {
    let served = console();
    served.dead_letter();
    served.send(DEAD, &json!({ "body": "by the function itself" }));
    let (status, started) = served.post(&format!("/api/queues/{DEAD}/redrive"), &json!({}));
    assert_eq!(status, "200", "{started}");
    loop {
        let state = served.get("/api/state");
        let queues = state["state"]["queues"].as_array().unwrap();
        let dead = queues.iter().find(|it| it["name"] == DEAD).unwrap();
        if dead["redrive"]["Status"] == "COMPLETED" {
            assert_eq!(dead["redriven"], 2, "{dead}");
            assert_eq!(dead["visible"], 0, "{dead}");
            return;
        }
        assert_eq!(dead["redrive"]["Status"], "RUNNING", "{dead}");
    }
}

#[test]
fn messages_are_deleted_one_by_one_or_all_at_once() {
    let served = console();
    let first = served.send(JOBS, &json!({ "body": "a" }));
    served.send(JOBS, &json!({ "body": "b" }));
    served.send(JOBS, &json!({ "body": "c" }));
    let count = || served.get(&format!("/api/queues/{JOBS}"))["count"].clone();
    let delete = format!("/api/queues/{JOBS}/delete");
    assert_eq!(
        served.post(&delete, &json!({ "messageId": first })).0,
        "200"
    );
    assert_eq!(count(), 2);
    let purge = format!("/api/queues/{JOBS}/purge");
    assert_eq!(served.post(&purge, &json!({})).0, "200");
    assert_eq!(count(), 0);
}

#[test]
fn the_state_and_what_happens_are_told_as_it_happens() {
    let served = console();
    let mut stream = TcpStream::connect(&served.0.address).unwrap();
    let request = served.head("GET", "/api/events", "") + "\r\n";
    stream.write_all(request.as_bytes()).unwrap();
    let mut lines = BufReader::new(stream).lines().map(Result::unwrap);
    let mut next = |event: &str, holds: &str| {
        let name = format!("event: {event}");
        while lines.next().unwrap() != name {}
        loop {
            let line = lines.next().unwrap();
            if let Some((_, data)) = line.split_once("data: ") {
                return data.contains(holds).then(|| data.to_owned());
            }
        }
    };
    let first = next("state", "\"queues\"").unwrap();
    assert!(first.contains(JOBS), "{first}");
    let id = served.send(JOBS, &json!({ "body": "work" }));
    assert!(next("activity", &id).unwrap().contains("\"kind\":\"sent\""));
    assert!(next("state", "\"sent\":1").is_some());
}

#[test]
fn a_long_list_is_cut_and_says_how_long_it_is() {
    let served = console();
    let body = "x".repeat(5_000);
    for _ in 0..3 {
        served.send(JOBS, &json!({ "body": body }));
    }
    let queue = served.get(&format!("/api/queues/{JOBS}?limit=2"));
    assert_eq!(queue["count"], 3);
    let messages = queue["messages"].as_array().unwrap();
    assert_eq!(messages.len(), 2);
    assert_eq!(messages[0]["bodyBytes"], 5_000);
    assert_eq!(messages[0]["body"].as_str().unwrap().len(), 2_000);
    let whole = served.get(&format!(
        "/api/messages/{}",
        messages[0]["id"].as_str().unwrap()
    ));
    assert_eq!(whole["now"]["message"]["body"], body);
}

#[test]
fn the_start_says_where_the_console_is() {
    let served = console();
    let mut output = String::new();
    let mut served = served.0;
    while !output.contains("_console") {
        assert!(
            served.output.read_line(&mut output).unwrap() > 0,
            "{output}"
        );
    }
    let address = format!("Watch it at http://{}/_console", served.address);
    assert!(output.contains(&address), "{output}");
}

#[test]
fn what_was_redriven_or_deleted_stays_so_over_a_kill() {
    let folder = tempfile::tempdir().unwrap();
    let data = ["--data", folder.path().to_str().unwrap()];
    let served = Console(serve_with(&data));
    let id = served.dead_letter();
    let deleted = served.send(JOBS, &json!({ "body": "deleted" }));
    let delete = format!("/api/queues/{JOBS}/delete");
    let done = served.post(&delete, &json!({ "messageId": deleted }));
    assert_eq!(done.0, "200");
    let redrive = format!("/api/queues/{DEAD}/redrive");
    let (status, redriven) = served.post(&redrive, &json!({ "messageId": id }));
    assert_eq!(status, "200", "{redriven}");
    drop(served);
    let served = Console(serve_with(&data));
    let queue = served.get(&format!("/api/queues/{JOBS}"));
    assert_eq!(queue["count"], 1, "{queue}");
    assert_eq!(queue["messages"][0]["id"], redriven["messageId"]);
}
