//! Small worlds: that promises are kept in them, and that breaking one would be noticed.

#![allow(clippy::unwrap_used, reason = "a test has nowhere to hand an error to")]

use lambda_queue_simulation::{
    Promise, Sabotage, Scenario, Summary, WIDE_MARGIN_MS, shrink, simulate, story,
};

/// Every queue with all kinds of effects, and clocks within the margin and beyond it.
const ROUND: u64 = 24;

#[test]
fn every_promise_is_kept_in_a_round_of_worlds() {
    let mut summary = Summary::default();
    for seed in 0..ROUND {
        let scenario = Scenario::new(seed, 450);
        let outcome = simulate(&scenario, false).unwrap();
        if outcome.violation.is_some() {
            panic!("{}", small_story(&scenario));
        }
        summary.add(&outcome);
    }
    assert!(summary.messages > 10_000);
    // Otherwise the round shows nothing of that kind.
    assert_eq!(summary.rare(), []);
    assert!(summary.reconciled > 20, "hooks had nothing to find out");
    assert!(summary.longest > 100, "no large batch: {}", summary.longest);
    // The larger the run, the nearer to the end of the longest.
    assert!(summary.latest_end > 20, "{}", summary.latest_end);
}

/// A broken world as the program tells it: made small, with what happened and how to see it again.
fn small_story(scenario: &Scenario) -> String {
    match shrink(scenario) {
        Ok((small, outcome)) => story(&small, &outcome),
        Err(error) => format!("{scenario} broke a promise, and cannot be made smaller: {error}"),
    }
}

/// A line without the token of a claim, which the system draws.
fn without_token(line: &str) -> String {
    match line.split_once(" by ") {
        Some((what, by)) => format!("{what}{}", by.trim_start_matches(|it| it != ' ')),
        None => line.to_owned(),
    }
}

#[test]
fn a_world_is_the_same_each_time() {
    for seed in [2, 11] {
        let scenario = Scenario::new(seed, 200);
        let [first, second] = [(); 2].map(|()| simulate(&scenario, true).unwrap());
        assert!(first.trace.len() > 200, "{scenario}");
        let lines = first.trace.iter().zip(&second.trace);
        for (first, second) in lines {
            assert_eq!(without_token(first), without_token(second), "{scenario}");
        }
        assert_eq!(first.trace.len(), second.trace.len(), "{scenario}");
    }
}

/// Worlds until one breaks one of the promises, as it should; none may break another first.
fn breaks(sabotage: Sabotage, messages: u32, promises: &[Promise]) -> Scenario {
    let worlds = (0..10 * ROUND).map(|seed| Scenario::new(seed, messages));
    one_breaks(sabotage, worlds, promises)
}

fn one_breaks(
    sabotage: Sabotage,
    worlds: impl Iterator<Item = Scenario>,
    promises: &[Promise],
) -> Scenario {
    for world in worlds {
        let scenario = Scenario {
            sabotage: Some(sabotage),
            ..world
        };
        if let Some(violation) = simulate(&scenario, false).unwrap().violation {
            if !promises.contains(&violation.promise) {
                let (small, outcome) = shrink(&scenario).unwrap();
                panic!("{}", story(&small, &outcome));
            }
            return scenario;
        }
    }
    panic!("nothing notices {sabotage:?}")
}

#[test]
fn a_completion_by_anyone_is_noticed() {
    let broken = [Promise::OneResult, Promise::Fenced];
    breaks(Sabotage::AnyoneCompletes, 300, &broken);
}

#[test]
fn a_release_by_anyone_is_noticed() {
    breaks(Sabotage::AnyoneReleases, 300, &[Promise::Fenced]);
}

#[test]
fn a_lease_without_a_margin_is_noticed() {
    // The wider the margin, the sooner something happens within it.
    let worlds = (0..10 * ROUND).map(|seed| Scenario {
        margin_ms: WIDE_MARGIN_MS,
        ..Scenario::new(seed, 1_000)
    });
    one_breaks(Sabotage::NoMargin, worlds, &[Promise::OneAtATime]);
}

#[test]
fn a_message_acknowledged_while_another_holds_its_key_is_noticed() {
    let broken = [Promise::NothingLost, Promise::InOrder];
    breaks(Sabotage::AcknowledgedDeferral, 300, &broken);
}

#[test]
fn a_result_that_is_forgotten_is_noticed() {
    breaks(Sabotage::ForgottenResults, 300, &[Promise::OneResult]);
}

#[test]
fn a_quarantined_run_that_is_repeated_is_noticed() {
    breaks(Sabotage::QuarantineReruns, 300, &[Promise::EffectsOnce]);
}

#[test]
fn a_transaction_that_is_torn_is_noticed() {
    breaks(Sabotage::TornTransaction, 300, &[Promise::CommittedOnce]);
}

#[test]
fn a_group_that_is_not_kept_in_order_is_noticed() {
    breaks(Sabotage::GroupsIgnored, 300, &[Promise::InOrder]);
}

#[test]
fn a_key_that_two_may_hold_is_noticed() {
    let broken = [
        Promise::OneAtATime,
        Promise::EffectsExcused,
        Promise::EffectsOnce,
    ];
    breaks(Sabotage::HeldKeysWin, 300, &broken);
}

#[test]
fn a_world_that_breaks_a_promise_is_made_small() {
    let scenario = breaks(Sabotage::GroupsIgnored, 300, &[Promise::InOrder]);
    let (small, outcome) = shrink(&scenario).unwrap();
    let violation = outcome.violation.unwrap();
    assert_eq!(violation.promise, Promise::InOrder);
    assert!(small.only.unwrap().len() <= 10);
    assert!(outcome.trace.len() < 200, "{}", outcome.trace.join("\n"));
}

#[test]
fn a_broken_promise_is_told_with_its_trace_and_the_command_that_shows_it_again() {
    let scenario = breaks(Sabotage::GroupsIgnored, 300, &[Promise::InOrder]);
    let story = small_story(&scenario);
    let world = format!("--world {} --size 300 --only ", scenario.seed);
    for part in [
        "is received, receive count 1\n",
        "VIOLATED: ",
        "broken: ",
        "again: cargo run",
        &world,
    ] {
        assert!(story.contains(part), "{part:?} is not in\n{story}");
    }
}
