//! One account and its clock.

use lambda_queue_simulator::sqs::{QueueSnapshot, Sqs, SqsError};
use serde_json::{Value, json};

pub(crate) const SECOND: u64 = 1_000;
pub(crate) const MINUTE: u64 = 60 * SECOND;
pub(crate) const HOUR: u64 = 60 * MINUTE;

pub(crate) struct World {
    pub(crate) sqs: Sqs,
    pub(crate) now: u64,
}

impl World {
    pub(crate) fn new() -> Self {
        let sqs = Sqs::new("us-east-1", "123456789012", "http://127.0.0.1:4566", 1);
        Self {
            sqs,
            now: 1_700_000_000_000,
        }
    }

    pub(crate) fn pass(&mut self, ms: u64) {
        self.now += ms;
    }

    pub(crate) fn try_call(&mut self, operation: &str, body: Value) -> Result<Value, SqsError> {
        self.sqs
            .handle(operation, body.to_string().as_bytes(), self.now)
    }

    pub(crate) fn call(&mut self, operation: &str, body: Value) -> Value {
        self.try_call(operation, body).unwrap()
    }

    /// The query code and the message of a refused call.
    pub(crate) fn fails(&mut self, operation: &str, body: Value) -> (&'static str, String) {
        let error = self.try_call(operation, body).unwrap_err();
        (error.query_code(), error.message)
    }

    pub(crate) fn create(&mut self, name: &str, attributes: Value) -> String {
        let body = json!({"QueueName": name, "Attributes": attributes});
        self.call("CreateQueue", body)["QueueUrl"]
            .as_str()
            .unwrap()
            .into()
    }

    pub(crate) fn queue(&mut self) -> String {
        self.create("orders", json!({}))
    }

    pub(crate) fn fifo(&mut self) -> String {
        self.create("orders.fifo", json!({"FifoQueue": "true"}))
    }

    /// A source queue whose messages are dead-lettered after so many receives, and its DLQ.
    pub(crate) fn with_dlq(&mut self, max: u32, suffix: &str) -> (String, String) {
        let mut attributes = json!({});
        if suffix == ".fifo" {
            attributes["FifoQueue"] = json!("true");
        }
        let dlq = self.create(&format!("dead{suffix}"), attributes.clone());
        attributes["RedrivePolicy"] = redrive(&format!("dead{suffix}"), max);
        (self.create(&format!("orders{suffix}"), attributes), dlq)
    }

    pub(crate) fn send(&mut self, url: &str, body: &str) -> String {
        let sent = self.call("SendMessage", json!({"QueueUrl": url, "MessageBody": body}));
        sent["MessageId"].as_str().unwrap().into()
    }

    pub(crate) fn send_to(&mut self, url: &str, group: &str, body: &str) -> String {
        let message = json!({
            "QueueUrl": url, "MessageBody": body, "MessageGroupId": group,
            "MessageDeduplicationId": format!("{group}-{body}"),
        });
        self.call("SendMessage", message)["MessageId"]
            .as_str()
            .unwrap()
            .into()
    }

    pub(crate) fn receive(&mut self, url: &str, max: u32) -> Vec<Value> {
        self.receive_with(url, json!({"MaxNumberOfMessages": max}))
    }

    pub(crate) fn receive_with(&mut self, url: &str, mut request: Value) -> Vec<Value> {
        request["QueueUrl"] = json!(url);
        if request["MessageSystemAttributeNames"].is_null() {
            request["MessageSystemAttributeNames"] = json!(["All"]);
        }
        match self.call("ReceiveMessage", request)["Messages"].take() {
            Value::Array(messages) => messages,
            _ => Vec::new(),
        }
    }

    pub(crate) fn bodies(&mut self, url: &str, max: u32) -> Vec<String> {
        bodies(&self.receive(url, max))
    }

    pub(crate) fn delete(&mut self, url: &str, message: &Value) {
        self.call("DeleteMessage", held(url, message));
    }

    pub(crate) fn hide(&mut self, url: &str, message: &Value, seconds: u32) {
        let mut request = held(url, message);
        request["VisibilityTimeout"] = json!(seconds);
        self.call("ChangeMessageVisibility", request);
    }

    pub(crate) fn attribute(&mut self, url: &str, name: &str) -> String {
        let request = json!({"QueueUrl": url, "AttributeNames": [name]});
        let attributes = self.call("GetQueueAttributes", request);
        attributes["Attributes"][name]
            .as_str()
            .unwrap_or_default()
            .into()
    }

    pub(crate) fn set(&mut self, url: &str, attributes: Value) {
        self.call(
            "SetQueueAttributes",
            json!({"QueueUrl": url, "Attributes": attributes}),
        );
    }

    /// Visible, in flight, delayed.
    pub(crate) fn counts(&mut self, url: &str) -> (usize, usize, usize) {
        let it = self.snapshot(url);
        (it.visible, it.in_flight, it.delayed)
    }

    pub(crate) fn snapshot(&mut self, url: &str) -> QueueSnapshot {
        self.sqs.snapshot(url, self.now).unwrap()
    }
}

pub(crate) fn arn(name: &str) -> String {
    format!("arn:aws:sqs:us-east-1:123456789012:{name}")
}

pub(crate) fn redrive(dlq: &str, max: u32) -> Value {
    json!(json!({"deadLetterTargetArn": arn(dlq), "maxReceiveCount": max}).to_string())
}

/// A request on a received message.
pub(crate) fn held(url: &str, message: &Value) -> Value {
    json!({"QueueUrl": url, "ReceiptHandle": message["ReceiptHandle"]})
}

pub(crate) fn bodies(messages: &[Value]) -> Vec<String> {
    messages
        .iter()
        .map(|message| message["Body"].as_str().unwrap().into())
        .collect()
}
