//! A FIFO queue by SQS's rules, behind the real client.

use std::sync::{Arc, Mutex};

use aws_sdk_sqs::Client;
use aws_sdk_sqs::config::retry::RetryConfig;
use aws_sdk_sqs::config::{BehaviorVersion, Config, Credentials, Region};
use aws_smithy_http_client::test_util::infallible_client_fn;
use lambda_queue_simulator::sqs::Sqs;
use serde_json::{Value, json};
use tool_executor::ResultsQueue;

/// A time of day, epoch milliseconds.
const NOW_MS: u64 = 1_800_000_000_000;

#[derive(Clone)]
pub(crate) struct Queue {
    sqs: Arc<Mutex<Sqs>>,
    url: String,
}

impl Queue {
    pub(crate) fn new() -> Self {
        let mut sqs = Sqs::new("eu-west-1", "123456789012", "http://sqs", 1);
        let create = json!({"QueueName": "results.fifo", "Attributes": {"FifoQueue": "true"}});
        let created = sqs.handle("CreateQueue", create.to_string().as_bytes(), NOW_MS);
        let url = created.unwrap()["QueueUrl"].as_str().unwrap().to_owned();
        Self {
            sqs: Arc::new(Mutex::new(sqs)),
            url,
        }
    }

    /// Where a function sends results.
    pub(crate) fn results(&self) -> ResultsQueue {
        ResultsQueue::new(self.client(), &self.url)
    }

    /// As if the queue were out of reach.
    pub(crate) fn out_of_reach(&self) -> ResultsQueue {
        ResultsQueue::new(self.client(), self.url.replace("results", "nowhere"))
    }

    fn client(&self) -> Client {
        let sqs = Arc::clone(&self.sqs);
        let http = infallible_client_fn(move |request| {
            let target = request.headers()["x-amz-target"].to_str().unwrap();
            let body = request.body().bytes().unwrap();
            let (status, answer) = match sqs.lock().unwrap().handle(target, body, NOW_MS) {
                Ok(answer) => (200, answer),
                Err(error) => (error.status(), error.body()),
            };
            let response = http::Response::builder().status(status);
            response.body(answer.to_string()).unwrap()
        });
        let config = Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::from_static("eu-west-1"))
            .credentials_provider(Credentials::for_tests())
            .retry_config(RetryConfig::disabled())
            .http_client(http);
        Client::from_conf(config.build())
    }

    /// All messages, as a consumer gets them who deletes none.
    pub(crate) fn received(&self) -> Vec<Value> {
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
