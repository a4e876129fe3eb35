//! The claims.

use lambda_queue::Outcome;
use lambda_queue_interleavings::explorer::{Path, explore, sample};

use crate::run::Batch;
use crate::world::{Act, Script, World};

/// What has to become of each message, whatever the order.
fn expected(messages: &[Script]) -> Vec<Outcome> {
    let mut blocked = std::collections::BTreeSet::new();
    let one = |(group, act): &Script| {
        if group.is_some_and(|it| blocked.contains(it)) {
            return Outcome::Blocked;
        }
        let outcome = match act {
            Act::Succeed => Outcome::Processed,
            Act::Refuse => Outcome::DeadLettered,
            Act::Robbed => Outcome::LeaseLost,
            Act::Fail | Act::Stuck | Act::Unanswered => Outcome::Retry,
        };
        if outcome.is_reported() {
            blocked.extend(*group);
        }
        outcome
    };
    messages.iter().map(one).collect()
}

fn check(batch: &Batch, path: &mut Path) -> usize {
    let (outcomes, world) = batch.run(path);
    if world.seen().is_over {
        check_cut_off(&outcomes, &world);
    } else {
        assert_eq!(outcomes, expected(&batch.messages), "{:?}", path.taken());
        let seen = world.seen();
        for (index, outcome) in outcomes.iter().enumerate() {
            // Whatever was claimed is completed or handed back.
            let ends = (
                seen.written.contains(&index),
                seen.released.contains(&index),
            );
            let is_written = matches!(outcome, Outcome::Processed | Outcome::LeaseLost)
                || batch.messages[index].1 == Act::Unanswered && *outcome == Outcome::Retry;
            assert_eq!(ends, (is_written, !is_written), "{index}");
        }
    }
    world.seen().largest_group
}

/// Cut off anywhere, what was recorded is told so, and nothing else is.
fn check_cut_off(outcomes: &[Outcome], world: &World) {
    let seen = world.seen();
    for (index, outcome) in outcomes.iter().enumerate() {
        let is_settled = seen.settled.contains(&index);
        assert_eq!(is_settled, !outcome.is_reported(), "{index}: {outcome}");
        assert!(
            !seen.unwritten.contains(&index),
            "the result of {index} was dropped"
        );
    }
}

const A: Option<&str> = Some("a");
const B: Option<&str> = Some("b");

#[test]
fn groups_keep_their_order_and_results_are_written_once_in_every_order_of_events() {
    let batch = [(A, Act::Succeed), (A, Act::Succeed), (B, Act::Succeed)];
    let mut largest = 0;
    let count = explore(|path| largest = check(&Batch::of(&batch, 10), path).max(largest));
    assert!(count > 10, "{count}");
    assert_eq!(
        largest, 2,
        "results that are there together share a request"
    );
}

#[test]
fn whatever_fails_blocks_its_own_group_alone_in_every_order_of_events() {
    use Act::{Fail, Refuse, Robbed, Stuck, Succeed, Unanswered};
    for act in [Fail, Refuse, Robbed, Stuck, Unanswered] {
        for place in 0..2 {
            let mut batch = [(A, Succeed), (A, Succeed), (B, Succeed)];
            batch[place].1 = act;
            explore(|path| _ = check(&Batch::of(&batch, 10), path));
        }
    }
}

#[test]
fn side_by_side_messages_share_requests_and_none_waits_in_every_order_of_events() {
    use Act::{Fail, Refuse, Succeed};
    for (one, other) in [(Succeed, Fail), (Succeed, Refuse), (Fail, Refuse)] {
        let batch = [(None, one), (None, other), (None, Succeed)];
        for max_concurrency in 2..=3 {
            explore(|path| _ = check(&Batch::of(&batch, max_concurrency), path));
        }
    }
}

#[test]
fn a_batch_may_be_cut_off_anywhere() {
    for batch in [
        [(A, Act::Succeed), (A, Act::Succeed), (B, Act::Refuse)],
        [
            (None, Act::Succeed),
            (None, Act::Fail),
            (None, Act::Succeed),
        ],
        [(A, Act::Refuse), (A, Act::Succeed), (B, Act::Unanswered)],
    ] {
        let batch = Batch {
            may_end: true,
            ..Batch::of(&batch, 2)
        };
        explore(|path| _ = check(&batch, path));
    }
}

/// Too many orders to go through; these are a part of them, the same one each time.
#[test]
fn larger_batches_hold_in_orders_drawn_by_chance() {
    let acts = [
        Act::Succeed,
        Act::Succeed,
        Act::Succeed,
        Act::Refuse,
        Act::Fail,
        Act::Robbed,
    ];
    sample(2_000, |path| {
        let mut draw = |count| path.choose(count);
        let fifo = draw(2) == 0;
        let messages: Vec<Script> = (0..12)
            .map(|_| {
                let group = ["a", "b", "c", "d"][draw(4)];
                (fifo.then_some(group), acts[draw(acts.len())])
            })
            .collect();
        let mut batch = Batch::of(&messages, 1 + draw(6));
        batch.may_end = draw(4) == 0;
        check(&batch, path);
    });
}
