//! Properties that hold for any batch.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use aws_lambda_events::event::sqs::SqsMessage;
use lambda_queue::{
    BatchProcessor, HandlerError, Idempotency, MemoryStore, MessageContext, Outcome,
};
use proptest::prelude::*;
use serde::{Deserialize, Serialize};

use crate::events::{clock, event, in_group, in_seconds, message};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
enum Act {
    Succeed,
    Fail,
    Refuse,
    Panic,
    Linger,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Work {
    key: u8,
    act: Act,
    ms: u64,
}

#[derive(Clone, Debug)]
struct Spec {
    /// None: a body that is no work at all.
    work: Option<Work>,
    group: u8,
}

fn specs() -> impl Strategy<Value = Vec<Spec>> {
    let act = prop_oneof![
        6 => Just(Act::Succeed),
        1 => Just(Act::Fail),
        1 => Just(Act::Refuse),
        1 => Just(Act::Panic),
        1 => Just(Act::Linger),
    ];
    let work = (0_u8..20, act, 0_u64..3000).prop_map(|(key, act, ms)| Work { key, act, ms });
    let spec = (prop::option::weighted(0.9, work), 0_u8..4);
    prop::collection::vec(spec.prop_map(|(work, group)| Spec { work, group }), 0..40)
}

fn to_message(index: usize, spec: &Spec, fifo: bool) -> SqsMessage {
    let body = match &spec.work {
        Some(work) => serde_json::to_string(work).unwrap(),
        None => "{\"key\":".to_owned(),
    };
    let id = format!("m{index}");
    if fifo {
        in_group(&spec.group.to_string(), &id, body)
    } else {
        message(&id, body)
    }
}

/// Effects in the order they happened: message id and key.
type Effects = Arc<Mutex<Vec<(String, u8)>>>;

fn handler(
    effects: Effects,
) -> impl Fn(Work, MessageContext) -> futures_util::future::BoxFuture<'static, Result<(), HandlerError>>
+ Send
+ Sync
+ 'static {
    move |work, context| {
        let effects = effects.clone();
        Box::pin(async move {
            tokio::time::sleep(Duration::from_millis(work.ms)).await;
            match work.act {
                Act::Succeed => {
                    let id = context.message_id().to_owned();
                    effects.lock().unwrap().push((id, work.key));
                    Ok(())
                }
                Act::Fail => Err(HandlerError::retryable("as told")),
                Act::Refuse => Err(HandlerError::permanent("as told")),
                Act::Panic => std::panic::resume_unwind(Box::new("as told")),
                Act::Linger => std::future::pending().await,
            }
        })
    }
}

fn index_of(id: &str) -> usize {
    id[1..].parse().unwrap()
}

async fn check(
    specs: Vec<Spec>,
    fifo: bool,
    idempotent: bool,
    concurrency: usize,
    seconds: u64,
) -> Result<(), TestCaseError> {
    let effects = Effects::default();
    let mut builder = BatchProcessor::builder(handler(effects.clone()))
        .max_concurrency(concurrency)
        .clock(clock());
    if idempotent {
        let idempotency = Idempotency::new(MemoryStore::new(), |work: &Work| work.key);
        builder = builder.idempotency(idempotency.namespace("any").ignore_payload());
    }
    let processor = builder.build().unwrap();
    let batch = event(
        specs
            .iter()
            .enumerate()
            .map(|(n, spec)| to_message(n, spec, fifo)),
    );

    let report = processor.process(batch, in_seconds(seconds)).await;
    let effects = effects.lock().unwrap().clone();

    // One outcome for each message, in order.
    let ids: Vec<_> = report
        .messages
        .iter()
        .map(|one| one.message_id.clone().unwrap())
        .collect();
    prop_assert_eq!(
        ids,
        (0..specs.len())
            .map(|n| format!("m{n}"))
            .collect::<Vec<_>>()
    );

    // Whoever had an effect was processed, and whoever was processed had one.
    let processed: BTreeSet<_> = report
        .messages
        .iter()
        .filter(|one| one.outcome == Outcome::Processed)
        .map(|one| one.message_id.clone().unwrap())
        .collect();
    prop_assert_eq!(
        &processed,
        &effects.iter().map(|(id, _)| id.clone()).collect()
    );

    // What is not completed is reported.
    for (spec, one) in specs.iter().zip(&report.messages) {
        let done = match one.outcome {
            Outcome::Processed => true,
            Outcome::Replayed => {
                let key = spec.work.as_ref().map(|work| work.key);
                idempotent && effects.iter().any(|(_, effect)| Some(*effect) == key)
            }
            _ => false,
        };
        prop_assert_eq!(one.outcome.is_reported(), !done);
        prop_assert_eq!(one.error.is_some(), !done);
    }

    if idempotent {
        let mut per_key = BTreeMap::new();
        for (_, key) in &effects {
            *per_key.entry(key).or_insert(0) += 1;
        }
        prop_assert!(per_key.values().all(|&count| count == 1));
    }
    if fifo {
        for group in 0..4 {
            let in_this = |index: &usize| specs[*index].group == group;
            let order: Vec<_> = effects
                .iter()
                .map(|(id, _)| index_of(id))
                .filter(in_this)
                .collect();
            prop_assert!(order.is_sorted(), "effects of a group are in order");
            // Nothing of a group is done behind what is reported.
            let reported: Vec<_> = (0..specs.len())
                .filter(in_this)
                .map(|index| report.messages[index].outcome.is_reported())
                .collect();
            prop_assert!(
                reported.is_sorted(),
                "everything behind a failure is reported"
            );
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn every_message_has_one_outcome_and_what_is_not_completed_is_reported(
        specs in specs(),
        fifo: bool,
        idempotent: bool,
        concurrency in 1_usize..12,
        seconds in 1_u64..30,
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .start_paused(true)
            .build()
            .unwrap();
        runtime.block_on(check(specs, fifo, idempotent, concurrency, seconds))?;
    }
}
