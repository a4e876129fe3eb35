//! A function that needs nothing of the toolkit's features: `tests/tests/sizes.rs` looks at how large it
//! is with them and without.

use lambda_queue::{BatchProcessor, Error, HandlerError, MessageContext, run, telemetry};
use serde::Deserialize;

#[derive(Deserialize)]
struct Order {
    id: String,
}

async fn handle(order: Order, _: MessageContext) -> Result<(), HandlerError> {
    tracing::info!(id = order.id, "handled");
    Ok(())
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    telemetry::init();
    run(BatchProcessor::builder(handle).build()?).await
}
