//! Reports that take hours, in a container: the same handler and processor as in a Lambda function,
//! fed by a worker.
//!
//! Its environment: `QUEUE_URL` and `IDEMPOTENCY_TABLE`; `MAX_CONCURRENCY` (4), `GRACE_SECONDS` (25)
//! and `HEALTH_ADDRESS` (127.0.0.1:8080). README.md beside says how to run and to deploy it.

use std::net::TcpListener;
use std::time::Duration;

use lambda_queue::worker::Worker;
use lambda_queue::{
    Backoff, BatchProcessor, DynamoDbStore, Environment, Error, HandlerError, Idempotency,
    MessageContext, aws_config, telemetry,
};
use serde::Deserialize;
use tokio::time::sleep;

#[derive(Deserialize)]
struct Report {
    report_id: String,
    /// How long it takes.
    seconds: u64,
}

async fn write(report: Report, _context: MessageContext) -> Result<(), HandlerError> {
    // What keeps a processor busy for hours belongs in `lambda_queue::blocking`: heartbeats share
    // this task.
    sleep(Duration::from_secs(report.seconds)).await;
    tracing::info!(report_id = report.report_id, "report written");
    Ok(())
}

#[tokio::main]
async fn main() -> Result<(), Error> {
    telemetry::init();
    let variables = |name: &str| std::env::var(name).ok();
    let mut environment = Environment::new(&variables);
    let url = environment.required("QUEUE_URL", "the URL of the queue of reports");
    let table = environment.required("IDEMPOTENCY_TABLE", "the name of the idempotency table");
    let concurrency = environment.number("MAX_CONCURRENCY", 1..=1_000);
    let grace = environment.number("GRACE_SECONDS", 1..=3_600);
    let health = environment.optional("HEALTH_ADDRESS");
    environment.check(())?;

    let aws = aws_config().await;
    let sqs = aws_sdk_sqs::Client::new(&aws);
    let store = DynamoDbStore::new(aws_sdk_dynamodb::Client::new(&aws), table);
    let reports = Idempotency::new(store, |report: &Report| report.report_id.clone());
    let processor = BatchProcessor::builder(write)
        .idempotency(reports.namespace("reports"))
        .retry(Backoff::default(), sqs.clone())
        .max_concurrency(concurrency.unwrap_or(4))
        .build()?;
    let health = TcpListener::bind(health.as_deref().unwrap_or("127.0.0.1:8080"))?;
    let worker = Worker::new(processor, sqs, url)
        .grace(Duration::from_secs(grace.unwrap_or(25)))
        .health(health);
    Ok(worker.run().await?)
}
