//! Messages and claims that are kept while handlers run.

use std::time::Duration;

use lambda_queue::idempotency::{
    Claim, ClaimOutcome, CompleteOutcome, Completion, Extension, LeaseOutcome, Release, StoreFuture,
};
use lambda_queue::worker::Worker;
use lambda_queue::{Clock, Idempotency, IdempotencyStore, MemoryStore, MessageContext};
use serde_json::json;

use crate::endpoint::{Queues, until};
use crate::running::{Running, Seen, builder};

const HIDE: &str = "ChangeMessageVisibilityBatch";

/// A store whose extensions stand among the queue's requests.
struct Noting(MemoryStore, Queues);

impl IdempotencyStore for Noting {
    fn claim<'a>(&'a self, claims: &'a [Claim]) -> StoreFuture<'a, ClaimOutcome> {
        self.0.claim(claims)
    }

    fn complete<'a>(
        &'a self,
        completions: &'a [Completion],
        batch_size: usize,
    ) -> StoreFuture<'a, CompleteOutcome> {
        self.0.complete(completions, batch_size)
    }

    fn release<'a>(
        &'a self,
        releases: &'a [Release],
        batch_size: usize,
    ) -> StoreFuture<'a, LeaseOutcome> {
        self.0.release(releases, batch_size)
    }

    fn extend<'a>(
        &'a self,
        extensions: &'a [Extension],
        batch_size: usize,
    ) -> StoreFuture<'a, LeaseOutcome> {
        self.1.note("extend");
        self.0.extend(extensions, batch_size)
    }
}

#[tokio::test]
async fn a_message_longer_than_its_visibility_timeout_is_not_seen_twice() {
    let queues = Queues::new(Clock::system());
    let url = queues.create("orders", 1);
    let endpoint = queues.serve().await;
    queues.send(&url, &json!("long"));
    let seen = Seen::default();
    let handler = {
        let (seen, queues) = (seen.clone(), queues.clone());
        move |_: String, context: MessageContext| {
            seen.note(context.receive_count().to_string());
            let queues = queues.clone();
            async move {
                // Three a second, so that this is two visibility timeouts.
                until(|| queues.requests(HIDE).len() >= 7).await;
                Ok(())
            }
        }
    };
    let processor = builder(handler).build().unwrap();
    let worker = Running::start(Worker::new(processor, endpoint.client(), &url));
    queues.emptied(&url).await;
    worker.stop().await;
    assert_eq!(seen.all(), ["1"]);
}

#[tokio::test]
async fn a_claim_is_renewed_before_its_message_is_kept_hidden() {
    let queues = Queues::new(Clock::system());
    let url = queues.create("orders", 30);
    let endpoint = queues.serve().await;
    queues.send(&url, &json!("long"));
    let handler = {
        let queues = queues.clone();
        move |_: String, _| {
            let queues = queues.clone();
            async move {
                until(|| queues.requests(HIDE).len() >= 3).await;
                Ok(())
            }
        }
    };
    let store = Noting(MemoryStore::new(), queues.clone());
    let idempotency = Idempotency::new(store, String::clone).namespace("orders");
    let processor = builder(handler).idempotency(idempotency).build().unwrap();
    let worker = Worker::new(processor, endpoint.client(), &url);
    let worker = Running::start(worker.visibility_timeout(Duration::from_secs(1)));
    queues.emptied(&url).await;
    worker.stop().await;
    let asked = queues.operations();
    let kept = asked
        .iter()
        .filter(|it| [HIDE, "extend"].contains(&it.as_str()));
    let kept: Vec<_> = kept.map(String::as_str).collect();
    assert_eq!(kept[..6], ["extend", HIDE, "extend", HIDE, "extend", HIDE]);
    let hidden = &queues.requests(HIDE)[0]["Entries"][0]["VisibilityTimeout"];
    assert_eq!(hidden, 1);
}

#[tokio::test]
async fn a_duplicate_beside_a_run_is_deferred() {
    let queues = Queues::new(Clock::system());
    let url = queues.create("orders", 1);
    let endpoint = queues.serve().await;
    queues.send(&url, &json!("same"));
    queues.send(&url, &json!("same"));
    let seen = Seen::default();
    let handler = {
        let (seen, queues) = (seen.clone(), queues.clone());
        move |_: String, _| {
            seen.note("run");
            let queues = queues.clone();
            async move {
                until(|| queues.requests(HIDE).len() >= 4).await;
                Ok(())
            }
        }
    };
    let idempotency = Idempotency::new(MemoryStore::new(), String::clone).namespace("orders");
    let processor = builder(handler).idempotency(idempotency).build().unwrap();
    let worker = Running::start(Worker::new(processor, endpoint.client(), &url));
    queues.emptied(&url).await;
    worker.stop().await;
    assert_eq!(seen.all(), ["run"]);
}
