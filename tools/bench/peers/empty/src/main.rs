//! A function that does nothing: what `lambda_runtime` costs by itself.

use lambda_runtime::{Error, LambdaEvent, run, service_fn};
use serde_json::Value;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    run(service_fn(nothing)).await
}

async fn nothing(_: LambdaEvent<Value>) -> Result<(), Error> {
    Ok(())
}
