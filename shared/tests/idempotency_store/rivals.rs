//! Two workers at one key with transactional effects, in any order and with any answer lost: the
//! effects happen once, if the key is completed, and not at all if it is not.

use lambda_queue::IdempotencyStore;
use lambda_queue::idempotency::record::Status;
use lambda_queue::idempotency::{Claim, ClaimOutcome};
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::{Config, TestRunner};

use crate::commits::{RECORDED, add_one, commit};
use crate::dynamodb::DynamoDb;
use crate::faults::{Fault, TRANSACTION, every, first};
use crate::request::{LEASE_MS, MARGIN_MS, NOW_MS, claim_at, completion, release};
use crate::stores::only;

#[derive(Clone, Copy, Debug)]
enum Step {
    /// The message is delivered to a worker, which claims its key.
    Claim,
    /// The worker commits, with the claim it last won, however long ago.
    Commit,
    /// The same, under a fault that strikes the first try.
    Trouble(Trouble),
    /// The same, and no answer comes through.
    Unanswered,
    /// The worker gives the key back.
    Release,
    /// Its lease ends.
    Wait,
}

#[derive(Clone, Copy, Debug)]
enum Trouble {
    LostRequest,
    LostAnswer,
    Conflict,
    /// The answer is lost, and so is the token.
    LostAnswerAndToken,
}

fn steps() -> impl Strategy<Value = Vec<(usize, Step)>> {
    let step = select(vec![
        Step::Claim,
        Step::Claim,
        Step::Commit,
        Step::Trouble(Trouble::LostRequest),
        Step::Trouble(Trouble::LostAnswer),
        Step::Trouble(Trouble::Conflict),
        Step::Trouble(Trouble::LostAnswerAndToken),
        Step::Unanswered,
        Step::Release,
        Step::Wait,
        Step::Wait,
    ]);
    prop::collection::vec((0_usize..2, step), 1..16)
}

fn strike(db: &DynamoDb, step: Step) {
    match step {
        Step::Trouble(Trouble::LostRequest) => {
            db.http.inject(first(TRANSACTION, Fault::LoseRequest))
        }
        Step::Trouble(Trouble::LostAnswer) => db.http.inject(first(TRANSACTION, Fault::LoseAnswer)),
        Step::Trouble(Trouble::Conflict) => db.http.inject(first(
            TRANSACTION,
            Fault::Cancel(&["None", "TransactionConflict"]),
        )),
        Step::Trouble(Trouble::LostAnswerAndToken) => db.http.inject(|call| match call.before {
            0 => Some(Fault::LoseAnswer),
            _ => Some(Fault::ForgetToken),
        }),
        Step::Unanswered => db.http.inject(every(TRANSACTION, Fault::LoseAnswer)),
        _ => db.http.heal(),
    }
}

async fn run(db: &DynamoDb, key: &str, steps: &[(usize, Step)]) -> Result<(), TestCaseError> {
    let store = db.with_defaults();
    let mut now_ms = NOW_MS;
    let mut won: [Option<Claim>; 2] = [None, None];
    let mut recorded = 0;
    for &(worker, step) in steps {
        strike(db, step);
        match (step, &won[worker]) {
            (Step::Wait, _) => now_ms += LEASE_MS + MARGIN_MS + 1,
            (Step::Claim, _) => {
                let claim = claim_at(now_ms, key);
                let outcome = only(store.claim(std::slice::from_ref(&claim)).await);
                if matches!(outcome.unwrap(), ClaimOutcome::Won { .. }) {
                    won[worker] = Some(claim);
                }
            }
            (_, None) => {}
            (Step::Release, Some(claim)) => {
                store.release(&[release(claim)], 1).await;
            }
            (_, Some(claim)) => {
                let before = db.count(key);
                let outcome = commit(&store, &completion(claim), &[add_one(key)]).await;
                if outcome.is_ok_and(|outcome| outcome == RECORDED) && before == 0 {
                    recorded += 1;
                }
            }
        }
        let record = db.get(&claim_at(now_ms, key).id);
        let completed = record.is_some_and(|record| record.status == Status::Completed);
        prop_assert_eq!(db.count(key), u64::from(completed));
    }
    prop_assert!(recorded <= 1);
    Ok(())
}

#[test]
fn any_two_workers_write_once_if_the_key_is_completed_and_never_otherwise() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let db = runtime.block_on(DynamoDb::start());
    let mut runner = TestRunner::new(Config {
        cases: 150,
        failure_persistence: None,
        ..Config::default()
    });
    let case = std::cell::Cell::new(0);
    let result = runner.run(&steps(), |steps| {
        case.set(case.get() + 1);
        runtime.block_on(run(&db, &format!("key-{}", case.get()), &steps))
    });
    result.unwrap();
}
