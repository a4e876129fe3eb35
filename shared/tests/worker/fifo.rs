//! Groups of a FIFO queue: each in its order, whatever fails.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use lambda_queue::worker::Worker;
use lambda_queue::{Backoff, Classify, Clock, HandlerError, MessageContext};
use serde_json::json;

use crate::endpoint::{Queues, until};
use crate::running::{Running, Seen, builder};

#[tokio::test]
async fn groups_are_in_order_across_polls_and_failures() {
    let queues = Queues::new(Clock::system());
    let url = queues.create("orders.fifo", 30);
    let endpoint = queues.serve().await;
    let groups = ["a", "b", "c", "d", "e"];
    for n in 0..25 {
        for group in groups {
            queues.send_in_group(&url, group, &json!(format!("{n:02}")));
        }
    }
    let done = Arc::new(Mutex::new(BTreeMap::<String, Vec<String>>::new()));
    let handler = {
        let done = Arc::clone(&done);
        move |body: String, context: MessageContext| {
            let group = context.group_id().unwrap().to_owned();
            // Each group stumbles over another message, and over that twice.
            let stumbles = body.ends_with(
                &['3', '5', '7', '8', '9'][usize::from(group.as_bytes()[0] - b'a')].to_string(),
            );
            let fails = stumbles && context.receive_count() <= 2;
            if !fails {
                done.lock().unwrap().entry(group).or_default().push(body);
            }
            async move {
                match fails {
                    true => Err(HandlerError::retryable("as told")),
                    false => Ok(()),
                }
            }
        }
    };
    let at_once = Backoff::exponential(Duration::ZERO, Duration::ZERO);
    let processor = builder(handler).max_concurrency(4);
    let processor = processor.retry(at_once, endpoint.client()).build().unwrap();
    let worker = Running::start(Worker::new(processor, endpoint.client(), &url));
    queues.emptied(&url).await;
    worker.stop().await;
    let in_order: Vec<_> = (0..25).map(|n| format!("{n:02}")).collect();
    let all = groups.map(|group| (group.to_owned(), in_order.clone()));
    assert_eq!(*done.lock().unwrap(), BTreeMap::from(all));
}

#[tokio::test]
async fn the_rest_of_a_group_goes_back_with_the_message_that_failed() {
    let queues = Queues::new(Clock::system());
    let url = queues.create("orders.fifo", 30);
    let endpoint = queues.serve().await;
    for body in ["fails once", "second", "third"] {
        queues.send_in_group(&url, "a", &json!(body));
    }
    let seen = Seen::default();
    let handler = {
        let seen = seen.clone();
        move |body: String, context: MessageContext| {
            let receive = context.receive_count();
            seen.note(format!("{body} {receive}"));
            async move {
                match body == "fails once" && receive == 1 {
                    true => Err(HandlerError::retryable("as told").retry_after(Duration::ZERO)),
                    false => Ok(()),
                }
            }
        }
    };
    let processor = builder(handler).retry(Backoff::default(), endpoint.client());
    let processor = processor.build().unwrap();
    let worker = Running::start(Worker::new(processor, endpoint.client(), &url));
    queues.emptied(&url).await;
    worker.stop().await;
    assert_eq!(
        seen.all(),
        ["fails once 1", "fails once 2", "second 2", "third 2"]
    );
}

#[tokio::test]
async fn a_group_in_hand_is_not_run_beside_itself() {
    let queues = Queues::new(Clock::system());
    let url = queues.create("orders.fifo", 2);
    let endpoint = queues.serve().await;
    queues.send_in_group(&url, "a", &json!("one"));
    let (seen, sqs, queue_url) = (Seen::default(), endpoint.client(), url.clone());
    let handler = {
        let (seen, queues) = (seen.clone(), queues.clone());
        move |_: String, context: MessageContext| {
            seen.note("starts");
            let (seen, queues, sqs) = (seen.clone(), queues.clone(), sqs.clone());
            let queue_url = queue_url.clone();
            async move {
                if context.receive_count() == 1 {
                    // As if heartbeats had not reached SQS in time.
                    let show = sqs.change_message_visibility().queue_url(&queue_url);
                    let receipt = context.message().receipt_handle().unwrap();
                    let show = show.receipt_handle(receipt).visibility_timeout(0);
                    show.send().await.retryable()?;
                    until(|| queues.depth(&queue_url).1 == 1).await;
                }
                seen.note("ends");
                Ok(())
            }
        }
    };
    let processor = builder(handler).build().unwrap();
    let worker = Running::start(Worker::new(processor, endpoint.client(), &url));
    queues.emptied(&url).await;
    worker.stop().await;
    assert_eq!(seen.all(), ["starts", "ends", "starts", "ends"]);
}
