//! Examples worked out by hand, and what must hold for any workload.

#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot go on fails by panicking"
)]

mod by_hand;
mod properties;
mod shown;

use std::time::Duration;

use lambda_queue_simulator::mapping::MappingConfig;

use super::bill::{Bill, Stack, bill};
use super::feed::{Architecture, Encryption, Feed};
use super::prices::Prices;
use super::workload::Workload;

fn feed() -> Feed {
    Feed {
        function: "OrdersFunction".into(),
        queue: "OrdersQueue".into(),
        fifo: false,
        high_throughput: false,
        encryption: Encryption::Sqs,
        key_reuse_s: 300,
        visibility_s: 360,
        retention_s: 345_600,
        delay_s: 0,
        receive_wait_s: 20,
        max_receive_count: Some(5),
        memory_mb: 512,
        architecture: Architecture::X86,
        timeout_s: 60,
        reserved_concurrency: None,
        mapping: MappingConfig::default(),
        has_store: false,
        backoff_s: None,
    }
}

fn workload(messages: f64) -> Workload {
    Workload {
        messages,
        size: 1_000,
        duration: Duration::from_millis(200),
        retry_rate: 0.0,
        duplicate_rate: 0.0,
        handlers: 1,
        send_batch: 1,
        batch_fill: Some(1.0),
        producers: 1,
        workers: None,
        records: None,
        record_bytes: 400,
        effects: 0,
        fair_queue: false,
        metrics: None,
        log_per_message: 0,
        log_per_invocation: 0,
    }
}

fn billed(feed: Feed, workload: Workload) -> Bill {
    let prices = Prices::load(None).unwrap();
    let stack = Stack {
        feeds: vec![(feed, workload)],
        alarms: 0,
        dashboards: 0,
    };
    bill(&stack, prices.of("us-east-1").unwrap(), true)
}

/// Quantity and dollars of a line; nothing where there is no such line.
fn line(bill: &Bill, item: &str) -> (f64, f64) {
    let mut lines = bill
        .feeds
        .iter()
        .flat_map(|it| &it.lines)
        .chain(&bill.shared);
    let found = lines.find(|it| it.used.item == item);
    found.map_or((0.0, 0.0), |it| (it.used.quantity, it.cost))
}

#[track_caller]
fn close(actual: f64, expected: f64) {
    let error = (actual - expected).abs() / expected.abs().max(1.0);
    assert!(error < 1e-9, "{actual} instead of {expected}");
}
