//! Lambda's event: whatever its messages are, each comes to one outcome, and a second delivery repeats nothing.

use aws_lambda_events::event::sqs::SqsEvent;
use lambda_queue::{
    BatchProcessor, Deadline, HandlerError, Idempotency, MemoryStore, MessageContext, Outcome,
};
use serde_json::Value;

use crate::batch::{check_report, outcomes, run};

const MOST: usize = 64;

pub(crate) fn check(data: &[u8]) {
    let Ok(event) = serde_json::from_slice::<SqsEvent>(data) else {
        return;
    };
    if event.records.len() > MOST {
        return;
    }
    let idempotency = Idempotency::new(MemoryStore::new(), Value::clone).namespace("fuzz");
    let processor = BatchProcessor::builder(handle).idempotency(idempotency);
    let processor = processor.build().unwrap();

    let first = run(processor.process(event.clone(), Deadline::unknown()));
    let second = run(processor.process(event.clone(), Deadline::unknown()));
    for (before, after) in outcomes(&first).into_iter().zip(outcomes(&second)) {
        let expected = match before {
            Outcome::Processed => Outcome::Replayed,
            // The handler decides by the body.
            same => same,
        };
        assert_eq!(after, expected);
    }
    check_report(&event, first);
    check_report(&event, second);
}

/// Fails some, always the same ones.
async fn handle(body: Value, _: MessageContext) -> Result<(), HandlerError> {
    match body.to_string().len() % 5 {
        3 => Err(HandlerError::retryable("as its length says")),
        4 => Err(HandlerError::permanent("as its length says")),
        _ => Ok(()),
    }
}
