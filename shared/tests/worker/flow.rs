//! Messages come to their outcomes, and the outcomes decide what becomes of them.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use lambda_queue::worker::Worker;
use lambda_queue::{
    Backoff, BatchProcessor, BatchProcessorBuilder, Clock, Handler, HandlerError, MessageContext,
};
use serde_json::json;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio::time::sleep;

use crate::endpoint::Queues;

#[tokio::test]
async fn every_message_is_completed_once() {
    let queues = Queues::new(Clock::system());
    let url = queues.create("orders", 30);
    let endpoint = queues.serve().await;
    for n in 0..200 {
        queues.send(&url, &json!(n));
    }
    let seen = Arc::new(Mutex::new(Vec::new()));
    let handler = {
        let seen = Arc::clone(&seen);
        move |n: u32, _: MessageContext| {
            seen.lock().unwrap().push(n);
            async { Ok::<_, HandlerError>(()) }
        }
    };
    let processor = BatchProcessor::builder(handler).build().unwrap();
    let (stop, stopped) = oneshot::channel::<()>();
    let worker = Worker::new(processor, endpoint.client(), &url);
    let worker = tokio::spawn(worker.wait(Duration::from_secs(1)).run_until(async {
        let _ = stopped.await;
    }));
    queues.emptied(&url).await;
    stop.send(()).unwrap();
    worker.await.unwrap().unwrap();
    let mut seen = seen.lock().unwrap().clone();
    seen.sort_unstable();
    assert_eq!(seen, (0..200).collect::<Vec<_>>());
}
