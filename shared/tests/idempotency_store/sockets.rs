//! The SDK's own HTTP client on real connections that are dropped, cut, reset and held: what the
//! caller is told agrees with what is stored, and with the pure functions. Nothing is done twice.

mod batches;
mod cases;

use lambda_queue::idempotency::Claim;
use lambda_queue::idempotency::record::{Record, Status};
use lambda_queue::{DynamoDbStore, IdempotencyStore};

use self::cases::{Case, LATER_MS, Requests, cases};
use crate::dynamodb::DynamoDb;
use crate::faults::{every, first};
use crate::line::{Break, Line};
use crate::request::{claim_at, completion};
use crate::stores::{claim_on, only};

/// A store behind a line.
struct Behind {
    db: DynamoDb,
    line: Line,
    name: &'static str,
    store: DynamoDbStore,
}

/// Both ways to the table, each with a line of its own.
async fn both_ways() -> [Behind; 2] {
    let behind = async |name, up_to| {
        let db = DynamoDb::start().await;
        let line = Line::to(&db).await;
        let store = line.store().single_up_to(up_to);
        Behind {
            db,
            line,
            name,
            store,
        }
    };
    [
        behind("single", usize::MAX).await,
        behind("batched", 0).await,
    ]
}

impl Behind {
    /// As it is before the case, over a connection that works.
    fn prepare(&self, case: &Case) {
        self.line.heal();
        for (id, before) in case.requests.ids().iter().zip(&case.before) {
            self.db.delete(id);
            self.db.delete_note(id.as_str());
            if let Some(record) = before {
                self.db.put(id, record);
            }
        }
    }

    /// The operations that a case takes where nothing goes wrong, each named once.
    async fn operations(&self, case: &Case) -> Vec<&'static str> {
        self.prepare(case);
        case.requests.ask(&self.store).await;
        let mut operations = Vec::new();
        for passed in self.line.passed() {
            let operation = named(&passed.operation);
            if !operations.contains(&operation) {
                operations.push(operation);
            }
        }
        operations
    }

    /// Whether each of the keys was in a request that suffered.
    fn struck(&self, requests: &Requests) -> Vec<bool> {
        let passed = self.line.passed();
        let struck: Vec<_> = passed.iter().filter(|it| it.broken.is_some()).collect();
        let is_struck = |id: &str| struck.iter().any(|it| it.body.contains(id));
        requests
            .ids()
            .iter()
            .map(|id| is_struck(id.as_str()))
            .collect()
    }

    fn stored(&self, case: &Case, at: usize) -> Option<Record> {
        self.db.get(&case.requests.ids()[at])
    }

    /// A transaction's writes are made once if its result is recorded, and else not at all.
    fn effects_are_once(&self, case: &Case) {
        let Requests::Commit(completions) = &case.requests else {
            return;
        };
        for completion in completions {
            let stored = self.db.get(&completion.id).unwrap();
            let recorded = stored.status == Status::Completed;
            assert_eq!(self.db.count(completion.id.as_str()), u64::from(recorded));
        }
    }
}

fn named(operation: &str) -> &'static str {
    [
        "UpdateItem",
        "BatchExecuteStatement",
        "BatchGetItem",
        "TransactWriteItems",
    ]
    .into_iter()
    .find(|it| *it == operation)
    .unwrap()
}

/// Runs a test on each operation of each case, both ways. It makes the case anew each time, with
/// owners of its own: DynamoDB has not seen its transactions before.
async fn on_each_operation(
    keys: usize,
    test: impl AsyncFn(&Behind, &'static str, &dyn Fn() -> Case),
) {
    for on in both_ways().await {
        for (situation, case) in cases(keys).into_iter().enumerate() {
            for operation in on.operations(&case).await {
                // Shown when the test fails.
                println!("{}, {}: {operation}", on.name, case.name);
                test(&on, operation, &|| cases(keys).swap_remove(situation)).await;
            }
        }
    }
}

/// Breaks the first request of each operation. Those that were struck come to what the pure
/// functions make of so many arrivals, all others to what they make of one.
async fn once_broken(breaks: &[Break], arrivals: usize, keys: usize) {
    on_each_operation(keys, async |on, operation, case| {
        for &broken in breaks {
            let case = case();
            on.prepare(&case);
            on.line.inject(first(operation, broken));
            let told = case.requests.ask(&on.store).await;
            let struck = on.struck(&case.requests);
            assert!(struck.contains(&true), "{broken:?}");
            on.line.let_go().await;
            for (at, (told, struck)) in told.into_iter().zip(struck).enumerate() {
                let arrivals = if struck { arrivals } else { 1 };
                let before = case.before[at].clone();
                let (outcome, record) = case.requests.decided(at, before, arrivals).await;
                assert_eq!(told.ok(), outcome, "{broken:?}");
                assert_eq!(on.stored(&case, at), record, "{broken:?}");
            }
            on.effects_are_once(&case);
        }
    })
    .await;
}

#[tokio::test]
async fn a_request_that_is_dropped_or_reset_on_its_way_is_carried_out_once() {
    once_broken(&[Break::DropRequest, Break::ResetRequest], 1, 3).await;
}

#[tokio::test]
async fn a_write_whose_answer_is_dropped_reset_or_cut_short_recognises_itself() {
    let breaks = [
        Break::DropAnswer,
        Break::ResetAnswer,
        Break::CutHead,
        Break::CutBody,
        Break::ResetBody,
    ];
    once_broken(&breaks, 2, 3).await;
}

#[tokio::test]
async fn a_connection_that_ends_between_requests_is_not_noticed() {
    once_broken(&[Break::CloseAfterwards], 1, 3).await;
}

#[tokio::test]
async fn a_request_held_past_its_time_is_carried_out_once_and_changes_nothing_when_it_arrives() {
    once_broken(&[Break::HoldRequest], 1, 1).await;
}

#[tokio::test]
async fn a_write_whose_answer_is_held_past_its_time_recognises_itself() {
    once_broken(&[Break::HoldAnswer], 2, 1).await;
}

#[tokio::test]
async fn an_outcome_without_any_answer_is_unknown_and_asking_again_finds_it_out() {
    on_each_operation(3, async |on, operation, case| {
        for broken in [Break::DropRequest, Break::DropAnswer] {
            let case = case();
            on.prepare(&case);
            on.line.inject(every(operation, broken));
            let told = case.requests.ask(&on.store).await;
            let struck = on.struck(&case.requests);
            for (at, (told, struck)) in told.into_iter().zip(struck).enumerate() {
                assert_eq!(told.is_err(), struck, "{broken:?}");
                let (before, stored) = (case.before[at].clone(), on.stored(&case, at));
                if struck && stored != before {
                    assert_eq!(broken, Break::DropAnswer);
                    let (_, record) = case.requests.decided(at, before, 1).await;
                    assert_eq!(stored, record);
                }
            }
            on.line.heal();
            let keys = case.before.len();
            let stored: Vec<_> = (0..keys).map(|at| on.stored(&case, at)).collect();
            let told = case.requests.ask(&on.store).await;
            for (at, (told, stored)) in told.into_iter().zip(stored).enumerate() {
                let (outcome, record) = case.requests.decided(at, stored, 1).await;
                assert_eq!(told.ok(), outcome, "{broken:?}");
                assert_eq!(on.stored(&case, at), record, "{broken:?}");
            }
            on.effects_are_once(&case);
        }
    })
    .await;
}

#[tokio::test]
async fn a_request_that_arrives_after_a_successor_took_over_changes_nothing() {
    on_each_operation(1, async |on, operation, case| {
        for completes in [false, true] {
            let case = case();
            on.prepare(&case);
            on.line.inject(every(operation, Break::HoldRequest));
            assert!(only(case.requests.ask(&on.store).await).is_err());

            on.line.heal();
            let id = only(case.requests.ids());
            let successor = Claim {
                id: id.clone(),
                ..claim_at(2 * LATER_MS, "successor")
            };
            claim_on(&on.store, &successor).await;
            if completes {
                only(on.store.complete(&[completion(&successor)], 1).await).unwrap();
            }
            let before = on.stored(&case, 0);
            assert!(on.line.let_go().await > 0);
            assert_eq!(on.stored(&case, 0), before);
            assert_eq!(on.db.count(id.as_str()), 0);
        }
    })
    .await;
}
