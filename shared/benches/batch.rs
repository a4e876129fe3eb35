//! What a batch costs: CPU time and peak memory per message, for batches of 10, 1,000 and 10,000
//! messages of 1 KB, without a store and on each of them.
//!
//! CPU is that of the whole process, user and system. Peak memory is what is held at once on top
//! of the event itself. DynamoDB is the real store and SDK in front of a connector that answers
//! "done" at once, so that what is measured is this side of the network. Figures are medians; they
//! compare lines of one run, on one machine.
//!
//! Run it with `cargo bench --package lambda-queue --bench batch`.

#![allow(clippy::unwrap_used, missing_docs, reason = "a benchmark")]

mod dynamodb_stub;
mod figures;
mod orders;

use lambda_queue::{
    BatchProcessor, Clock, Deadline, DynamoDbStore, Handler, HandlerError, Idempotency,
    IdempotencyStore, MemoryStore, MessageContext, Outcome,
};
use peak_alloc::PeakAlloc;
use serde::Deserialize;

use figures::measure;
use orders::event;

#[global_allocator]
static ALLOCATOR: PeakAlloc = PeakAlloc;

const SIZES: [usize; 3] = [10, 1000, 10_000];

#[derive(Deserialize)]
struct Order {
    id: u64,
    #[expect(dead_code, reason = "it is there to be decoded")]
    text: String,
}

async fn handle(order: Order, _: MessageContext) -> Result<u64, HandlerError> {
    Ok(order.id)
}

fn main() {
    let dynamodb = DynamoDbStore::new(dynamodb_stub::client(), "idempotency");
    figures::header();
    for messages in SIZES {
        let plain = || BatchProcessor::builder(handle).build().unwrap();
        line("none", messages, plain);
        line("memory", messages, || with_store(MemoryStore::new()));
        line("dynamodb, batched", messages, || {
            with_store(dynamodb.clone().single_up_to(0))
        });
        line("dynamodb, single", messages, || {
            with_store(dynamodb.clone().single_up_to(usize::MAX))
        });
    }
}

fn with_store(store: impl IdempotencyStore) -> BatchProcessor<Order, impl Handler<Order>> {
    let idempotency = Idempotency::new(store, |order: &Order| order.id).namespace("bench");
    BatchProcessor::builder(handle)
        .idempotency(idempotency)
        .build()
        .unwrap()
}

fn line<H: Handler<Order>>(
    store: &str,
    messages: usize,
    processor: impl Fn() -> BatchProcessor<Order, H>,
) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let figures = measure(messages, &ALLOCATOR, || {
        let (processor, event) = (processor(), event(messages));
        let runtime = &runtime;
        move || {
            let deadline = Deadline::at_epoch_ms(u64::MAX / 2, &Clock::starting_at(0));
            let report = runtime.block_on(processor.process(event, deadline));
            assert_eq!(report.count(Outcome::Processed), messages);
        }
    });
    figures.print(store, messages);
}
