//! The Lambda function: configuration, clients, and off it goes.

use lambda_queue::{DynamoDbStore, Error, aws_config, run, telemetry};
use {{crate}}::Config;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    telemetry::init();
    let config = Config::from_env()?;
    let aws = aws_config().await;
    let sqs = aws_sdk_sqs::Client::new(&aws);
    let dynamodb = aws_sdk_dynamodb::Client::new(&aws);
    let store = DynamoDbStore::new(dynamodb, &config.queue.idempotency_table);
    run(config.processor(store, &sqs)?).await
}
