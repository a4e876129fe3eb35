//! A worker that is told to stop.

use std::sync::Arc;
use std::time::Duration;

use lambda_queue::worker::Worker;
use lambda_queue::{Classify, Clock, Idempotency, MemoryStore};
use serde_json::json;
use tokio::sync::Semaphore;

use crate::endpoint::{Queues, until};
use crate::running::{Running, Seen, builder};

#[tokio::test]
async fn what_runs_is_finished_and_the_rest_goes_back_at_once() {
    let queues = Queues::new(Clock::system());
    let url = queues.create("orders.fifo", 600);
    let endpoint = queues.serve().await;
    for body in ["first", "second", "third"] {
        queues.send_in_group(&url, "a", &json!(body));
    }
    let (gate, seen) = (Arc::new(Semaphore::new(0)), Seen::default());
    let handler = {
        let (gate, seen) = (Arc::clone(&gate), seen.clone());
        move |body: String, _| {
            seen.note(body);
            let gate = Arc::clone(&gate);
            async move {
                gate.acquire().await.retryable()?.forget();
                Ok(())
            }
        }
    };
    let idempotency = Idempotency::new(MemoryStore::new(), String::clone).namespace("orders");
    // Room for all three, which run one after another, as they are of one group.
    let processor = builder(handler).idempotency(idempotency).max_concurrency(3);
    let processor = processor.build().unwrap();
    let worker = Running::start(Worker::new(processor, endpoint.client(), &url));
    until(|| seen.count() == 1).await;
    assert_eq!(queues.depth(&url), (0, 3));
    let worker = worker.tell_to_stop();
    tokio::task::yield_now().await;
    gate.add_permits(3);
    worker.await.unwrap().unwrap();
    assert_eq!(seen.all(), ["first"]);
    assert_eq!(queues.depth(&url), (2, 0));
}

#[tokio::test]
async fn what_is_not_finished_within_the_grace_period_is_cut_off_and_goes_back() {
    let queues = Queues::new(Clock::system());
    let url = queues.create("orders", 600);
    let endpoint = queues.serve().await;
    queues.send(&url, &json!("endless"));
    let (store, seen) = (MemoryStore::new(), Seen::default());
    let start = |endless: bool| {
        let seen = seen.clone();
        let handler = move |_: String, _| {
            seen.note(if endless { "endless" } else { "short" });
            async move {
                if endless {
                    std::future::pending::<()>().await;
                }
                Ok(())
            }
        };
        let idempotency = Idempotency::new(store.clone(), String::clone).namespace("orders");
        let processor = builder(handler).idempotency(idempotency).build().unwrap();
        let worker = Worker::new(processor, endpoint.client(), &url);
        Running::start(worker.grace(Duration::from_secs(2)))
    };
    let worker = start(true);
    until(|| seen.count() == 1).await;
    worker.stop().await;
    assert_eq!(queues.depth(&url), (1, 0));
    // Its claim was handed back, too: the next worker need not wait.
    let worker = start(false);
    queues.emptied(&url).await;
    worker.stop().await;
    assert_eq!(seen.all(), ["endless", "short"]);
}
