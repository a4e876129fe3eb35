//! Where workers are killed at their deadline, as by Lambda, and where they may go on after it.

use lambda_queue_protocol::Property::{
    GroupOrder, NoReceivesBurnt, NoRepeats, OneAtATime, RepeatsExplained,
};
use lambda_queue_protocol::{Faults, Protocol, World};

use crate::only_breaks;

#[test]
fn a_rerun_can_only_repeat_an_effect_that_was_cut_off() {
    only_breaks(&[NoRepeats], "rerun", Protocol::RERUN, World::STANDARD);
    only_breaks(&[NoRepeats], "rerun, FIFO", Protocol::RERUN, World::FIFO);
}

#[test]
fn under_quarantine_nothing_breaks() {
    let quarantine = Protocol::QUARANTINE;
    only_breaks(&[], "quarantine", quarantine, World::STANDARD);
    only_breaks(&[], "quarantine, FIFO", quarantine, World::FIFO);
}

/// With a hook, what was cut off is asked about, by one worker at a time, and never run.
#[test]
fn with_a_hook_that_finds_out_nothing_breaks_either() {
    let reconciled = Protocol::RECONCILED;
    only_breaks(&[], "hook", reconciled, World::STANDARD);
    only_breaks(&[], "hook, FIFO", reconciled, World::FIFO);
    only_breaks(
        &[],
        "hook, pauses",
        reconciled,
        World::STANDARD.with_pauses(),
    );
}

#[test]
fn transactional_effects_happen_once() {
    let transactional = Protocol::TRANSACTIONAL;
    only_breaks(&[], "transactional", transactional, World::STANDARD);
    only_breaks(&[], "transactional, FIFO", transactional, World::FIFO);
}

#[test]
fn lost_answers_cost_no_message_its_receives() {
    let (rerun, transactional) = (Protocol::RERUN, Protocol::TRANSACTIONAL);
    only_breaks(&[NoRepeats], "rerun, lossy", rerun, World::LOSSY);
    only_breaks(&[], "transactional, lossy", transactional, World::LOSSY);
}

/// Where a message's outcome is unknown, the rest of its group comes back with it, and its receives
/// are counted, too: one more reason for a `maxReceiveCount` of 5.
#[test]
fn two_lost_answers_in_a_row_can_cost_the_rest_of_a_group_its_receives() {
    let fifo = World {
        fifo: true,
        horizon: 4,
        ..World::LOSSY
    };
    let known = [NoReceivesBurnt, NoRepeats];
    only_breaks(&known, "rerun, lossy FIFO", Protocol::RERUN, fifo);
}

#[test]
fn a_worker_that_goes_on_after_its_deadline_runs_beside_its_successor() {
    let (standard, fifo) = (World::STANDARD.with_pauses(), World::FIFO.with_pauses());
    let known = [OneAtATime, RepeatsExplained, NoRepeats];
    only_breaks(&known, "rerun, pauses", Protocol::RERUN, standard);
    let known = [GroupOrder, OneAtATime, RepeatsExplained, NoRepeats];
    only_breaks(&known, "rerun, FIFO, pauses", Protocol::RERUN, fifo);
}

#[test]
fn a_worker_that_goes_on_after_its_deadline_repeats_nothing_in_a_transaction() {
    for world in [World::STANDARD, World::FIFO] {
        let known = [OneAtATime];
        let name = "transactional, pauses";
        only_breaks(&known, name, Protocol::TRANSACTIONAL, world.with_pauses());
    }
}

#[test]
fn a_worker_that_goes_on_after_its_deadline_breaks_nothing_under_quarantine() {
    for world in [World::STANDARD, World::FIFO] {
        let name = "quarantine, pauses";
        only_breaks(&[], name, Protocol::QUARANTINE, world.with_pauses());
    }
}

/// The lease is longer by the margin, and honoured for longer by the margin: clocks must differ by
/// more than both.
#[test]
fn clocks_that_differ_by_more_than_twice_the_margin_are_too_different() {
    let calm = Faults {
        crashes: false,
        lost_answers: false,
        handler_errors: false,
        duplicates: false,
    };
    let world = |ahead| World {
        ahead: [0, ahead],
        kinds: calm,
        ..World::STANDARD
    };
    only_breaks(&[NoRepeats], "twice the margin", Protocol::RERUN, world(2));
    let known = [OneAtATime, RepeatsExplained, NoRepeats];
    only_breaks(&known, "more", Protocol::RERUN, world(3));
}

#[test]
#[ignore = "takes minutes"]
fn in_larger_worlds_nothing_else_breaks() {
    let standard = World::STANDARD.with_faults(2);
    let longer = World {
        horizon: 4,
        ..World::FIFO
    };
    for (name, protocol, known) in [
        ("rerun", Protocol::RERUN, &[NoRepeats][..]),
        ("quarantine", Protocol::QUARANTINE, &[]),
        ("transactional", Protocol::TRANSACTIONAL, &[]),
    ] {
        only_breaks(known, &format!("{name}, two faults"), protocol, standard);
        only_breaks(known, &format!("{name}, FIFO, longer"), protocol, longer);
    }
}
