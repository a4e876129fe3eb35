use std::sync::Arc;
use std::time::Duration;

use lambda_queue_simulator::mapping::InvocationResult;
use lambda_queue_simulator::sqs::Sqs;
use lambda_queue_simulator::sqs::api::RedriveMessageRequest;
use serde_json::{Value as Json, json};

use super::Activity;
use crate::local::pool::Invoked;
use crate::outcome::{MessageOutcome, Outcome};

const MINUTE: u64 = 60_000;

/// Queues whose messages are dead-lettered at their second receive, and what is known of them.
struct World {
    sqs: Sqs,
    activity: Activity,
    now_ms: u64,
}

impl World {
    fn new() -> Self {
        let mut sqs = Sqs::new("us-east-1", "000000000000", "http://127.0.0.1:4566", 1);
        sqs.set_tracing(true);
        let mut world = Self {
            sqs,
            activity: Activity::default(),
            now_ms: 1_000,
        };
        world.call("CreateQueue", json!({ "QueueName": "dead" }));
        let arn = "arn:aws:sqs:us-east-1:000000000000:dead";
        let policy = json!({ "deadLetterTargetArn": arn, "maxReceiveCount": 1 }).to_string();
        let attributes = json!({ "RedrivePolicy": policy });
        world.call(
            "CreateQueue",
            json!({ "QueueName": "jobs", "Attributes": attributes }),
        );
        world
    }

    fn call(&mut self, operation: &str, request: Json) -> Json {
        let body = request.to_string();
        let answer = self.sqs.handle(operation, body.as_bytes(), self.now_ms);
        self.activity.traced(self.sqs.take_trace());
        answer.unwrap()
    }

    fn send(&mut self) -> String {
        let sent = self.call(
            "SendMessage",
            json!({ "QueueUrl": "jobs", "MessageBody": "work" }),
        );
        sent["MessageId"].as_str().unwrap().to_owned()
    }

    fn receive(&mut self) -> Json {
        self.call("ReceiveMessage", json!({ "QueueUrl": "jobs" }))
    }

    fn fails(&self, id: &str, error: &str) {
        let ids = [id.to_owned()];
        let (queue, function): (Arc<str>, Arc<str>) = ("jobs".into(), "Work".into());
        self.activity.handed_over(&queue, &function, &ids);
        let invoked = Invoked {
            result: InvocationResult::Response(Vec::new()),
            dead_lettered: Vec::new(),
            request_id: "request".into(),
            failure: None,
            log: String::new(),
            outcomes: vec![MessageOutcome {
                message_id: id.into(),
                outcome: Outcome::Retry,
                error: Some(error.into()),
            }],
            duration: Duration::from_millis(5),
        };
        self.activity.settled(&queue, &function, &ids, &invoked);
    }

    /// Kinds and ids of a message's entries.
    fn told(&self, id: &str) -> Vec<String> {
        let chain = self.activity.chain(id).unwrap_or_default();
        let entries = chain.iter().flat_map(|(_, entries)| entries);
        let entries = entries.map(|it| serde_json::to_value(it).unwrap());
        entries
            .map(|it| format!("{} {}", it["queue"], it["kind"]).replace('"', ""))
            .collect()
    }
}

#[test]
fn a_message_is_followed_through_failure_dead_letter_queue_and_redrive() {
    let mut world = World::new();
    let id = world.send();
    world.receive();
    world.fails(&id, "out of stock");
    world.now_ms += MINUTE;
    assert!(world.receive()["Messages"].is_null());
    let reasons = world.activity.reasons([id.as_str()].into_iter());
    assert_eq!(reasons[0].as_deref(), Some("out of stock"));
    let now_ms = world.now_ms;
    let redrive = RedriveMessageRequest {
        queue_url: "dead".into(),
        message_id: id.as_str().into(),
        destination_arn: None,
    };
    let new = world.sqs.redrive_message(&redrive, now_ms).unwrap();
    world.receive();
    let told = world.told(&id);
    assert_eq!(
        told,
        [
            "jobs sent",
            "jobs received",
            "jobs handedOver",
            "jobs settled",
            "jobs visible",
            "jobs deadLettered",
            "dead arrived",
            "dead moved",
            "jobs arrived",
            "jobs received",
        ]
    );
    assert_eq!(
        world.told(&new.message_id),
        told,
        "it is the same under its new id"
    );
}

#[test]
fn messages_that_went_well_are_forgotten_before_those_that_failed() {
    let mut world = World::new();
    let failed = world.send();
    world.receive();
    world.fails(&failed, "out of stock");
    let mut first = None;
    for _ in 0..100_000 {
        let id = world.send();
        let received = world.receive();
        let handle = &received["Messages"][0]["ReceiptHandle"];
        world.call(
            "DeleteMessage",
            json!({ "QueueUrl": "jobs", "ReceiptHandle": handle }),
        );
        first.get_or_insert(id);
    }
    assert!(world.activity.chain(&first.unwrap()).is_none());
    assert!(world.told(&failed).contains(&"jobs settled".to_owned()));
}

#[test]
fn nothing_is_told_of_a_message_that_was_forgotten_or_never_known() {
    let world = World::new();
    world.fails("unknown", "out of stock");
    assert_eq!(world.told("unknown"), [""; 0]);
}

#[test]
fn a_message_that_keeps_coming_back_keeps_its_beginning_and_its_end() {
    let mut world = World::new();
    let id = world.send();
    for attempt in 0..500 {
        world.fails(&id, &format!("attempt {attempt}"));
    }
    let chain = world.activity.chain(&id).unwrap();
    let text = serde_json::to_string(&chain[0].1).unwrap();
    assert!(text.contains("\"kind\":\"sent\"") && text.contains("attempt 499"));
    assert_eq!(chain[0].1.len(), 200);
}

#[test]
fn who_reads_slowly_is_told_how_much_was_missed() {
    let mut world = World::new();
    for _ in 0..600 {
        world.send();
    }
    let news = world.activity.since(0, 50);
    assert_eq!(
        (news.entries.len(), news.skipped, news.last),
        (50, 550, 600)
    );
    world.send();
    let news = world.activity.since(news.last, 50);
    assert_eq!((news.entries.len(), news.skipped, news.last), (1, 0, 601));
    assert!(world.activity.since(news.last, 50).entries.is_empty());
}
