//! The Lambda function: configuration, clients, and off it goes.

use lambda_queue::{DynamoDbStore, Error, aws_config, run, telemetry};
use tool_executor::{Clients, Config};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    telemetry::init();
    let config = Config::from_env()?;
    let aws = aws_config().await;
    let clients = Clients {
        dynamodb: aws_sdk_dynamodb::Client::new(&aws),
        s3: aws_sdk_s3::Client::new(&aws),
        sqs: aws_sdk_sqs::Client::new(&aws),
    };
    let store = DynamoDbStore::new(clients.dynamodb.clone(), &config.queue.idempotency_table);
    let tools = config.tools(&clients.dynamodb, config.embedding(&aws))?;
    tools.list().await;
    run(config.processor(tools, store, &clients)?).await
}
