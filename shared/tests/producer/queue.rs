//! A queue by SQS's rules, behind the real client, on which entries can be made to fail.

use std::sync::{Arc, Mutex};

use aws_sdk_sqs::Client;
use aws_sdk_sqs::config::{BehaviorVersion, Config, Credentials, Region};
use aws_smithy_http_client::test_util::infallible_client_fn;
use lambda_queue_simulator::sqs::Sqs;
use serde_json::{Value, json};

/// A time of day, epoch milliseconds.
const NOW_MS: u64 = 1_800_000_000_000;

/// The queue, and what was asked of it.
#[derive(Clone)]
pub struct Queue {
    sqs: Arc<Mutex<Sqs>>,
    pub url: String,
    /// Bodies of each request, in order.
    requests: Arc<Mutex<Vec<Vec<String>>>>,
    /// Bodies that fail so many times yet, by SQS's own fault.
    failures: Arc<Mutex<Vec<(String, u32)>>>,
}

impl Queue {
    pub fn new(name: &str) -> Self {
        let mut sqs = Sqs::new("eu-west-1", "123456789012", "http://sqs", 1);
        let attributes = match name.ends_with(".fifo") {
            true => json!({ "FifoQueue": "true" }),
            false => json!({}),
        };
        let create = json!({ "QueueName": name, "Attributes": attributes }).to_string();
        let created = sqs
            .handle("CreateQueue", create.as_bytes(), NOW_MS)
            .unwrap();
        Self {
            sqs: Arc::new(Mutex::new(sqs)),
            url: created["QueueUrl"].as_str().unwrap().to_owned(),
            requests: Arc::default(),
            failures: Arc::default(),
        }
    }

    /// The message with this content fails so many times before it is taken.
    pub fn fail(&self, content: &str, times: u32) {
        let body = json!(content).to_string();
        self.failures.lock().unwrap().push((body, times));
    }

    pub fn client(&self) -> Client {
        let queue = self.clone();
        let http = infallible_client_fn(move |request| {
            let target = request.headers()["x-amz-target"]
                .to_str()
                .unwrap()
                .to_owned();
            let body: Value = serde_json::from_slice(request.body().bytes().unwrap()).unwrap();
            let (status, answer) = queue.answer(&target, body);
            let response = http::Response::builder().status(status);
            response.body(answer.to_string()).unwrap()
        });
        let config = Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::from_static("eu-west-1"))
            .credentials_provider(Credentials::for_tests())
            .http_client(http)
            .build();
        Client::from_conf(config)
    }

    fn answer(&self, target: &str, mut body: Value) -> (u16, Value) {
        let entries = body["Entries"].as_array().cloned().unwrap_or_default();
        let bodies = entries
            .iter()
            .map(|it| it["MessageBody"].as_str().unwrap().to_owned());
        self.requests.lock().unwrap().push(bodies.collect());
        let (failed, good): (Vec<_>, Vec<_>) = entries.into_iter().partition(|it| self.fails(it));
        let mut answer = json!({ "Successful": [] });
        if !good.is_empty() {
            body["Entries"] = good.into();
            let mut sqs = self.sqs.lock().unwrap();
            match sqs.handle(target, body.to_string().as_bytes(), NOW_MS) {
                Ok(taken) => answer = taken,
                Err(error) => return (error.status(), error.body()),
            }
        }
        if !failed.is_empty() {
            let failed = failed
                .iter()
                .map(|it| json!({ "Id": it["Id"], "Code": "InternalError", "SenderFault": false }));
            answer["Failed"] = failed.collect();
        }
        (200, answer)
    }

    fn fails(&self, entry: &Value) -> bool {
        let mut failures = self.failures.lock().unwrap();
        let mut of_this = failures
            .iter_mut()
            .filter(|(body, _)| entry["MessageBody"] == *body);
        match of_this.next() {
            Some((_, times)) if *times > 0 => {
                *times -= 1;
                true
            }
            _ => false,
        }
    }

    /// The contents of each request.
    pub fn requests(&self) -> Vec<Vec<String>> {
        let requests = self.requests.lock().unwrap();
        let plain = |it: &String| serde_json::from_str(it).unwrap();
        requests
            .iter()
            .map(|it| it.iter().map(plain).collect())
            .collect()
    }

    /// What SQS has, as it would give it to a consumer.
    pub fn received(&self) -> Vec<Value> {
        let mut sqs = self.sqs.lock().unwrap();
        let mut received = Vec::new();
        loop {
            let request = json!({
                "QueueUrl": self.url, "MaxNumberOfMessages": 10,
                "MessageSystemAttributeNames": ["All"], "MessageAttributeNames": ["All"],
            });
            let answer = sqs.handle("ReceiveMessage", request.to_string().as_bytes(), NOW_MS);
            let answer = answer.unwrap();
            let Some(messages) = answer["Messages"].as_array().filter(|it| !it.is_empty()) else {
                return received;
            };
            received.extend(messages.iter().cloned());
        }
    }
}
