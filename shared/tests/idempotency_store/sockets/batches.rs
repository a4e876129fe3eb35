//! Whole batches over a connection that fails by seed: two workers side by side, every message
//! twice, until all are acknowledged.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use aws_lambda_events::event::sqs::{SqsEvent, SqsMessage};
use fastrand::Rng;
use futures_util::future::join3;
use lambda_queue::idempotency::record::Status;
use lambda_queue::{
    BatchProcessor, BatchReport, Clock, Deadline, DynamoDbStore, Handler, HandlerError,
    Idempotency, MessageContext, Outcome,
};

use crate::commits::counting;
use crate::dynamodb::DynamoDb;
use crate::line::{Break, Line};
use crate::request::NOW_MS;

const ORDERS: usize = 40;
/// Until all leases of a round are over, and the margin of the next claim with them.
const ROUND_MS: u64 = 100_000;
const DEADLINE: Duration = Duration::from_secs(60);
/// One in so many requests suffers.
const ONE_IN: u8 = 4;
const BREAKS: [Break; 10] = [
    Break::DropRequest,
    Break::ResetRequest,
    Break::DropAnswer,
    Break::ResetAnswer,
    Break::CutHead,
    Break::CutBody,
    Break::ResetBody,
    Break::HoldRequest,
    Break::HoldAnswer,
    Break::CloseAfterwards,
];

/// How often each order was handled in this round, and how often in vain.
#[derive(Default)]
struct Runs {
    handled: BTreeMap<String, usize>,
    failed: BTreeMap<String, usize>,
    failures: Option<Rng>,
}

/// Fails one time in ten. An order with an even number has a write in its transaction.
fn handler(runs: Arc<Mutex<Runs>>) -> impl Handler<String, Output = String> {
    move |order: String, context: MessageContext| {
        let runs = Arc::clone(&runs);
        async move {
            let mut runs = runs.lock().unwrap();
            *runs.handled.entry(order.clone()).or_default() += 1;
            let fails = runs.failures.as_mut().is_some_and(|it| it.u8(..10) == 0);
            if fails {
                *runs.failed.entry(order).or_default() += 1;
                return Err(HandlerError::retryable("by chance"));
            }
            if has_effect(&order) {
                context.effects()?.update(counting(&order))?;
            }
            Ok(order)
        }
    }
}

fn has_effect(order: &str) -> bool {
    order.ends_with(['0', '2', '4', '6', '8'])
}

fn message(order: usize, copy: usize) -> SqsMessage {
    let mut message = SqsMessage::default();
    message.message_id = Some(format!("{order}-{copy}"));
    message.body = Some(format!("\"order-{order}\""));
    message
}

fn order_of(message: &SqsMessage) -> String {
    message
        .body
        .as_deref()
        .unwrap()
        .trim_matches('"')
        .to_owned()
}

/// The orders whose result is recorded.
fn recorded(db: &DynamoDb) -> BTreeSet<String> {
    let records = db.records().into_iter();
    let completed = records.filter(|it| it.status == Status::Completed);
    let orders = completed.map(|it| it.data.unwrap().trim_matches('"').to_owned());
    orders.collect()
}

/// Strikes one in [`ONE_IN`] requests.
fn unlucky(line: &Line, rng: &mut Rng) {
    let rng = Mutex::new(rng.fork());
    line.inject(move |_| {
        let mut rng = rng.lock().unwrap();
        (rng.u8(..ONE_IN) == 0).then(|| BREAKS[rng.usize(..BREAKS.len())])
    });
}

async fn process(
    store: DynamoDbStore,
    runs: &Arc<Mutex<Runs>>,
    clock: Clock,
    messages: &[SqsMessage],
) -> BatchReport {
    let idempotency = Idempotency::new(store, String::clone).namespace("orders");
    let processor = BatchProcessor::builder(handler(Arc::clone(runs)))
        .idempotency(idempotency)
        .store_output()
        .clock(clock)
        .build()
        .unwrap();
    let mut event = SqsEvent::default();
    event.records = messages.to_vec();
    let deadline = Deadline::after(DEADLINE, &clock);
    processor.process(event, deadline).await
}

/// Takes two batches of those that are left, small ones for single writes and large ones for
/// batched; returns what is left then.
async fn round(
    db: &DynamoDb,
    line: &Line,
    clock: Clock,
    rng: &mut Rng,
    mut left: Vec<SqsMessage>,
) -> Vec<SqsMessage> {
    rng.shuffle(&mut left);
    let most = left.len().min(rng.usize(1..=40));
    let (ours, rest) = left.split_at(most);
    let (first, second) = ours.split_at(ours.len() / 2);
    let before = recorded(db);
    let runs = Arc::new(Mutex::new(Runs {
        failures: Some(rng.fork()),
        ..Runs::default()
    }));

    unlucky(line, rng);
    // What was held in the rounds before arrives meanwhile: a zombie's.
    let (one, other, _) = join3(
        process(line.store(), &runs, clock, first),
        process(line.store(), &runs, clock, second),
        line.let_go(),
    )
    .await;

    let after = recorded(db);
    assert!(before.is_subset(&after));
    let runs = runs.lock().unwrap();
    for (order, times) in &runs.handled {
        assert!(
            !before.contains(order),
            "{order} was recorded, and run again"
        );
        let failed = runs.failed.get(order).copied().unwrap_or_default();
        assert!(*times <= 1 + failed, "{order} was run by two workers");
    }
    for order in (0..ORDERS).map(|it| format!("order-{it}")) {
        let made = has_effect(&order) && after.contains(&order);
        assert_eq!(db.count(&order), u64::from(made), "{order}");
    }
    let reports = one.messages.into_iter().chain(other.messages);
    let mut left = rest.to_vec();
    for (message, report) in ours.iter().zip(reports) {
        match report.outcome {
            Outcome::Processed | Outcome::Replayed => {
                assert!(after.contains(&order_of(message)), "{report:?}");
            }
            _ => {
                assert!(report.outcome.is_reported(), "{report:?}");
                left.push(message.clone());
            }
        }
    }
    left
}

async fn until_all_are_acknowledged(seed: u64) {
    let db = DynamoDb::start().await;
    let line = Line::to(&db).await;
    let mut rng = Rng::with_seed(seed);
    let copies = (0..ORDERS).flat_map(|order| (0..2).map(move |copy| message(order, copy)));
    let mut left: Vec<_> = copies.collect();
    for at in 0.. {
        if left.is_empty() {
            break;
        }
        assert!(at < 100, "{} messages are never acknowledged", left.len());
        let clock = Clock::starting_at(NOW_MS + at * ROUND_MS);
        left = round(&db, &line, clock, &mut rng, left).await;
    }
    line.let_go().await;
    assert_eq!(recorded(&db).len(), ORDERS);
    assert_eq!(db.records().len(), ORDERS);
}

#[tokio::test]
async fn batches_over_a_connection_that_fails_lose_nothing_and_do_nothing_twice() {
    for seed in 0..3 {
        // Shown when the test fails.
        println!("seed {seed}");
        until_all_are_acknowledged(seed).await;
    }
}
