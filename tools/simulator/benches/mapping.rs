//! What a mapping costs: deliveries a second through the state machine alone, on one thread.
//!
//! `cargo bench --package lambda-queue-simulator --bench mapping`

#![allow(clippy::unwrap_used)]

use std::collections::VecDeque;

use divan::Bencher;
use divan::counter::ItemsCount;
use lambda_queue_simulator::mapping::{
    Action, EventSourceMapping, FunctionFacts, InvocationResult, MappingConfig, QueueFacts,
    ReceivedMessage,
};

const MESSAGES: usize = 100_000;

fn main() {
    divan::main();
}

#[divan::bench(args = [(1, 0), (10, 0), (1_000, 5)], sample_count = 10)]
fn standard_queue(bencher: Bencher, (batch_size, window_seconds): (u32, u32)) {
    let config = MappingConfig {
        batch_size,
        window_seconds,
        ..MappingConfig::default()
    };
    deliver_all(bencher, "documents", config);
}

#[divan::bench(sample_count = 10)]
fn fifo_queue(bencher: Bencher) {
    deliver_all(bencher, "documents.fifo", MappingConfig::default());
}

#[divan::bench(sample_count = 10)]
fn standard_queue_with_a_filter(bencher: Bencher) {
    let config = MappingConfig {
        filters: vec![r#"{"body":{"kind":["document"],"pages":[{"numeric":[">",0]}]}}"#.into()],
        ..MappingConfig::default()
    };
    deliver_all(bencher, "documents", config);
}

fn deliver_all(bencher: Bencher, queue: &str, config: MappingConfig) {
    bencher
        .counter(ItemsCount::new(MESSAGES))
        .with_inputs(|| {
            (
                mapping(queue, config.clone()),
                (0..MESSAGES).map(message).collect(),
            )
        })
        .bench_local_values(|(mapping, messages)| deliver(mapping, messages));
}

/// Hands out all messages and lets every invocation succeed at once.
fn deliver(mut mapping: EventSourceMapping, messages: Vec<ReceivedMessage>) -> EventSourceMapping {
    let mut messages = messages.into_iter();
    let mut actions = VecDeque::from(mapping.wake(0));
    let mut now = 0;
    while mapping.counters().deleted < MESSAGES as u64 {
        match actions.pop_front() {
            Some(Action::Receive {
                poller,
                max_messages,
                ..
            }) if messages.len() > 0 => {
                let some = messages.by_ref().take(max_messages as usize).collect();
                actions.extend(mapping.received(poller, some, now));
            }
            Some(Action::Invoke { id, .. }) => {
                let success = InvocationResult::Response(b"null".to_vec());
                actions.extend(mapping.invocation_finished(id, success, now));
            }
            Some(_) => {}
            None => {
                now = mapping.next_wakeup(now).unwrap();
                actions = mapping.wake(now).into();
            }
        }
    }
    mapping
}

fn mapping(queue: &str, config: MappingConfig) -> EventSourceMapping {
    let queue = QueueFacts {
        arn: format!("arn:aws:sqs:eu-west-1:123456789012:{queue}"),
        visibility_timeout_seconds: 180,
    };
    let function = FunctionFacts {
        timeout_seconds: 30,
        reserved_concurrency: None,
    };
    EventSourceMapping::create(config, queue, function, 1).unwrap()
}

fn message(number: usize) -> ReceivedMessage {
    let attributes = [
        ("ApproximateReceiveCount", "1".to_owned()),
        ("SentTimestamp", "1545082649183".to_owned()),
        ("SenderId", "AIDAIENQZJOLO23YVJ4VO".to_owned()),
        (
            "ApproximateFirstReceiveTimestamp",
            "1545082649185".to_owned(),
        ),
        ("MessageGroupId", (number % 100).to_string()),
    ];
    ReceivedMessage {
        message_id: format!("059f36b4-87a3-44ab-83d2-{number:012}"),
        receipt_handle: format!("AQEBwJnKyrHigUMZj6rYigCgxlaS3SLy0a{number}"),
        body: r#"{"kind":"document","key":"a/b.pdf","pages":3}"#.into(),
        attributes: attributes.map(|(name, value)| (name.into(), value)).into(),
        md5_of_body: "e4e68fb7bd0e697a0ae8f1bb342846b3".into(),
        ..ReceivedMessage::default()
    }
}
