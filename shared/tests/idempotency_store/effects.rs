//! Handlers whose writes are committed with their completions, on a real store.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use aws_lambda_events::event::sqs::{SqsEvent, SqsMessage};
use aws_sdk_dynamodb::types::{AttributeValue, Put};
use lambda_queue::{
    BatchProcessor, Deadline, Handler, HandlerError, Idempotency, MessageContext, Outcome,
};

use crate::commits::{counting, text};
use crate::dynamodb::{DynamoDb, NOTES};
use crate::faults::{Fault, TRANSACTION, every, first};

/// Appends a line to a transcript and counts it.
#[derive(Clone, Default)]
struct Scribe(Arc<AtomicUsize>);

impl Handler<String> for Scribe {
    type Output = usize;

    async fn handle(&self, line: String, context: MessageContext) -> Result<usize, HandlerError> {
        let run = self.0.fetch_add(1, Ordering::SeqCst);
        let entry = Put::builder().table_name(NOTES).item("note", text(&line));
        let entry = entry.item("run", AttributeValue::N(run.to_string()));
        let effects = context.effects()?;
        effects.put(entry.build()?)?.update(counting("lines"))?;
        Ok(run)
    }
}

fn processor(db: &DynamoDb, scribe: &Scribe) -> BatchProcessor<String, Scribe> {
    let idempotency = Idempotency::new(db.with_defaults(), |line: &String| line.clone());
    BatchProcessor::builder(scribe.clone())
        .idempotency(idempotency.namespace("lines"))
        .store_output()
        .build()
        .unwrap()
}

async fn deliver(db: &DynamoDb, scribe: &Scribe, lines: &[&str]) -> Vec<Outcome> {
    let message = |(n, line): (usize, &&str)| {
        let mut message = SqsMessage::default();
        message.message_id = Some(format!("m{n}"));
        message.body = Some(format!("{line:?}"));
        message
    };
    let mut event = SqsEvent::default();
    event.records = lines.iter().enumerate().map(message).collect();
    let report = processor(db, scribe)
        .process(event, Deadline::unknown())
        .await;
    report.messages.iter().map(|one| one.outcome).collect()
}

#[tokio::test]
async fn a_handlers_writes_are_made_once_however_often_its_message_comes() {
    let (db, scribe) = (DynamoDb::start().await, Scribe::default());
    use Outcome::{Processed, Replayed};
    let outcomes = deliver(&db, &scribe, &["a", "b", "a"]).await;
    assert_eq!(outcomes, [Processed, Processed, Replayed]);
    assert_eq!(db.http.count(TRANSACTION), 2);
    let outcomes = deliver(&db, &scribe, &["b", "a"]).await;
    assert_eq!(outcomes, [Replayed, Replayed]);
    assert_eq!(db.count("lines"), 2);
    assert_eq!(scribe.0.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn a_conflict_between_messages_of_a_batch_is_settled_without_the_queue() {
    let (db, scribe) = (DynamoDb::start().await, Scribe::default());
    let conflict = Fault::Cancel(&["None", "None", "TransactionConflict"]);
    db.http.inject(move |call| {
        (call.operation == TRANSACTION && call.before < 2).then(|| conflict.clone())
    });
    let outcomes = deliver(&db, &scribe, &["a", "b"]).await;
    assert_eq!(outcomes, [Outcome::Processed, Outcome::Processed]);
    assert_eq!(db.count("lines"), 2);
}

#[tokio::test]
async fn a_cancelled_commit_runs_its_handler_again_at_the_next_delivery() {
    let (db, scribe) = (DynamoDb::start().await, Scribe::default());
    let refused = Fault::Cancel(&["None", "ConditionalCheckFailed", "None"]);
    db.http.inject(first(TRANSACTION, refused));
    assert_eq!(deliver(&db, &scribe, &["a"]).await, [Outcome::Retry]);
    assert_eq!(db.count("lines"), 0);
    assert_eq!(deliver(&db, &scribe, &["a"]).await, [Outcome::Processed]);
    assert_eq!(db.count("lines"), 1);
    assert_eq!(db.note("a").unwrap()["run"]["N"], "1");
}

#[tokio::test]
async fn a_commit_that_was_made_but_never_answered_is_replayed() {
    let (db, scribe) = (DynamoDb::start().await, Scribe::default());
    db.http.inject(every(TRANSACTION, Fault::LoseAnswer));
    assert_eq!(deliver(&db, &scribe, &["a"]).await, [Outcome::Retry]);
    db.http.heal();
    assert_eq!(deliver(&db, &scribe, &["a"]).await, [Outcome::Replayed]);
    assert_eq!(db.count("lines"), 1);
}
