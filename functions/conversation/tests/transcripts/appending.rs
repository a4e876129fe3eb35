//! Results in their order, once.

use std::time::Duration;

use lambda_queue::{Clock, Deadline, Outcome};
use lambda_queue_tests::{event, http};
use serde_json::json;

use crate::world::{RESULTS, World, result};

#[tokio::test]
async fn a_result_is_appended_once_however_often_it_is_delivered() {
    let mut world = World::start().await;
    for copy in ["first", "again", "and again"] {
        world.send("c", &result("c", "a", None), &copy.replace(' ', "-"));
    }
    let outcomes = world.drain(10).await;
    let replayed = Outcome::Replayed;
    assert_eq!(outcomes, [Outcome::Processed, replayed, replayed]);
    world.send("c", &result("c", "a", None), "later");
    assert_eq!(world.drain(10).await, [Outcome::Replayed]);
    assert_eq!(world.calls("c").await, ["a"]);
}

#[tokio::test]
async fn a_redrive_after_the_record_expired_does_not_append_again() {
    let mut world = World::start().await;
    let turn: Option<(&str, &[&str])> = Some(("t", &["a"]));
    world.send("c", &result("c", "a", turn), "first");
    world.drain(10).await;
    world.queues.advance(Duration::from_secs(40 * 24 * 3600));
    world.send("c", &result("c", "a", turn), "redriven");
    assert_eq!(world.drain(10).await, [Outcome::Processed]);
    assert_eq!(world.calls("c").await, ["a"]);
    assert_eq!(world.told.len(), 1);
}

#[tokio::test]
async fn conversations_keep_the_order_of_the_queue_whatever_the_batches() {
    for size in [1, 2, 3, 10] {
        let mut world = World::start().await;
        let calls: Vec<String> = (0..12).map(|n| format!("call-{n}")).collect();
        for call in &calls {
            for conversation in ["one", "two"] {
                world.send(conversation, &result(conversation, call, None), "");
            }
        }
        world.drain(size).await;
        for conversation in ["one", "two"] {
            assert_eq!(world.calls(conversation).await, calls, "batches of {size}");
        }
    }
}

#[tokio::test]
async fn the_result_that_came_first_stands() {
    let mut world = World::start().await;
    world.send("c", &result("c", "a", None), "first");
    let mut other = result("c", "a", None);
    other["result"]["content"] = json!("43");
    world.send("c", &other, "second");
    let outcomes = world.drain(10).await;
    assert_eq!(outcomes, [Outcome::Processed, Outcome::Replayed]);
    let entries = world.transcript("c").await;
    assert!(entries[0].result.contains("42"));
}

/// Groups keep that from happening; a mapping that is replaced by another may not.
#[tokio::test]
async fn rivals_for_one_place_are_appended_one_after_the_other() {
    let mut world = World::start().await;
    let turn: Option<(&str, &[&str])> = Some(("t", &["a", "b"]));
    // In groups of their own, so that both can be received.
    for call in ["a", "b"] {
        let body = result("c", call, turn).to_string();
        world.queues.send(RESULTS, call, call, &body);
    }
    let records = world.queues.receive(RESULTS, 10);
    assert_eq!(records.len(), 2);
    let clock = Clock::starting_at(world.queues.now_ms());
    let work = |record| {
        let processor = world.processor(http(), world.queues.http(), clock);
        let event = event(std::slice::from_ref(record));
        async move { processor.process(event, Deadline::unknown()).await }
    };
    let (one, two) = tokio::join!(work(&records[0]), work(&records[1]));
    for (record, report) in records.iter().zip([one, two]) {
        if !report.messages[0].outcome.is_reported() {
            world.queues.delete(RESULTS, record);
        }
    }
    world.drain(10).await;
    assert_eq!(world.calls("c").await.len(), 2);
    assert_eq!(world.told.len(), 1);
}
