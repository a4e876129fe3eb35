//! A crash between any two steps.

use std::time::Duration;

use lambda_queue_tests::Fuse;

use crate::world::{World, result};

const CALLS: [&str; 3] = ["a", "b", "c"];

/// A turn of three calls through a function that ends at this request, and is started again after a
/// pause; false if it never came to that request.
async fn crashed(requests: i64, carried_out: bool, pause: Duration) -> Option<World> {
    let mut world = World::start().await;
    for call in CALLS {
        world.send("c", &result("c", call, Some(("t", &CALLS))), "");
    }
    let fuse = Fuse::after(requests, carried_out);
    // The results, and the look at the turn.
    for _ in 0..2 {
        if world.invoke(10, Some(&fuse)).await.is_none() {
            world.queues.advance(pause);
            world.drain(10).await;
            return Some(world);
        }
    }
    None
}

/// How often each crash point was told of the turn.
async fn tellings(pause: Duration) -> Vec<usize> {
    let mut tellings = Vec::new();
    for requests in 0.. {
        for carried_out in [false, true] {
            let Some(world) = crashed(requests, carried_out, pause).await else {
                return tellings;
            };
            assert_eq!(
                world.calls("c").await,
                CALLS,
                "after {requests}, {carried_out}"
            );
            let first = world.told.first().expect("a turn that was told of");
            assert_eq!((first.turn_id.as_str(), first.entries), ("t", 3));
            assert!(world.told.iter().all(|it| it == first));
            tellings.push(world.told.len());
        }
    }
    tellings
}

#[tokio::test]
async fn a_crash_at_any_request_neither_loses_nor_doubles_a_result_or_a_turn() {
    let tellings = tellings(Duration::from_secs(90)).await;
    assert!(tellings.len() > 20, "{tellings:?}");
    assert!(tellings.iter().all(|told| *told == 1), "{tellings:?}");
}

#[tokio::test]
async fn a_turn_told_of_again_after_the_deduplication_interval_is_the_same_message() {
    let tellings = tellings(Duration::from_secs(400)).await;
    // Cut off between the message and its record; everywhere else once.
    let twice: Vec<_> = tellings.iter().filter(|told| **told == 2).collect();
    assert!((1..=3).contains(&twice.len()), "{tellings:?}");
    assert!(tellings.iter().all(|told| (1..=2).contains(told)));
}
