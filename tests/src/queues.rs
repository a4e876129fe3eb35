//! Queues by SQS's rules behind the real SDK client, and what Lambda makes of their messages.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use aws_lambda_events::event::sqs::SqsEvent;
use aws_sdk_sqs::Client;
use aws_sdk_sqs::config::{
    BehaviorVersion, Config, Credentials, HttpClient, Region, SharedHttpClient,
};
use aws_smithy_http_client::test_util::infallible_client_fn;
use lambda_queue_simulator::sqs::Sqs;
use serde_json::{Value, json};

/// A time of day, epoch milliseconds.
const START_MS: u64 = 1_800_000_000_000;
const HEADER: &str = "x-amz-target";

/// The queues of a test, and their time of day, which only the test moves.
#[derive(Clone)]
pub struct Queues {
    sqs: Arc<Mutex<Sqs>>,
    now_ms: Arc<AtomicU64>,
}

impl Queues {
    /// FIFO queues with these names.
    ///
    /// # Panics
    /// They cannot be created; a test has no use for the error.
    pub fn fifo(names: &[&str]) -> Self {
        let queues = Self {
            sqs: Arc::new(Mutex::new(Sqs::new(
                "us-east-1",
                "123456789012",
                "http://sqs",
                1,
            ))),
            now_ms: Arc::new(AtomicU64::new(START_MS)),
        };
        for name in names {
            let attributes = json!({"FifoQueue": "true"});
            queues.ask(
                "CreateQueue",
                &json!({"QueueName": name, "Attributes": attributes}),
            );
        }
        queues
    }

    /// A queue's URL.
    pub fn url(&self, name: &str) -> String {
        format!("http://sqs/123456789012/{name}")
    }

    /// Now, epoch milliseconds.
    pub fn now_ms(&self) -> u64 {
        self.now_ms.load(Ordering::Relaxed)
    }

    /// Time passes.
    pub fn advance(&self, time: Duration) {
        let ms = u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
        self.now_ms.fetch_add(ms, Ordering::Relaxed);
    }

    /// The SDK's client.
    pub fn client(&self) -> Client {
        self.client_over(self.http())
    }

    /// The SDK's client, over a connection of the test's own making.
    pub fn client_over(&self, http: impl HttpClient + 'static) -> Client {
        let config = Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::from_static("us-east-1"))
            .credentials_provider(Credentials::new("local", "local", None, None, "tests"))
            .http_client(http);
        Client::from_conf(config.build())
    }

    /// The connection to these queues.
    pub fn http(&self) -> SharedHttpClient {
        let queues = self.clone();
        let http = infallible_client_fn(move |request| {
            let target = request.headers().get(HEADER);
            let target = target.and_then(|it| it.to_str().ok()).unwrap_or_default();
            let body = request.body().bytes().unwrap_or_default();
            let (status, body) = match queues.handle(target, body) {
                Ok(answer) => (200, answer),
                Err((status, error)) => (status, error),
            };
            let response = http::Response::builder().status(status);
            let response = response.body(body.to_string());
            response.unwrap_or_else(|error| panic!("no response: {error}"))
        });
        SharedHttpClient::new(http)
    }

    /// Sends a message.
    pub fn send(&self, queue: &str, group: &str, deduplication_id: &str, body: &str) {
        self.ask(
            "SendMessage",
            &json!({
                "QueueUrl": self.url(queue), "MessageBody": body,
                "MessageGroupId": group, "MessageDeduplicationId": deduplication_id,
            }),
        );
    }

    /// What a poll of Lambda's gets: at most `max` messages, as records of its event.
    pub fn receive(&self, queue: &str, max: usize) -> Vec<Value> {
        let request = json!({
            "QueueUrl": self.url(queue), "MaxNumberOfMessages": max,
            "MessageSystemAttributeNames": ["All"], "MessageAttributeNames": ["All"],
        });
        let answer = self.ask("ReceiveMessage", &request);
        let messages = answer["Messages"].as_array().cloned().unwrap_or_default();
        messages.iter().map(|it| record(queue, it)).collect()
    }

    /// Deletes what was received.
    pub fn delete(&self, queue: &str, record: &Value) {
        let receipt = &record["receiptHandle"];
        self.ask(
            "DeleteMessage",
            &json!({"QueueUrl": self.url(queue), "ReceiptHandle": receipt}),
        );
    }

    /// Messages that are not deleted, hidden or not.
    pub fn depth(&self, queue: &str) -> u64 {
        let request = json!({"QueueUrl": self.url(queue), "AttributeNames": ["All"]});
        let answer = self.ask("GetQueueAttributes", &request);
        let number = |name: &str| -> u64 {
            let text = answer["Attributes"][name].as_str();
            text.and_then(|it| it.parse().ok()).unwrap_or_default()
        };
        number("ApproximateNumberOfMessages") + number("ApproximateNumberOfMessagesNotVisible")
    }

    fn ask(&self, operation: &str, request: &Value) -> Value {
        self.handle(operation, request.to_string().as_bytes())
            .unwrap_or_else(|(_, error)| panic!("{operation}: {error}"))
    }

    fn handle(&self, target: &str, body: &[u8]) -> Result<Value, (u16, Value)> {
        let mut sqs = self.sqs.lock().unwrap_or_else(PoisonError::into_inner);
        let answer = sqs.handle(target, body, self.now_ms());
        answer.map_err(|error| (error.status(), error.body()))
    }
}

/// What Lambda delivers when messages with these bodies are received from `queue` for the first time, those of a FIFO queue in
/// one group.
pub fn first_delivery(queue: &str, bodies: &[impl ToString]) -> SqsEvent {
    let mut attributes = json!({"ApproximateReceiveCount": "1"});
    if queue.ends_with(".fifo") {
        attributes["MessageGroupId"] = json!("group");
    }
    let record = |(index, body): (usize, String)| {
        json!({
            "messageId": format!("m{index}"),
            "body": body,
            "attributes": attributes,
            "eventSourceARN": arn(queue),
        })
    };
    let bodies = bodies.iter().map(ToString::to_string);
    let records: Vec<_> = bodies.enumerate().map(record).collect();
    event(&records)
}

/// The event of these records.
///
/// # Panics
/// They are no records.
pub fn event(records: &[Value]) -> SqsEvent {
    let event = serde_json::from_value(json!({"Records": records}));
    event.unwrap_or_else(|error| panic!("not an event: {error}"))
}

fn record(queue: &str, message: &Value) -> Value {
    let attributes = message["MessageAttributes"].as_object();
    let attributes = attributes.into_iter().flatten().map(|(name, it)| {
        let value = json!({"stringValue": it["StringValue"], "dataType": it["DataType"]});
        (name.clone(), value)
    });
    json!({
        "messageId": message["MessageId"],
        "receiptHandle": message["ReceiptHandle"],
        "body": message["Body"],
        "attributes": message["Attributes"],
        "messageAttributes": attributes.collect::<serde_json::Map<_, _>>(),
        "md5OfBody": message["MD5OfBody"],
        "eventSource": "aws:sqs",
        "eventSourceARN": arn(queue),
        "awsRegion": "us-east-1",
    })
}

fn arn(queue: &str) -> String {
    format!("arn:aws:sqs:us-east-1:123456789012:{queue}")
}
