//! Completes every message.

use lambda_queue::{BatchProcessor, Error, HandlerError, MessageContext, run, telemetry};
use serde_json::Value;

async fn handle(_: Value, _: MessageContext) -> Result<(), HandlerError> {
    Ok(())
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    telemetry::init();
    run(BatchProcessor::builder(handle).build()?).await
}
