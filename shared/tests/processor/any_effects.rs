//! Transactional effects of any messages, delivered until the queue is empty.

use std::collections::BTreeSet;
use std::time::Duration;

use lambda_queue::Outcome;
use lambda_queue::idempotency::CommitOutcome;
use lambda_queue::idempotency::record::Status;
use proptest::prelude::*;
use proptest::sample::select;

use crate::effects::{by_id, line, processor};
use crate::events::{event, in_group, in_seconds, message};
use crate::transactions::{Fate, Store};

#[derive(Clone, Debug)]
struct Spec {
    key: u8,
    then: &'static str,
    group: u8,
}

fn specs() -> impl Strategy<Value = Vec<Spec>> {
    let acts = vec![
        "", "", "", "", "nothing", "fail", "panic", "linger", "again",
    ];
    let spec = (0_u8..12, select(acts), 0_u8..3);
    let spec = spec.prop_map(|(key, then, group)| Spec { key, then, group });
    prop::collection::vec(spec, 0..30)
}

/// What happens to the first commit of some keys.
fn fates() -> impl Strategy<Value = Vec<(u8, Fate)>> {
    let reason = || "as told".to_owned();
    let fate = select(vec![
        Fate::Slow,
        Fate::Hang,
        Fate::LoseAnswer,
        Fate::Answer(CommitOutcome::Refused { position: 0 }),
        Fate::Answer(CommitOutcome::Cancelled { reason: reason() }),
        Fate::Answer(CommitOutcome::Invalid { reason: reason() }),
    ]);
    prop::collection::vec((0_u8..12, fate), 0..8)
}

async fn check(specs: Vec<Spec>, fates: Vec<(u8, Fate)>, fifo: bool) -> Result<(), TestCaseError> {
    let store = Store::doing(fates);
    let processor = processor(by_id(store.clone()).ignore_payload());
    let mut queue = specs;
    for _ in 0..3 {
        let to_message = |(n, spec): (usize, &Spec)| {
            let body = line(&spec.key.to_string(), spec.then);
            if fifo {
                in_group(&spec.group.to_string(), &format!("m{n}"), body)
            } else {
                message(&format!("m{n}"), body)
            }
        };
        let batch = event(queue.iter().enumerate().map(to_message));
        let report = processor.process(batch, in_seconds(60)).await;

        // Whatever was written is recorded, once, and whoever was processed was written.
        let written = store.written();
        let once: BTreeSet<_> = written.iter().cloned().collect();
        prop_assert_eq!(written.len(), once.len());
        let records = store.records.records().into_iter();
        let recorded = records.filter(|(_, record)| record.status == Status::Completed);
        let without = queue.iter().zip(&report.messages).filter(|(spec, one)| {
            one.outcome == Outcome::Processed && !once.contains(&spec.key.to_string())
        });
        prop_assert!(written.len() <= recorded.count());
        for (spec, _) in without {
            prop_assert_eq!(spec.then, "nothing");
        }

        // All leases are over when it is tried again, without trouble, unless it fails by itself.
        tokio::time::sleep(Duration::from_secs(120)).await;
        store.fates.lock().unwrap().clear();
        let again = queue.into_iter().zip(&report.messages);
        let again = again.filter(|(_, one)| one.outcome.is_reported());
        queue = again.map(|(spec, _)| Spec { then: "", ..spec }).collect();
    }
    prop_assert!(queue.is_empty());
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn what_is_written_is_written_once_and_every_message_comes_to_an_end(
        specs in specs(),
        fates in fates(),
        fifo: bool,
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .start_paused(true)
            .build()
            .unwrap();
        runtime.block_on(check(specs, fates, fifo))?;
    }
}
