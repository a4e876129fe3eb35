//! The work of the benchmark, by lambda-queue as its README has it.

use lambda_queue::{
    BatchProcessor, DynamoDbStore, Error, HandlerError, Idempotency, MessageContext, aws_config,
    run, telemetry,
};
use serde::Deserialize;
use sha2::{Digest, Sha256};

#[derive(Deserialize)]
struct Order {
    id: String,
    fail: bool,
}

async fn handle(order: Order, context: MessageContext) -> Result<(), HandlerError> {
    std::hint::black_box(Sha256::digest(context.message().body()));
    match order.fail {
        true => Err(HandlerError::retryable("told to fail")),
        false => Ok(()),
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    telemetry::init();
    let processor = BatchProcessor::builder(handle);
    let processor = match store().await {
        None => processor,
        Some(store) => {
            processor.idempotency(Idempotency::new(store, |order: &Order| order.id.clone()))
        }
    };
    run(processor.build()?).await
}

/// The store in the way that `STORE` names; none for `none`.
async fn store() -> Option<DynamoDbStore> {
    let way = std::env::var("STORE").unwrap_or_default();
    if way == "none" {
        return None;
    }
    let client = aws_sdk_dynamodb::Client::new(&aws_config().await);
    let store = DynamoDbStore::new(client, "idempotency");
    Some(match way.as_str() {
        "single" => store.single_up_to(usize::MAX),
        "batched" => store.single_up_to(0),
        _ => store,
    })
}
