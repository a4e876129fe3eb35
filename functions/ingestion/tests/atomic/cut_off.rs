//! Runs that end at each of their requests, to DynamoDB or S3.

use lambda_queue::Outcome;
use lambda_queue_tests::Fuse;
use serde_json::Value;

use crate::world::{LATER, World, notification, sentences};

/// A document that is there, and what is to become of it.
struct Replacement {
    old: String,
    new: String,
    message: Value,
}

impl Replacement {
    async fn prepared(&self) -> World {
        let world = World::start(60).await;
        world.put(&self.old).await;
        let created = notification("ObjectCreated:Put", "01");
        let outcome = world.deliver(&created, None).await;
        assert_eq!(outcome, Some(Outcome::Processed));
        world.put(&self.new).await;
        world
    }

    /// Ends the run at each request, before or after it was carried out, and reads; a run after that
    /// has to come to the right end. Says for each place whether the new document was read.
    async fn cut_off_everywhere(&self) -> Vec<bool> {
        let mut seen = Vec::new();
        for requests in 0.. {
            for carried_out in [false, true] {
                let mut world = self.prepared().await;
                let fuse = Fuse::after(requests, carried_out);
                if world.deliver(&self.message, Some(&fuse)).await.is_some() {
                    return seen;
                }
                let place = format!("after {requests} requests, {carried_out}");
                seen.push(self.is_new(&world, &place).await);
                world.advance(LATER);
                let again = world.deliver(&self.message, None).await;
                assert!(!again.unwrap().is_reported(), "{place}: {again:?}");
                assert!(self.is_new(&world, &place).await, "{place}");
                let left = world.written().into_iter().map(|(_, text)| text);
                let left: Vec<_> = left.collect();
                assert_eq!(left, world.chunks_of(&self.new), "{place}");
            }
        }
        seen
    }

    /// Whether the new document is read and not the old one: a part of one, or of both, is neither.
    async fn is_new(&self, world: &World, place: &str) -> bool {
        let read = world.read().await.unwrap_or_default();
        assert_eq!(read, world.read_by_names().await, "{place}");
        if read == world.chunks_of(&self.new) {
            return true;
        }
        assert_eq!(read, world.chunks_of(&self.old), "{place}");
        false
    }
}

/// The old one until some request, and from there on the new one.
fn assert_switched_once(seen: &[bool]) {
    assert!(seen.len() > 12, "{seen:?}");
    assert!(seen.is_sorted(), "{seen:?}");
    assert!(!seen[0] && seen[seen.len() - 1], "{seen:?}");
}

#[tokio::test]
async fn a_longer_document_replaces_a_shorter_one_at_once_or_not_at_all() {
    let replacement = Replacement {
        old: sentences("old", 15),
        new: sentences("new", 30),
        message: notification("ObjectCreated:Put", "02"),
    };
    assert_switched_once(&replacement.cut_off_everywhere().await);
}

#[tokio::test]
async fn a_shorter_document_replaces_a_longer_one_at_once_or_not_at_all() {
    let replacement = Replacement {
        old: sentences("old", 30),
        new: sentences("new", 15),
        message: notification("ObjectCreated:Put", "02"),
    };
    assert_switched_once(&replacement.cut_off_everywhere().await);
}

#[tokio::test]
async fn a_document_that_is_removed_is_gone_at_once_or_not_at_all() {
    let replacement = Replacement {
        old: sentences("old", 30),
        new: String::new(),
        message: notification("ObjectRemoved:Delete", "02"),
    };
    assert_switched_once(&replacement.cut_off_everywhere().await);
}
