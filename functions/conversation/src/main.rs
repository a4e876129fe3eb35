//! The Lambda function: configuration, clients, and off it goes.

use conversation::Config;
use lambda_queue::{DynamoDbStore, Error, aws_config, run, telemetry};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    telemetry::init();
    let config = Config::from_env()?;
    let aws = aws_config().await;
    let dynamodb = aws_sdk_dynamodb::Client::new(&aws);
    let sqs = aws_sdk_sqs::Client::new(&aws);
    let store = DynamoDbStore::new(dynamodb.clone(), &config.queue.idempotency_table);
    run(config.processor(store, dynamodb, &sqs)?).await
}
