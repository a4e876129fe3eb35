//! Messages come to their outcomes, and the outcomes decide what becomes of them.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use lambda_queue::worker::Worker;
use lambda_queue::{Backoff, Classify, Clock, HandlerError, Idempotency, MemoryStore};
use serde_json::json;

use crate::endpoint::{Queues, until};
use crate::running::{Running, Seen, builder};

const AT_ONCE: Duration = Duration::ZERO;

#[tokio::test]
async fn every_message_is_completed_once() {
    let queues = Queues::new(Clock::system());
    let url = queues.create("orders", 30);
    let endpoint = queues.serve().await;
    let sent: Vec<_> = (0..200).map(|n| format!("{n:03}")).collect();
    for body in &sent {
        queues.send(&url, &json!(body));
    }
    let seen = Seen::default();
    let handler = {
        let seen = seen.clone();
        move |body: String, _| {
            seen.note(body);
            async { Ok(()) }
        }
    };
    let idempotency = Idempotency::new(MemoryStore::new(), String::clone).namespace("orders");
    let processor = builder(handler)
        .idempotency(idempotency)
        .max_concurrency(50);
    let processor = processor.build().unwrap();
    let worker = Running::start(Worker::new(processor, endpoint.client(), &url));
    queues.emptied(&url).await;
    worker.stop().await;
    let mut seen = seen.all();
    seen.sort_unstable();
    assert_eq!(seen, sent);
    let sizes = queues.requests("DeleteMessageBatch").into_iter();
    let sizes: Vec<_> = sizes
        .map(|it| it["Entries"].as_array().unwrap().len())
        .collect();
    assert_eq!(sizes.iter().sum::<usize>(), 200);
    assert!(
        sizes.iter().all(|it| *it <= 10) && sizes.len() < 200,
        "{sizes:?}"
    );
}

#[tokio::test]
async fn a_failing_message_comes_back_and_is_dead_lettered() {
    let queues = Queues::new(Clock::system());
    let url = queues.create("orders", 30);
    let dead_letters = queues.create("orders-dlq", 30);
    queues.redrive(&url, &dead_letters, 3);
    let endpoint = queues.serve().await;
    for body in ["fails", "is bad", "panics once", "is good"] {
        queues.send(&url, &json!(body));
    }
    let seen = Seen::default();
    let handler = {
        let seen = seen.clone();
        move |body: String, context: lambda_queue::MessageContext| {
            seen.note(format!("{body} {}", context.receive_count()));
            async move {
                match (body.as_str(), context.receive_count()) {
                    ("fails", _) => Err(HandlerError::retryable("as told")),
                    ("is bad", _) => Err(HandlerError::permanent("as told")),
                    ("panics once", 1) => panic!("as told"),
                    _ => Ok(()),
                }
            }
        }
    };
    let sqs = endpoint.client();
    let processor = builder(handler)
        .retry(Backoff::exponential(AT_ONCE, AT_ONCE), sqs.clone())
        .dead_letter_queue(sqs.clone(), &dead_letters)
        .build();
    let worker = Running::start(Worker::new(processor.unwrap(), sqs, &url));
    queues.emptied(&url).await;
    worker.stop().await;
    assert_eq!(queues.depth(&dead_letters), (2, 0));
    let mut seen = seen.all();
    seen.sort_unstable();
    let runs = [
        "fails 1",
        "fails 2",
        "fails 3",
        "is bad 1",
        "is good 1",
        "panics once 1",
        "panics once 2",
    ];
    assert_eq!(seen, runs);
}

#[tokio::test]
async fn a_handler_sees_what_lambda_would_show_it() {
    let queues = Queues::new(Clock::system());
    let url = queues.create("orders", 30);
    let endpoint = queues.serve().await;
    let attributes = json!({
        "tenant": { "DataType": "String", "StringValue": "blue" },
        "key": { "DataType": "Binary", "BinaryValue": "AAEC" },
    });
    let body = json!("order").to_string();
    let request = json!({ "QueueUrl": url, "MessageBody": body, "MessageAttributes": attributes });
    let sent = queues.ask("SendMessage", &request);
    let seen = Seen::default();
    let handler = {
        let seen = seen.clone();
        move |_: String, context: lambda_queue::MessageContext| {
            let message = context.message();
            let key = message
                .message_attributes()
                .find(|(name, _)| *name == "key");
            let key = key.and_then(|(_, it)| it.binary_value.clone()).unwrap();
            let tenant = message.message_attribute("tenant").unwrap();
            seen.note(format!("{} {:?} {tenant}", context.queue_arn(), key.0));
            seen.note(context.message_id());
            assert!(message.sent_ms().is_some() && context.remaining_time().is_some());
            async { Ok(()) }
        }
    };
    let processor = builder(handler).build().unwrap();
    let worker = Running::start(Worker::new(processor, endpoint.client(), &url));
    queues.emptied(&url).await;
    worker.stop().await;
    let message_id = sent["MessageId"].as_str().unwrap().to_owned();
    let first = "arn:aws:sqs:eu-west-1:123456789012:orders [0, 1, 2] blue".to_owned();
    assert_eq!(seen.all(), [first, message_id]);
}

#[tokio::test]
async fn no_more_is_in_flight_than_may_run() {
    const MOST: usize = 3;
    let queues = Queues::new(Clock::system());
    let url = queues.create("orders", 30);
    let endpoint = queues.serve().await;
    for n in 0..40 {
        queues.send(&url, &json!(n.to_string()));
    }
    let (running, peak) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let handler = {
        let (running, peak, queues) = (Arc::clone(&running), Arc::clone(&peak), queues.clone());
        let url = url.clone();
        move |_: String, _| {
            let (running, peak, queues) = (Arc::clone(&running), Arc::clone(&peak), queues.clone());
            let url = url.clone();
            async move {
                peak.fetch_max(running.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                // As long as any other may start beside it.
                for _ in 0..5 {
                    tokio::task::yield_now().await;
                    let in_flight = usize::try_from(queues.depth(&url).1).unwrap();
                    peak.fetch_max(in_flight, Ordering::SeqCst);
                }
                running.fetch_sub(1, Ordering::SeqCst);
                Ok(())
            }
        }
    };
    let processor = builder(handler).max_concurrency(MOST).build().unwrap();
    let worker = Running::start(Worker::new(processor, endpoint.client(), &url));
    queues.emptied(&url).await;
    worker.stop().await;
    assert_eq!(peak.load(Ordering::SeqCst), MOST);
    let asked = queues.requests("ReceiveMessage").into_iter();
    let most = asked.map(|it| it["MaxNumberOfMessages"].as_u64().unwrap_or(1));
    assert_eq!(most.max(), Some(3));
}

#[tokio::test]
async fn nothing_is_asked_for_while_all_slots_are_taken() {
    let queues = Queues::new(Clock::system());
    let url = queues.create("orders", 30);
    let endpoint = queues.serve().await;
    for body in ["first", "second", "third"] {
        queues.send(&url, &json!(body));
    }
    let gate = Arc::new(tokio::sync::Semaphore::new(0));
    let seen = Seen::default();
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
    let processor = builder(handler).max_concurrency(1).build().unwrap();
    let worker = Running::start(Worker::new(processor, endpoint.client(), &url));
    for done in 1..=3 {
        until(|| seen.count() == done).await;
        assert_eq!(queues.requests("ReceiveMessage").len(), done);
        gate.add_permits(1);
    }
    queues.emptied(&url).await;
    worker.stop().await;
}
