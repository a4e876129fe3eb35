//! The event files through the function, with idempotency records in memory.

use std::error::Error;
use std::path::Path;

use aws_lambda_events::event::sqs::SqsEvent;
use lambda_queue::{BatchProcessor, BatchReport, Deadline, MemoryStore, Outcome};
use {{crate}}::{Config, Message, {{Name}}};

#[tokio::test]
async fn messages_are_handled_once() -> Result<(), Box<dyn Error>> {
    let function = function()?;
    let first = deliver(&function, "success").await?;
    assert_eq!(first.count(Outcome::Processed), 2);
    let second = deliver(&function, "success").await?;
    assert_eq!(second.count(Outcome::Replayed), 2);
    Ok(())
}

#[tokio::test]
async fn a_message_without_text_is_reported() -> Result<(), Box<dyn Error>> {
    let response = deliver(&function()?, "poison").await?.into_response()?;
    assert_eq!(response.batch_item_failures.len(), 1);
    Ok(())
}

/// Without a dead-letter queue, so that failures are reported.
fn function() -> Result<BatchProcessor<Message, {{Name}}>, Box<dyn Error>> {
    let table = |name: &str| (name == "IDEMPOTENCY_TABLE").then(|| "in memory".to_owned());
    let sqs = aws_sdk_sqs::Config::builder()
        .behavior_version(aws_sdk_sqs::config::BehaviorVersion::latest())
        .build();
    let sqs = aws_sdk_sqs::Client::from_conf(sqs);
    Ok(Config::read(&table)?.processor(MemoryStore::new(), &sqs)?)
}

async fn deliver(
    function: &BatchProcessor<Message, {{Name}}>,
    scenario: &str,
) -> Result<BatchReport, Box<dyn Error>> {
    let events = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../events");
    let file = events.join(format!("sqs-{{name}}-{scenario}.json"));
    let event: SqsEvent = serde_json::from_str(&std::fs::read_to_string(file)?)?;
    Ok(function.process(event, Deadline::unknown()).await)
}
