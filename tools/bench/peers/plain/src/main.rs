//! The work of the benchmark as one writes it by hand: the AWS SDK, two conditional writes a message.

mod records;

use std::sync::Arc;

use aws_lambda_events::event::sqs::{BatchItemFailure, SqsBatchResponse, SqsEvent, SqsMessage};
use futures_util::{StreamExt, stream};
use lambda_runtime::{Error, LambdaEvent, run, service_fn};
use serde::Deserialize;
use sha2::{Digest, Sha256};

use records::{Claimed, Records};

const MESSAGES_AT_ONCE: usize = 32;

#[derive(Deserialize)]
struct Order {
    id: String,
    fail: bool,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let records = Arc::new(Records::from_env().await);
    run(service_fn(move |event| {
        handle_batch(records.clone(), event)
    }))
    .await
}

async fn handle_batch(
    records: Arc<Option<Records>>,
    event: LambdaEvent<SqsEvent>,
) -> Result<SqsBatchResponse, Error> {
    let deadline_ms = event.context.deadline;
    let records = (*records).as_ref();
    let failed: Vec<Option<String>> = stream::iter(event.payload.records)
        .map(|message| process(records, message, deadline_ms))
        .buffer_unordered(MESSAGES_AT_ONCE)
        .collect()
        .await;
    let mut response = SqsBatchResponse::default();
    response.batch_item_failures = failed.into_iter().flatten().map(failure).collect();
    Ok(response)
}

fn failure(message_id: String) -> BatchItemFailure {
    let mut failure = BatchItemFailure::default();
    failure.item_identifier = message_id;
    failure
}

/// The id of the message if it failed.
async fn process(records: Option<&Records>, message: SqsMessage, deadline: u64) -> Option<String> {
    let body = message.body.unwrap_or_default();
    match once(records, &body, deadline).await {
        Ok(()) => None,
        Err(error) => {
            eprintln!("{error}");
            message.message_id
        }
    }
}

async fn once(records: Option<&Records>, body: &str, deadline: u64) -> Result<(), Error> {
    let order: Order = serde_json::from_str(body)?;
    let Some(records) = records else {
        return handle(&order, body);
    };
    let claim = match records.claim(&order.id, deadline).await? {
        Claimed::Won(claim) => claim,
        Claimed::Done => return Ok(()),
        Claimed::Busy => return Err("somebody else works on it".into()),
    };
    match handle(&order, body) {
        Ok(()) => records.complete(&claim).await,
        Err(error) => {
            records.release(&claim).await?;
            Err(error)
        }
    }
}

fn handle(order: &Order, body: &str) -> Result<(), Error> {
    std::hint::black_box(Sha256::digest(body));
    match order.fail {
        true => Err("told to fail".into()),
        false => Ok(()),
    }
}
