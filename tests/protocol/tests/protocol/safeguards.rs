//! Each rule of the protocol is there for a reason: without it, a property breaks.

use lambda_queue_protocol::Property::{
    GroupOrder, NoOverwriting, NoReceivesBurnt, NothingLost, OneAtATime, OneResult,
};
use lambda_queue_protocol::{Property, Protocol, Safeguard, World, find};

/// Something breaks that the tests of the whole protocol show to hold in this world.
fn breaks(property: Property, without: Safeguard, world: World) {
    let verdict = find(Protocol::RERUN.without(without), world, property);
    println!("without {without:?}: {} states", verdict.states);
    let broken = verdict.broken.contains(&property);
    assert!(broken, "{property:?} holds without {without:?}");
}

#[test]
fn a_completion_without_a_fence_records_a_second_result_over_the_first() {
    breaks(OneResult, Safeguard::FencedCompletion, World::STANDARD);
    breaks(NoOverwriting, Safeguard::FencedCompletion, World::STANDARD);
}

#[test]
fn a_release_without_a_fence_frees_what_another_holds() {
    breaks(NoOverwriting, Safeguard::FencedRelease, World::STANDARD);
    breaks(OneAtATime, Safeguard::FencedRelease, World::STANDARD);
}

#[test]
fn a_lease_without_margin_is_stolen_by_a_clock_that_is_ahead() {
    breaks(OneAtATime, Safeguard::Margin, World::STANDARD);
}

#[test]
fn a_claim_that_does_not_know_itself_burns_receives() {
    let once = World {
        max_receives: 1,
        ..World::LOSSY.with_faults(1)
    };
    breaks(NoReceivesBurnt, Safeguard::SelfRecognition, once);
}

#[test]
fn a_message_that_is_not_deferred_burns_its_receives() {
    breaks(NoReceivesBurnt, Safeguard::Deferral, World::LOSSY);
}

#[test]
fn a_group_that_goes_on_behind_a_failure_is_out_of_order() {
    breaks(GroupOrder, Safeguard::StoppedGroup, World::FIFO);
}

#[test]
fn a_message_acknowledged_because_another_holds_its_key_is_lost() {
    breaks(NothingLost, Safeguard::HeldIsNotDone, World::STANDARD);
}
