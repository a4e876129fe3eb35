//! What the local environment carries: 100,000 messages through its SQS, an event source mapping
//! and a function that does nothing with them, without loss.
//!
//! Prints messages per second, from the first one sent to the last one deleted, and the peak
//! memory of `lambda-queue` itself. The function is the toolkit's, in processes of its own, and
//! the producer speaks HTTP, so this measures everything a user's messages go through on one
//! machine; figures compare lines of one run. Linux only, as it reads `/proc`.
//!
//! Run it with `cargo bench --package lambda-queue-cli`.

#![allow(clippy::unwrap_used, missing_docs, reason = "a benchmark")]

mod command;
mod producer;

use std::fs;
use std::path::Path;

use command::Command;
use tokio::time::Instant;

const MESSAGES: usize = 100_000;

/// Name, batch size and window of a mapping.
const MAPPINGS: [(&str, u32, u32); 2] = [("as it is, 10", 10, 0), ("1,000 within 1 s", 1_000, 1)];

#[tokio::main]
async fn main() {
    command::build_function();
    println!("{MESSAGES} messages of 100 bytes, by the mapping's batch size");
    println!(
        "{:>18}  {:>12}  {:>12}  {:>12}",
        "batch", "sent/s", "completed/s", "peak memory"
    );
    for (name, batch_size, window) in MAPPINGS {
        let folder = tempfile::tempdir().unwrap();
        fs::write(
            folder.path().join("template.yaml"),
            template(batch_size, window),
        )
        .unwrap();
        let mut command = Command::start(folder.path()).await;
        let started = Instant::now();
        producer::send(&command.address, "lambda-queue-Jobs", MESSAGES).await;
        let sent = started.elapsed().as_secs_f64();
        let (summary, peak_bytes) = command.finish().await;
        let queue = &summary["queues"][0];
        assert_eq!(queue["completed"], MESSAGES, "{summary}");
        assert_eq!(queue["left"], 0, "{summary}");
        // It ends after a second in which nothing happened.
        let completed = started.elapsed().as_secs_f64() - 1.0;
        let per_second = |seconds: f64| (MESSAGES as f64 / seconds).round();
        println!(
            "{name:>18}  {:>12}  {:>12}  {:>9} MB",
            per_second(sent),
            per_second(completed),
            peak_bytes / 1_000_000,
        );
    }
}

fn template(batch_size: u32, window: u32) -> String {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    format!(
        "Resources:
  Jobs:
    Type: AWS::SQS::Queue
    Properties: {{VisibilityTimeout: 60}}
  Work:
    Type: AWS::Serverless::Function
    Metadata: {{BuildProperties: {{Binary: no-op}}}}
    Properties:
      CodeUri: {}
      Timeout: 10
      Events:
        Jobs:
          Type: SQS
          Properties:
            Queue: !GetAtt Jobs.Arn
            BatchSize: {batch_size}
            MaximumBatchingWindowInSeconds: {window}
            FunctionResponseTypes: [ReportBatchItemFailures]
",
        workspace.display()
    )
}
