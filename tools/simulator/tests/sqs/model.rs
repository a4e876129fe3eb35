//! Random histories against a deliberately naive reference: a list, scanned from its start.

mod reference;

use std::collections::HashMap;

use lambda_queue_simulator::sqs::{Delivery, MessageState};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::world::{World, held};
use reference::Reference;

const MAX_RECEIVES: u32 = 3;

#[derive(Clone, Debug)]
enum Step {
    Send { group: u8, dedup: u8, delay_s: u64 },
    Receive { max: u32, visibility_s: u64 },
    Delete { which: usize },
    Change { which: usize, seconds: u64 },
    Pass { ms: u64 },
}

fn step() -> impl Strategy<Value = Step> {
    let seconds = prop_oneof![Just(0), Just(5), 1_u64..40, Just(43_200)];
    prop_oneof![
        4 => (0_u8..3, 0_u8..20, 0_u64..8)
            .prop_map(|(group, dedup, delay_s)| Step::Send { group, dedup, delay_s }),
        4 => (1_u32..=4, prop_oneof![Just(0), 1_u64..30])
            .prop_map(|(max, visibility_s)| Step::Receive { max, visibility_s }),
        3 => (0_usize..64).prop_map(|which| Step::Delete { which }),
        2 => (0_usize..64, seconds).prop_map(|(which, seconds)| Step::Change { which, seconds }),
        3 => prop_oneof![Just(1), Just(1_000), 0_u64..40_000, Just(300_000)]
            .prop_map(|ms| Step::Pass { ms }),
    ]
}

/// The real queue and the reference, side by side.
struct Both {
    world: World,
    url: String,
    dlq: String,
    fifo: bool,
    reference: Reference,
    /// By number, the id a message got; and by id, the batch that last delivered it.
    ids: Vec<String>,
    batches: HashMap<String, usize>,
    receipts: Vec<(reference::Receipt, Value)>,
}

impl Both {
    fn new(fifo: bool) -> Self {
        let mut world = World::new();
        let (url, dlq) = world.with_dlq(MAX_RECEIVES, if fifo { ".fifo" } else { "" });
        let retention_s = 600;
        world.set(
            &url,
            json!({"MessageRetentionPeriod": retention_s.to_string()}),
        );
        if fifo {
            world.set(&url, json!({"DelaySeconds": "3"}));
        }
        let reference = Reference::new(fifo, retention_s * 1_000, MAX_RECEIVES);
        let (ids, batches, receipts) = (Vec::new(), HashMap::new(), Vec::new());
        Self {
            world,
            url,
            dlq,
            fifo,
            reference,
            ids,
            batches,
            receipts,
        }
    }

    fn step(&mut self, step: &Step) {
        match *step {
            Step::Send {
                group,
                dedup,
                delay_s,
            } => self.send(group, dedup, delay_s),
            Step::Receive { max, visibility_s } => self.receive(max, visibility_s),
            Step::Delete { which } => self.delete(which),
            Step::Change { which, seconds } => self.change(which, seconds),
            Step::Pass { ms } => self.world.pass(ms),
        }
        self.compare();
    }

    fn send(&mut self, group: u8, dedup: u8, delay_s: u64) {
        let number = self.reference.next_number();
        let mut message = json!({
            "QueueUrl": self.url, "MessageBody": number.to_string(),
            "MessageGroupId": group.to_string(),
        });
        if self.fifo {
            message["MessageDeduplicationId"] = json!(dedup.to_string());
        } else {
            message["DelaySeconds"] = json!(delay_s);
        }
        let sent = self.world.call("SendMessage", message);
        let id = sent["MessageId"].as_str().unwrap().to_owned();
        let delay_s = if self.fifo { 3 } else { delay_s };
        let expected = self
            .reference
            .send(self.world.now, group, dedup, delay_s * 1_000);
        if expected == self.ids.len() {
            assert!(!self.ids.contains(&id));
            self.ids.push(id);
        } else {
            assert_eq!(self.ids[expected], id, "a duplicate has the original's id");
        }
    }

    fn receive(&mut self, max: u32, visibility_s: u64) {
        let request = json!({"MaxNumberOfMessages": max, "VisibilityTimeout": visibility_s});
        let received = self.world.receive_with(&self.url, request);
        let expected = self
            .reference
            .receive(self.world.now, max as usize, visibility_s * 1_000);
        let seen = |message: &Value| {
            let number = self
                .ids
                .iter()
                .position(|id| message["MessageId"] == **id)
                .unwrap();
            let count = message["Attributes"]["ApproximateReceiveCount"]
                .as_str()
                .unwrap();
            (number, count.parse().unwrap())
        };
        let seen: Vec<(usize, u32)> = received.iter().map(seen).collect();
        let wanted: Vec<_> = expected.iter().map(|it| (it.number, it.receive)).collect();
        assert_eq!(seen, wanted);
        let batch = self.receipts.len();
        for message in &received {
            self.batches
                .insert(message["MessageId"].as_str().unwrap().into(), batch);
        }
        self.receipts.extend(expected.into_iter().zip(received));
    }

    fn delete(&mut self, which: usize) {
        let Some((receipt, message)) = self.receipts.get(which) else {
            return;
        };
        let result = self
            .world
            .try_call("DeleteMessage", held(&self.url, message));
        assert_eq!(
            result.is_ok(),
            self.reference.delete(self.world.now, *receipt)
        );
    }

    fn change(&mut self, which: usize, seconds: u64) {
        let Some((receipt, message)) = self.receipts.get(which) else {
            return;
        };
        let mut request = held(&self.url, message);
        request["VisibilityTimeout"] = json!(seconds);
        let result = self.world.try_call("ChangeMessageVisibility", request);
        let changed = self
            .reference
            .change(self.world.now, *receipt, seconds * 1_000);
        assert_eq!(result.is_ok(), changed, "{result:?}");
    }

    fn compare(&mut self) {
        let now = self.world.now;
        assert_eq!(self.world.counts(&self.url), self.reference.counts(now));
        let dead = self.world.snapshot(&self.dlq);
        let dead: Vec<_> = dead.messages.iter().map(|it| &*it.message_id).collect();
        let expected = self.reference.dead.iter().map(|&number| &*self.ids[number]);
        assert_eq!(dead, expected.collect::<Vec<_>>());
        self.nothing_is_lost();
        if self.fifo {
            self.one_holder_a_group();
        }
    }

    fn nothing_is_lost(&mut self) {
        let queue = self.world.snapshot(&self.url);
        let it = queue.counters;
        assert_eq!(it.sent, self.ids.len() as u64);
        assert_eq!(
            it.sent,
            it.deleted + it.expired + it.dead_lettered + queue.messages.len() as u64
        );
        assert_eq!(
            queue.messages.len(),
            queue.visible + queue.in_flight + queue.delayed
        );
    }

    /// All messages of a group that are in flight were delivered by one receive.
    fn one_holder_a_group(&mut self) {
        let mut holders = HashMap::new();
        for message in self.world.snapshot(&self.url).messages {
            if matches!(message.state, MessageState::InFlight { .. }) {
                let batch = self.batches[&*message.message_id];
                assert_eq!(*holders.entry(message.group).or_insert(batch), batch);
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 192, failure_persistence: None, ..Default::default() })]

    #[test]
    fn a_standard_queue_behaves_as_the_naive_reference(steps in prop::collection::vec(step(), 1..120)) {
        let mut both = Both::new(false);
        steps.iter().for_each(|step| both.step(step));
    }

    #[test]
    fn a_fifo_queue_behaves_as_the_naive_reference(steps in prop::collection::vec(step(), 1..120)) {
        let mut both = Both::new(true);
        steps.iter().for_each(|step| both.step(step));
    }

    #[test]
    fn under_chaos_every_message_is_delivered_and_none_is_lost(
        count in 1_usize..40,
        duplicate in 0.0..1.0,
        reorder in 0.0..1.0,
        keep in prop::collection::vec(any::<bool>(), 40),
    ) {
        let mut world = World::new();
        let url = world.queue();
        let delivery = Delivery::default().with_duplicate(duplicate).with_reorder(reorder);
        world.sqs.set_delivery(&url, delivery).unwrap();
        let mut waiting: Vec<_> = (0..count).map(|n| world.send(&url, &n.to_string())).collect();
        let mut rounds = 0;
        while world.snapshot(&url).messages.iter().any(|_| true) {
            for (n, message) in world.receive(&url, 10).iter().enumerate() {
                waiting.retain(|id| message["MessageId"] != **id);
                if !keep[(n + rounds) % keep.len()] || rounds > 100 {
                    world.delete(&url, message);
                }
            }
            rounds += 1;
            world.pass(10_000);
        }
        prop_assert!(waiting.is_empty());
        prop_assert_eq!(world.snapshot(&url).counters.deleted, count as u64);
    }
}
