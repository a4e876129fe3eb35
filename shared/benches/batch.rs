//! What a batch costs: time and allocations per batch of 10, 1,000 and 10,000 messages of 1 KB.
//!
//! Everything runs on one thread, so that time is CPU time. `max alloc` is the most memory held at
//! once on top of the event itself; divide by the batch size for a message's share. DynamoDB is
//! the real store and SDK in front of a connector that answers "done" at once, so that what is
//! measured is this side of the network.
//!
//! Run it with `cargo bench --package lambda-queue`.

#![allow(clippy::unwrap_used, missing_docs, reason = "a benchmark")]

mod dynamodb_stub;

use aws_lambda_events::event::sqs::{SqsEvent, SqsMessage};
use divan::counter::ItemsCount;
use divan::{AllocProfiler, Bencher};
use lambda_queue::idempotency::DynamoDbStore;
use lambda_queue::{
    BatchProcessor, Clock, Deadline, Handler, HandlerError, Idempotency, IdempotencyStore,
    MemoryStore, MessageContext, Outcome,
};
use serde::Deserialize;

#[global_allocator]
static ALLOCATOR: AllocProfiler = AllocProfiler::system();

const SIZES: [usize; 3] = [10, 1000, 10_000];

fn main() {
    divan::main();
}

#[derive(Deserialize)]
struct Order {
    id: u64,
    #[expect(dead_code, reason = "it is there to be decoded")]
    text: String,
}

async fn handle(order: Order, _: MessageContext) -> Result<u64, HandlerError> {
    Ok(order.id)
}

#[divan::bench(args = SIZES)]
fn no_store(bencher: Bencher<'_, '_>, messages: usize) {
    process(bencher, messages, || {
        BatchProcessor::builder(handle).build().unwrap()
    });
}

#[divan::bench(args = SIZES)]
fn memory(bencher: Bencher<'_, '_>, messages: usize) {
    process(bencher, messages, || with_store(MemoryStore::new()));
}

#[divan::bench(args = SIZES)]
fn dynamodb_batched(bencher: Bencher<'_, '_>, messages: usize) {
    let store = DynamoDbStore::new(dynamodb_stub::client(), "idempotency").single_up_to(0);
    process(bencher, messages, || with_store(store.clone()));
}

#[divan::bench(args = SIZES)]
fn dynamodb_single(bencher: Bencher<'_, '_>, messages: usize) {
    let store = DynamoDbStore::new(dynamodb_stub::client(), "idempotency").single_up_to(usize::MAX);
    process(bencher, messages, || with_store(store.clone()));
}

fn with_store(store: impl IdempotencyStore) -> BatchProcessor<Order, impl Handler<Order>> {
    let idempotency = Idempotency::new(store, |order: &Order| order.id).namespace("bench");
    BatchProcessor::builder(handle)
        .idempotency(idempotency)
        .build()
        .unwrap()
}

fn process<H: Handler<Order>>(
    bencher: Bencher<'_, '_>,
    messages: usize,
    processor: impl Fn() -> BatchProcessor<Order, H>,
) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    bencher
        .counter(ItemsCount::new(messages))
        .with_inputs(|| (processor(), event(messages)))
        .bench_local_values(|(processor, event)| {
            let deadline = Deadline::at_epoch_ms(u64::MAX / 2, &Clock::starting_at(0));
            let report = runtime.block_on(processor.process(event, deadline));
            assert_eq!(report.count(Outcome::Processed), messages);
            report
        });
}

fn event(messages: usize) -> SqsEvent {
    let text = "x".repeat(1000);
    let mut event = SqsEvent::default();
    event.records = (0..messages)
        .map(|id| {
            let mut message = SqsMessage::default();
            message.message_id = Some(format!("message-{id}"));
            message.body = Some(format!(r#"{{"id":{id},"text":"{text}"}}"#));
            message.event_source_arn = Some("arn:aws:sqs:eu-west-1:123456789012:orders".to_owned());
            message
        })
        .collect();
    event
}
