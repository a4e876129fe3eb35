//! Whatever happens between queues, every message is somewhere, once.

use lambda_queue_simulator::sqs::Delivery;
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::world::{World, arn, held, redrive};

#[derive(Clone, Debug)]
enum Step {
    Send { queue: usize, count: u8 },
    Receive { queue: usize, max: u32 },
    Delete { which: usize },
    Hide { which: usize, seconds: u32 },
    Move { queue: usize, rate: u32 },
    Purge { queue: usize },
    Pass { ms: u64 },
}

fn step() -> impl Strategy<Value = Step> {
    let queue = 0_usize..3;
    prop_oneof![
        4 => (queue.clone(), 1_u8..5).prop_map(|(queue, count)| Step::Send { queue, count }),
        6 => (queue.clone(), 1_u32..=10).prop_map(|(queue, max)| Step::Receive { queue, max }),
        3 => (0_usize..64).prop_map(|which| Step::Delete { which }),
        2 => (0_usize..64, 0_u32..60).prop_map(|(which, seconds)| Step::Hide { which, seconds }),
        2 => (queue.clone(), 1_u32..=5).prop_map(|(queue, rate)| Step::Move { queue, rate }),
        1 => queue.prop_map(|queue| Step::Purge { queue }),
        5 => (0_u64..60_000).prop_map(|ms| Step::Pass { ms }),
    ]
}

/// `orders` dead-letters to `dead`, which dead-letters to `last`.
struct Chain {
    world: World,
    names: [String; 3],
    received: Vec<(String, Value)>,
    sent: u64,
}

impl Chain {
    fn new(suffix: &str) -> Self {
        let mut world = World::new();
        let names = ["orders", "dead", "last"].map(|name| format!("{name}{suffix}"));
        for name in names.iter().rev() {
            let mut attributes = json!({"MessageRetentionPeriod": "600"});
            if suffix == ".fifo" {
                attributes["FifoQueue"] = json!("true");
            }
            world.create(name, attributes);
            let delivery = Delivery::default().with_duplicate(0.2).with_reorder(0.3);
            world.sqs.set_delivery(name, delivery).unwrap();
        }
        world.set(&names[0], json!({"RedrivePolicy": redrive(&names[1], 2)}));
        world.set(&names[1], json!({"RedrivePolicy": redrive(&names[2], 3)}));
        Self {
            world,
            names,
            received: Vec::new(),
            sent: 0,
        }
    }

    fn step(&mut self, step: &Step) {
        match *step {
            Step::Send { queue, count } => {
                for _ in 0..count {
                    self.send(queue);
                }
            }
            Step::Receive { queue, max } => {
                let name = self.names[queue].clone();
                let messages = self.world.receive(&name, max);
                self.received
                    .extend(messages.into_iter().map(|message| (name.clone(), message)));
            }
            Step::Delete { which } => self.on(which, "DeleteMessage", 0),
            Step::Hide { which, seconds } => self.on(which, "ChangeMessageVisibility", seconds),
            // Refusals (a task runs, a purge was too soon, no dead-letter queue) are part of it.
            Step::Move { queue, rate } => {
                let source = arn(&self.names[queue]);
                let request = json!({"SourceArn": source, "MaxNumberOfMessagesPerSecond": rate});
                let _ = self.world.try_call("StartMessageMoveTask", request);
            }
            Step::Purge { queue } => {
                let request = json!({"QueueUrl": self.names[queue]});
                let _ = self.world.try_call("PurgeQueue", request);
            }
            Step::Pass { ms } => self.world.pass(ms),
        }
    }

    fn send(&mut self, queue: usize) {
        self.sent += 1;
        let (name, group) = (self.names[queue].clone(), (self.sent % 3).to_string());
        if name.ends_with(".fifo") {
            self.world.send_to(&name, &group, &self.sent.to_string());
        } else {
            self.world.send(&name, &self.sent.to_string());
        }
    }

    fn on(&mut self, which: usize, operation: &str, seconds: u32) {
        let Some((name, message)) = self.received.get(which) else {
            return;
        };
        let mut request = held(name, message);
        request["VisibilityTimeout"] = json!(seconds);
        let _ = self.world.try_call(operation, request);
    }

    fn check(&mut self) {
        let (mut sent, mut arrived, mut left) = (0, 0, 0);
        for name in self.names.clone() {
            let queue = self.world.snapshot(&name);
            let it = queue.counters;
            let gone = it.deleted + it.expired + it.dead_lettered + it.moved + it.purged;
            assert_eq!(
                it.sent + it.arrived,
                gone + queue.messages.len() as u64,
                "{name}"
            );
            let copies = (it.copies - it.copies_ended) as usize;
            let counted = queue.visible + queue.in_flight + queue.delayed;
            assert_eq!(counted, queue.messages.len() + copies, "{name}");
            sent += it.sent;
            arrived += it.arrived;
            left += it.dead_lettered + it.moved;
        }
        assert_eq!(sent, self.sent);
        assert_eq!(arrived, left, "what leaves a queue arrives in another");
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 96, failure_persistence: None, ..Default::default()
    })]

    #[test]
    fn nothing_is_lost_between_standard_queues(steps in prop::collection::vec(step(), 1..100)) {
        let mut chain = Chain::new("");
        for step in &steps {
            chain.step(step);
            chain.check();
        }
    }

    #[test]
    fn nothing_is_lost_between_fifo_queues(steps in prop::collection::vec(step(), 1..100)) {
        let mut chain = Chain::new(".fifo");
        for step in &steps {
            chain.step(step);
            chain.check();
        }
    }
}
