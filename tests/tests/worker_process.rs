//! The example worker as a process: fed by the local endpoint, asked how it is, and ended by SIGTERM.

#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

mod running_worker;

use std::io::{Read, Write};
use std::net::TcpStream;

use running_worker::{Reports, terminated, until};
use serde_json::Value;

const REPORTS: usize = 8;

#[tokio::test]
#[ignore = "builds the example; .ci/run runs it"]
async fn on_sigterm_the_worker_ends_in_time_with_every_message_done() {
    let reports = Reports::start().await;
    for report in 0..REPORTS {
        // The last ones run when the signal comes.
        let seconds = if report < REPORTS - 2 { 0 } else { 3 };
        reports.send(&format!("r-{report}"), seconds).await;
    }

    let (worker, health) = reports.worker();
    until(async || asked(&health).is_some_and(|it| it.starts_with("HTTP/1.1 200"))).await;
    // None waits any more: all have been received, and the short ones are done.
    reports.until_counts_are((0, 2)).await;

    let log = terminated(worker).await;
    assert_eq!(reports.counts().await, (0, 0), "{log}");
    assert_eq!(log.matches("report written").count(), REPORTS, "{log}");
    assert!(log.contains("the worker stops"), "{log}");
    assert_eq!(processed(&log), REPORTS as f64, "{log}");
}

/// What the health endpoint says, if anything.
fn asked(address: &str) -> Option<String> {
    let mut stream = TcpStream::connect(address).ok()?;
    stream
        .write_all(b"GET /health HTTP/1.1\r\nhost: worker\r\n\r\n")
        .ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok()?;
    Some(answer)
}

/// Messages processed, by the metrics in a log.
fn processed(log: &str) -> f64 {
    let lines = log
        .lines()
        .filter_map(|it| serde_json::from_str::<Value>(it).ok());
    let metrics = lines.filter(|it| it.get("_aws").is_some());
    metrics.filter_map(|it| it["Processed"].as_f64()).sum()
}
