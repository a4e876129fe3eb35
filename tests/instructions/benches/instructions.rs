//! How many instructions a batch takes: counted by callgrind, so that a figure is the same on a busy machine, and can fail
//! a build where a time cannot.
//!
//! Each benchmark has a limit, a tenth above what was counted when it was last set: a change that makes one grow
//! past it is made cheaper, or says why in the commit that raises the limit. What falls by much is set anew, too,
//! so that it does not creep back. Keys and claims are in what a batch with a store costs more than one without. Counts are those of an x86-64 machine; another compiler may move them a little.
//!
//! Run it with `cargo bench --package lambda-queue-instructions`; it needs valgrind, and `cargo install gungraun-runner` in
//! the library's version.

#![allow(clippy::unwrap_used, missing_docs, reason = "a benchmark")]

#[path = "../../../shared/benches/dynamodb_stub/mod.rs"]
mod dynamodb_stub;
#[path = "../../../shared/benches/orders/mod.rs"]
mod orders;

use std::hint::black_box;

use gungraun::{
    Callgrind, EventKind, LibraryBenchmarkConfig, library_benchmark, library_benchmark_group, main,
};
use lambda_queue::{
    BatchProcessor, BatchReport, Clock, Deadline, DynamoDbStore, HandlerError, Idempotency,
    IdempotencyStore, MemoryStore, Message, MessageContext, Outcome,
};
use orders::event;
use serde::Deserialize;
use tokio::runtime::{Builder, Runtime};

/// What a benchmark runs, made beforehand.
type Work<T> = Box<dyn FnOnce() -> T>;

#[derive(Deserialize)]
struct Order {
    id: u64,
    #[expect(dead_code, reason = "it is there to be decoded")]
    text: String,
}

/// Every tenth order fails.
async fn handle(order: Order, _: MessageContext) -> Result<u64, HandlerError> {
    match order.id % 10 {
        9 => Err(HandlerError::retryable("no more of them")),
        _ => Ok(order.id),
    }
}

fn runtime() -> Runtime {
    Builder::new_current_thread().enable_all().build().unwrap()
}

/// Further away than any batch takes.
fn deadline(runtime: &Runtime) -> Deadline {
    let _inside = runtime.enter();
    Deadline::at_epoch_ms(u64::MAX / 2, &Clock::starting_at(0))
}

/// Lambda's own form of an event, as `run` reads it.
#[derive(Deserialize)]
struct Event {
    #[serde(rename = "Records")]
    messages: Vec<Message>,
}

fn json(messages: usize) -> Work<Vec<Message>> {
    let json = serde_json::to_vec(&event(messages)).unwrap();
    Box::new(move || serde_json::from_slice::<Event>(&json).unwrap().messages)
}

fn without_store(messages: usize) -> Work<BatchReport> {
    let (runtime, event) = (runtime(), event(messages));
    let processor = BatchProcessor::builder(handle).build().unwrap();
    let deadline = deadline(&runtime);
    Box::new(move || runtime.block_on(processor.process(event, deadline)))
}

/// A batch with its keys in a store, as the `times`-th delivery of the same messages.
fn with_store(store: impl IdempotencyStore, messages: usize, times: usize) -> Work<BatchReport> {
    let runtime = runtime();
    let idempotency = Idempotency::new(store, |order: &Order| order.id).namespace("bench");
    let processor = BatchProcessor::builder(handle).idempotency(idempotency);
    let processor = processor.build().unwrap();
    let deadline = deadline(&runtime);
    for _ in 1..times {
        runtime.block_on(processor.process(event(messages), deadline));
    }
    let event = event(messages);
    Box::new(move || runtime.block_on(processor.process(event, deadline)))
}

fn in_memory(messages: usize) -> Work<BatchReport> {
    with_store(MemoryStore::new(), messages, 1)
}

fn replayed(messages: usize) -> Work<BatchReport> {
    with_store(MemoryStore::new(), messages, 2)
}

fn in_dynamodb(messages: usize) -> Work<BatchReport> {
    let store = DynamoDbStore::new(dynamodb_stub::client(), "idempotency");
    // The first batch pays for what the client makes once.
    with_store(store, messages, 2)
}

fn reported(messages: usize) -> Work<Vec<u8>> {
    let report = without_store(messages)();
    assert_eq!(report.count(Outcome::Retry), messages / 10);
    Box::new(move || serde_json::to_vec(&report.into_response().unwrap()).unwrap())
}

/// Fails above a tenth more than `counted` instructions.
fn counted(instructions: u64) -> LibraryBenchmarkConfig {
    let limit = instructions + instructions / 10;
    LibraryBenchmarkConfig::default()
        .tool(Callgrind::default().hard_limits([(EventKind::Ir, limit)]))
        .clone()
}

#[library_benchmark]
#[bench::of_10(args = (10), setup = json, config = counted(118_000))]
#[bench::of_1000(args = (1000), setup = json, config = counted(12_200_000))]
fn parse(work: Work<Vec<Message>>) -> Vec<Message> {
    black_box(work())
}

#[library_benchmark]
#[bench::of_10_without_store(args = (10), setup = without_store, config = counted(120_000))]
#[bench::of_1000_without_store(args = (1000), setup = without_store, config = counted(9_740_000))]
#[bench::of_10_in_memory(args = (10), setup = in_memory, config = counted(925_000))]
#[bench::of_1000_in_memory(args = (1000), setup = in_memory, config = counted(92_800_000))]
#[bench::of_1000_replayed(args = (1000), setup = replayed, config = counted(82_400_000))]
#[bench::of_10_in_dynamodb(args = (10), setup = in_dynamodb, config = counted(7_490_000))]
#[bench::of_1000_in_dynamodb(args = (1000), setup = in_dynamodb, config = counted(195_000_000))]
fn batch(work: Work<BatchReport>) -> BatchReport {
    black_box(work())
}

#[library_benchmark]
#[bench::of_1000(args = (1000), setup = reported, config = counted(545_000))]
fn respond(work: Work<Vec<u8>>) -> Vec<u8> {
    black_box(work())
}

library_benchmark_group!(name = batches, benchmarks = [parse, batch, respond]);

main!(library_benchmark_groups = batches);
