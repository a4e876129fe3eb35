//! Three accounts that should be one.

use lambda_queue_simulator::sqs::{Delivery, Sqs, SqsError};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::world::{World, arn};

const ENDPOINT: &str = "http://127.0.0.1:4566";
const SOURCES: [&str; 2] = ["orders", "orders.fifo"];
const DEAD: [&str; 2] = ["dead", "dead.fifo"];

#[derive(Clone, Debug)]
pub(super) enum Step {
    Send {
        fifo: bool,
        group: u8,
        dedup: u8,
    },
    Receive {
        fifo: bool,
        dead: bool,
        max: u8,
        visibility_s: u8,
        attempt: Option<u8>,
    },
    Delete {
        which: usize,
    },
    Change {
        which: usize,
        seconds: u8,
    },
    Delay {
        fifo: bool,
        seconds: u8,
    },
    Move {
        fifo: bool,
        rate: u8,
    },
    Purge {
        fifo: bool,
    },
    Recreate {
        name: u8,
    },
    Ask {
        what: u8,
        fifo: bool,
    },
    Pass {
        ms: u64,
    },
}

pub(super) fn step() -> impl Strategy<Value = Step> {
    let receive = (
        any::<bool>(),
        any::<bool>(),
        1..5_u8,
        0..8_u8,
        proptest::option::weighted(0.2, 0..2_u8),
    );
    prop_oneof![
        5 => (any::<bool>(), 0..3_u8, 0..9_u8)
            .prop_map(|(fifo, group, dedup)| Step::Send { fifo, group, dedup }),
        6 => receive.prop_map(|(fifo, dead, max, visibility_s, attempt)| {
            Step::Receive { fifo, dead, max, visibility_s, attempt }
        }),
        3 => (0..64_usize).prop_map(|which| Step::Delete { which }),
        2 => (0..64_usize, 0..20_u8).prop_map(|(which, seconds)| Step::Change { which, seconds }),
        1 => (any::<bool>(), 0..5_u8).prop_map(|(fifo, seconds)| Step::Delay { fifo, seconds }),
        2 => (any::<bool>(), 1..4_u8).prop_map(|(fifo, rate)| Step::Move { fifo, rate }),
        1 => any::<bool>().prop_map(|fifo| Step::Purge { fifo }),
        1 => (0..2_u8).prop_map(|name| Step::Recreate { name }),
        4 => (0..4_u8, any::<bool>()).prop_map(|(what, fifo)| Step::Ask { what, fifo }),
        5 => prop_oneof![Just(1), Just(1_000), 0..9_000_u64, Just(400_000)]
            .prop_map(|ms| Step::Pass { ms }),
    ]
}

/// An account that lives through all steps, one that is saved and restored between them, and one
/// that only sees what changed something.
pub(super) struct Three {
    now: u64,
    pub(super) one: Sqs,
    pub(super) saved: Sqs,
    pub(super) journal: Vec<(u64, String, Value)>,
    held: Vec<Value>,
}

pub(super) fn account() -> Sqs {
    let mut world = World::new();
    for suffix in ["", ".fifo"] {
        let (url, _) = world.with_dlq(2, suffix);
        world.set(&url, json!({"MessageRetentionPeriod": "300"}));
    }
    let chaos = Delivery::default().with_duplicate(0.3).with_reorder(0.3);
    world.sqs.set_delivery("orders", chaos).unwrap();
    world.sqs
}

fn restored(sqs: &Sqs) -> Sqs {
    let mut json = Vec::new();
    sqs.save(&mut json).unwrap();
    Sqs::restore(&json, ENDPOINT).unwrap()
}

/// Everything there is to know, regardless of the order of maps.
pub(super) fn state(sqs: &Sqs) -> Value {
    let mut json = Vec::new();
    sqs.save(&mut json).unwrap();
    serde_json::from_slice(&json).unwrap()
}

pub(super) fn call(
    sqs: &mut Sqs,
    operation: &str,
    body: &Value,
    now: u64,
) -> Result<Value, SqsError> {
    match operation {
        "Advance" => {
            sqs.advance(now);
            Ok(Value::Null)
        }
        _ => sqs.handle(operation, body.to_string().as_bytes(), now),
    }
}

impl Three {
    pub(super) fn new() -> Self {
        Self {
            now: World::new().now,
            one: account(),
            saved: account(),
            journal: Vec::new(),
            held: Vec::new(),
        }
    }

    pub(super) fn step(&mut self, step: &Step) {
        if let Some((operation, body)) = self.request(step) {
            self.call(operation, &body);
        }
    }

    fn request(&mut self, step: &Step) -> Option<(&'static str, Value)> {
        let source = |fifo: bool| SOURCES[usize::from(fifo)];
        Some(match *step {
            Step::Send { fifo, group, dedup } => {
                let mut body = json!({"QueueUrl": source(fifo), "MessageBody": "hello"});
                if fifo {
                    body["MessageGroupId"] = json!(group.to_string());
                    body["MessageDeduplicationId"] = json!(dedup.to_string());
                } else {
                    body["DelaySeconds"] = json!(dedup);
                    let value = json!({"DataType": "Binary", "BinaryValue": "AAEC"});
                    body["MessageAttributes"] = json!({ "a": value });
                }
                ("SendMessage", body)
            }
            Step::Receive {
                fifo,
                dead,
                max,
                visibility_s,
                attempt,
            } => {
                let names = if dead { DEAD } else { SOURCES };
                let mut body = json!({
                    "QueueUrl": names[usize::from(fifo)], "MaxNumberOfMessages": max,
                    "VisibilityTimeout": visibility_s, "MessageSystemAttributeNames": ["All"],
                });
                if let Some(attempt) = attempt.filter(|_| fifo) {
                    body["ReceiveRequestAttemptId"] = json!(attempt.to_string());
                }
                ("ReceiveMessage", body)
            }
            Step::Delete { which } => ("DeleteMessage", self.holder(which)?),
            Step::Change { which, seconds } => {
                let mut body = self.holder(which)?;
                body["VisibilityTimeout"] = json!(seconds);
                ("ChangeMessageVisibility", body)
            }
            Step::Delay { fifo, seconds } => {
                let attributes = json!({"DelaySeconds": seconds.to_string()});
                let body = json!({"QueueUrl": source(fifo), "Attributes": attributes});
                ("SetQueueAttributes", body)
            }
            Step::Move { fifo, rate } => {
                let body = json!({
                    "SourceArn": arn(DEAD[usize::from(fifo)]),
                    "MaxNumberOfMessagesPerSecond": rate,
                });
                ("StartMessageMoveTask", body)
            }
            Step::Purge { fifo } => ("PurgeQueue", json!({"QueueUrl": source(fifo)})),
            Step::Recreate { name: 0 } => ("DeleteQueue", json!({"QueueUrl": "spare"})),
            Step::Recreate { .. } => ("CreateQueue", json!({"QueueName": "spare"})),
            Step::Ask { what: 0, .. } => ("Advance", Value::Null),
            Step::Ask { what: 1, fifo } => {
                let body = json!({"SourceArn": arn(DEAD[usize::from(fifo)]), "MaxResults": 10});
                ("ListMessageMoveTasks", body)
            }
            Step::Ask { what: 2, .. } => ("ListQueues", json!({})),
            Step::Ask { fifo, .. } => {
                let body = json!({"QueueUrl": source(fifo), "AttributeNames": ["All"]});
                ("GetQueueAttributes", body)
            }
            Step::Pass { ms } => {
                self.now += ms;
                return None;
            }
        })
    }

    fn holder(&self, which: usize) -> Option<Value> {
        let index = which.checked_rem(self.held.len())?;
        Some(self.held[index].clone())
    }

    fn call(&mut self, operation: &str, body: &Value) {
        let before = self.one.fingerprint();
        let answer = call(&mut self.one, operation, body, self.now);
        let found = answer
            .as_ref()
            .is_ok_and(|it| it["Messages"] != Value::Null);
        let asks = ["Get", "List", "Advance"]
            .iter()
            .any(|it| operation.starts_with(it))
            || (operation == "ReceiveMessage"
                && !found
                && body["ReceiveRequestAttemptId"].is_null());
        if before != self.one.fingerprint() || (!asks && answer.is_ok()) {
            self.journal
                .push((self.now, operation.into(), body.clone()));
        }
        self.saved = restored(&self.saved);
        assert_eq!(call(&mut self.saved, operation, body, self.now), answer);
        let messages = answer
            .ok()
            .and_then(|it| it["Messages"].as_array().cloned());
        self.held
            .extend(messages.into_iter().flatten().map(|message| {
                json!({"QueueUrl": body["QueueUrl"], "ReceiptHandle": message["ReceiptHandle"]})
            }));
    }
}
