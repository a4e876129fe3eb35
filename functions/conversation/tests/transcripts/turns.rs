//! Turns: what they wait for, and who is told.

use std::time::Duration;

use lambda_queue::Outcome;
use lambda_queue_tests::Fuse;

use crate::world::{RESULTS, World, result};

const TURN: Option<(&str, &[&str])> = Some(("t", &["a", "b"]));

#[tokio::test]
async fn a_turn_is_told_of_once_when_its_last_result_is_appended() {
    for size in [1, 10] {
        let mut world = World::start().await;
        world.send("c", &result("c", "b", TURN), "");
        world.drain(size).await;
        assert_eq!(world.told, []);
        let outstanding = world.turn("c", "t").await.unwrap().outstanding;
        assert_eq!(outstanding.into_iter().collect::<Vec<_>>(), ["a"]);
        // Between the turn's results, one of no turn.
        world.send("c", &result("c", "x", None), "");
        world.send("c", &result("c", "a", TURN), "");
        world.drain(size).await;
        assert_eq!(world.told.len(), 1);
        assert_eq!(
            (world.told[0].turn_id.as_str(), world.told[0].entries),
            ("t", 3)
        );
        let turn = world.turn("c", "t").await.unwrap();
        assert!(turn.announced && turn.complete_at == Some(3));
    }
}

#[tokio::test]
async fn turns_of_one_conversation_are_told_of_in_their_order() {
    let mut world = World::start().await;
    let next: Option<(&str, &[&str])> = Some(("u", &["d"]));
    for (call, turn) in [("a", TURN), ("d", next), ("b", TURN)] {
        world.send("c", &result("c", call, turn), "");
    }
    world.drain(10).await;
    let told: Vec<_> = world.told.iter().map(|it| it.turn_id.as_str()).collect();
    assert_eq!(told, ["u", "t"]);
}

#[tokio::test]
async fn a_call_the_turn_does_not_wait_for_is_appended_and_changes_nothing() {
    let mut world = World::start().await;
    // Before the turn's own, in the middle, and when it is ready.
    for call in ["stray-1", "a", "stray-2", "b", "late"] {
        world.send("c", &result("c", call, TURN), "");
    }
    let outcomes = world.drain(10).await;
    assert!(outcomes.iter().all(|it| *it == Outcome::Processed));
    let calls = world.calls("c").await;
    assert_eq!(calls, ["stray-1", "a", "stray-2", "b", "late"]);
    assert_eq!(world.told.len(), 1);
    assert_eq!(world.told[0].entries, 4);
}

/// The message that asks for a look must not stand in for the one that is needed later.
#[tokio::test]
async fn a_turn_whose_last_result_was_dead_lettered_is_told_of_after_the_redrive() {
    let mut world = World::start().await;
    world.send("c", &result("c", "a", TURN), "");
    world.drain(10).await;
    world.send("c", &result("c", "b", TURN), "");
    // Cut off with the look sent (claim, read, send) and nothing committed; then dead-lettered.
    let fuse = Fuse::after(3, false);
    assert!(world.invoke(1, Some(&fuse)).await.is_none());
    world.queues.advance(Duration::from_secs(90));
    let lost = world.queues.receive(RESULTS, 1).remove(0);
    assert!(lost["body"].as_str().unwrap().contains("tool_call_id"));
    world.queues.delete(RESULTS, &lost);
    assert_eq!(world.drain(10).await, [Outcome::Processed]);
    assert_eq!((world.told.len(), world.calls("c").await.len()), (0, 1));
    world.send("c", &result("c", "b", TURN), "redriven");
    world.drain(10).await;
    assert_eq!((world.told.len(), world.calls("c").await.len()), (1, 2));
}

/// Further apart than SQS would know the second for a duplicate.
#[tokio::test]
async fn a_turn_that_was_told_of_is_not_told_of_by_the_look_of_another_try() {
    let mut world = World::start().await;
    world.send("c", &result("c", "a", Some(("t", &["a"]))), "");
    // Cut off with the look sent and nothing committed.
    let fuse = Fuse::after(3, false);
    assert!(world.invoke(1, Some(&fuse)).await.is_none());
    world.queues.advance(Duration::from_secs(90));
    // The result again, and the first look.
    for told in [0, 1] {
        assert!(world.invoke(1, None).await.is_some());
        assert_eq!(world.told.len(), told);
    }
    world.queues.advance(Duration::from_secs(400));
    assert_eq!(world.drain(1).await, [Outcome::Processed]);
    assert_eq!(world.told.len(), 1);
}
