//! Queues with dead letters in them, and the command.

use std::process::{Command, Output};

use serde_json::{Value as Json, json};

use crate::support::{Running, call, exchange, started};

const TEMPLATE: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/tests/misbehaving/template.yaml"
);

/// What `local serve` serves.
pub(crate) struct World {
    served: Running,
}

impl World {
    pub(crate) fn new() -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_lambda-queue"));
        command.args(["local", "serve", "--port", "0", "--template", TEMPLATE]);
        Self {
            served: started(&mut command),
        }
    }

    pub(crate) fn address(&self) -> &str {
        &self.served.address
    }

    /// An operation of SQS that must succeed.
    pub(crate) fn sqs(&self, operation: &str, request: &Json) -> Json {
        let target = format!("AmazonSQS.{operation}");
        let answer = call(self.address(), &target, &request.to_string());
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
        let (_, body) = answer.split_once("\r\n\r\n").unwrap();
        serde_json::from_str(body).unwrap_or_default()
    }

    /// A queue `<name>` and its dead-letter queue `<name>-dead`; FIFO if the name says so.
    pub(crate) fn queues(&self, name: &str) -> (String, String) {
        let source = name.to_owned();
        let dead = match name.strip_suffix(".fifo") {
            Some(stem) => format!("{stem}-dead.fifo"),
            None => format!("{name}-dead"),
        };
        self.create(&dead, &json!({}));
        self.feeds(&source, &dead);
        (source, dead)
    }

    /// Another queue of which `dead` is the dead-letter queue.
    pub(crate) fn feeds(&self, source: &str, dead: &str) {
        let policy = json!({
            "deadLetterTargetArn": format!("arn:aws:sqs:us-east-1:000000000000:{dead}"),
            "maxReceiveCount": 1,
        });
        self.create(source, &json!({ "RedrivePolicy": policy.to_string() }));
    }

    pub(crate) fn create(&self, name: &str, attributes: &Json) {
        let mut attributes = attributes.clone();
        if name.ends_with(".fifo") {
            attributes["FifoQueue"] = "true".into();
        }
        self.sqs(
            "CreateQueue",
            &json!({ "QueueName": name, "Attributes": attributes }),
        );
    }

    pub(crate) fn send(&self, queue: &str, message: &Json) {
        let mut request = json!({ "QueueUrl": queue });
        for (key, value) in message.as_object().unwrap() {
            request[key] = value.clone();
        }
        self.sqs("SendMessage", &request);
    }

    /// A dead letter as the toolkit sends it.
    pub(crate) fn dead_letter(&self, queue: &str, body: &str, source: &str, reason: &str) {
        let text = |it: &str| json!({ "DataType": "String", "StringValue": it });
        let attributes = json!({
            "DeadLetterMessageId": text(&format!("was-{body}")),
            "DeadLetterSourceQueue": text(&format!("arn:aws:sqs:us-east-1:000000000000:{source}")),
            "DeadLetterErrorType": text("permanent"),
            "DeadLetterReason": text(reason),
            "colour": text("blue"),
        });
        self.send(
            queue,
            &json!({ "MessageBody": body, "MessageAttributes": attributes }),
        );
    }

    /// A message of a FIFO queue.
    pub(crate) fn ordered(&self, queue: &str, group: &str, body: &str) {
        self.send(
            queue,
            &json!({ "MessageBody": body, "MessageGroupId": group, "MessageDeduplicationId": format!("{group}{body}") }),
        );
    }

    /// All messages of a queue, hidden ones included, oldest first.
    pub(crate) fn messages(&self, queue: &str) -> Vec<Json> {
        let host = self.address();
        let get =
            format!("GET /_console/api/queues/{queue}?limit=100000 HTTP/1.1\r\nHost: {host}\r\n");
        let answer = exchange(host, &get, "");
        let (_, body) = answer.split_once("\r\n\r\n").unwrap();
        let body: Json = serde_json::from_str(body).unwrap();
        body["messages"].as_array().unwrap().clone()
    }

    /// The bodies in a queue, in its order.
    pub(crate) fn bodies(&self, queue: &str) -> Vec<String> {
        let body = |it: &Json| it["body"].as_str().unwrap().to_owned();
        self.messages(queue).iter().map(body).collect()
    }

    /// Whether nothing in a queue is hidden.
    pub(crate) fn is_visible(&self, queue: &str) -> bool {
        self.messages(queue)
            .iter()
            .all(|it| it["state"] == "visible")
    }

    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        dlq(&format!("http://{}", self.address()), arguments)
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    /// What a command that succeeds prints.
    pub(crate) fn done(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        assert_eq!(output.status.code(), Some(0), "{arguments:?}: {output:?}");
        String::from_utf8(output.stdout).unwrap()
    }

    /// The document that a command prints.
    pub(crate) fn json(&self, arguments: &[&str]) -> Json {
        let output = self.run(&[arguments, &["--output", "json"]].concat());
        assert_ne!(output.status.code(), Some(2), "{arguments:?}: {output:?}");
        serde_json::from_slice(&output.stdout).unwrap()
    }

    /// What a command that fails says.
    pub(crate) fn refused(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {output:?}");
        String::from_utf8(output.stderr).unwrap()
    }
}

/// The command without any of the user's settings.
pub(crate) fn dlq(endpoint: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_lambda-queue"));
    command.arg("dlq").args(arguments);
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("AWS_")) {
        command.env_remove(name);
    }
    command.env("AWS_ENDPOINT_URL", endpoint);
    command
}
