//! The Lambda function: configuration, clients, and off it goes.

use ingestion::Config;
use lambda_queue::{DynamoDbStore, Error, aws_config, run, telemetry};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    telemetry::init();
    // Parsers that use the `log` crate tell what they read, and so do panics.
    log::set_max_level(log::LevelFilter::Off);
    std::panic::set_hook(Box::new(|panic| {
        let at = panic.location().map(ToString::to_string);
        tracing::error!(at, "panicked");
    }));
    let config = Config::from_env()?;
    let aws = aws_config().await;
    let dynamodb = aws_sdk_dynamodb::Client::new(&aws);
    let s3 = aws_sdk_s3::Client::new(&aws);
    let sqs = aws_sdk_sqs::Client::new(&aws);
    let store = DynamoDbStore::new(dynamodb.clone(), &config.queue.idempotency_table);
    let embedding = config.embedding(&aws);
    if let Some(embedding) = &embedding {
        tracing::info!(model = embedding.model(), "chunks are embedded");
    }
    run(config.processor(store, dynamodb, s3, &sqs, embedding)?).await
}
