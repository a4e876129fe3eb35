//! A queue, its mapping and a function that does as it is told, with one clock.

use lambda_queue_simulator::mapping::{
    Action, EventSourceMapping, FunctionFacts, InvocationId, InvocationResult, MappingConfig,
    MessageRef, PollerId, QueueFacts, ReceivedMessage,
};
use lambda_queue_simulator::sqs::Sqs;
use serde_json::{Value, json};

pub(crate) const SECOND: u64 = 1_000;
const VISIBILITY_S: u32 = 30;

pub(crate) struct World {
    sqs: Sqs,
    pub(crate) now: u64,
    pub(crate) queue: String,
    pub(crate) dead: String,
    pub(crate) mapping: EventSourceMapping,
    polls: Vec<(PollerId, u32)>,
    /// Invocations under way, with their attempts.
    pub(crate) running: Vec<(InvocationId, u32)>,
}

impl World {
    /// A queue whose messages are dead-lettered after `receives`, and its mapping.
    pub(crate) fn new(receives: u32) -> Self {
        let mut sqs = Sqs::new("us-east-1", "123456789012", "http://127.0.0.1:4566", 1);
        let mut create = |name: &str, attributes: Value| {
            let body = json!({ "QueueName": name, "Attributes": attributes });
            let made = sqs.handle("CreateQueue", body.to_string().as_bytes(), 0);
            made.unwrap()["QueueUrl"].as_str().unwrap().to_owned()
        };
        let dead = create("dead", json!({}));
        let target = "arn:aws:sqs:us-east-1:123456789012:dead";
        let policy = json!({ "deadLetterTargetArn": target, "maxReceiveCount": receives });
        let attributes = json!({ "RedrivePolicy": policy.to_string() });
        let queue = create("jobs", attributes);
        let facts = QueueFacts {
            arn: "arn:aws:sqs:us-east-1:123456789012:jobs".into(),
            visibility_timeout_seconds: VISIBILITY_S,
        };
        let function = FunctionFacts {
            timeout_seconds: 10,
            reserved_concurrency: None,
        };
        let config = MappingConfig::default();
        Self {
            sqs,
            now: 1_700_000_000_000,
            queue,
            dead,
            mapping: EventSourceMapping::create(config, facts, function, 1).unwrap(),
            polls: Vec::new(),
            running: Vec::new(),
        }
    }

    pub(crate) fn call(&mut self, operation: &str, body: Value) -> Value {
        let body = body.to_string();
        self.sqs
            .handle(operation, body.as_bytes(), self.now)
            .unwrap()
    }

    pub(crate) fn send(&mut self) {
        let request = json!({ "QueueUrl": self.queue, "MessageBody": "a job" });
        self.call("SendMessage", request);
    }

    /// Messages of a queue that are visible, and in flight.
    pub(crate) fn depth(&mut self, queue: &str) -> (u32, u32) {
        let request = json!({ "QueueUrl": queue, "AttributeNames": ["All"] });
        let attributes = self.call("GetQueueAttributes", request);
        let count = |name: &str| {
            let value = &attributes["Attributes"][format!("ApproximateNumberOfMessages{name}")];
            value.as_str().unwrap().parse().unwrap()
        };
        (count(""), count("NotVisible"))
    }

    /// Lets time pass, second by second.
    pub(crate) fn pass(&mut self, seconds: u64) {
        for _ in 0..seconds {
            self.now += SECOND;
            self.step();
        }
    }

    /// Carries out what the mapping asks for, until that is nothing.
    pub(crate) fn step(&mut self) {
        let actions = self.mapping.wake(self.now);
        self.carry_out(actions);
        while let Some((poller, received)) = self.answered_poll() {
            let actions = self.mapping.received(poller, received, self.now);
            self.carry_out(actions);
        }
    }

    /// Ends the invocations under way.
    pub(crate) fn answer(&mut self, result: &InvocationResult) {
        for (id, _) in std::mem::take(&mut self.running) {
            let actions = self
                .mapping
                .invocation_finished(id, result.clone(), self.now);
            self.carry_out(actions);
        }
    }

    /// The messages of the invocations under way.
    pub(crate) fn held(&self) -> Vec<MessageRef> {
        let running = self.running.iter();
        let held = running.flat_map(|(id, _)| self.mapping.invocation_messages(*id));
        held.cloned().collect()
    }

    fn answered_poll(&mut self) -> Option<(PollerId, Vec<ReceivedMessage>)> {
        let &(poller, most) = self.polls.first()?;
        let request = json!({
            "QueueUrl": self.queue,
            "MaxNumberOfMessages": most,
            "MessageSystemAttributeNames": ["All"],
        });
        let received = self.call("ReceiveMessage", request);
        let messages = received["Messages"]
            .as_array()
            .filter(|it| !it.is_empty())?;
        self.polls.remove(0);
        Some((poller, messages.iter().map(record).collect()))
    }

    fn carry_out(&mut self, actions: Vec<Action>) {
        for action in actions {
            match action {
                Action::Receive {
                    poller,
                    max_messages,
                    ..
                } => self.polls.push((poller, max_messages)),
                Action::Invoke { id, attempt, .. } => self.running.push((id, attempt)),
                Action::Delete { entries, .. } => self.delete(&entries),
                Action::Return { .. } => {}
                other => panic!("a mapping does nothing else: {other:?}"),
            }
        }
    }

    fn delete(&mut self, entries: &[MessageRef]) {
        for entry in entries {
            let request = json!({ "QueueUrl": self.queue, "ReceiptHandle": entry.receipt_handle });
            self.call("DeleteMessage", request);
        }
    }
}

fn record(message: &Value) -> ReceivedMessage {
    let text = |name: &str| message[name].as_str().unwrap().to_owned();
    let attributes = message["Attributes"].as_object().unwrap().iter();
    ReceivedMessage {
        message_id: text("MessageId"),
        receipt_handle: text("ReceiptHandle"),
        body: text("Body"),
        attributes: attributes
            .map(|(name, value)| (name.clone().into(), value.as_str().unwrap().to_owned()))
            .collect(),
        md5_of_body: text("MD5OfBody"),
        ..ReceivedMessage::default()
    }
}
