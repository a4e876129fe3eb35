//! The producer through its public interface, against SQS's own rules.

#![allow(clippy::unwrap_used, missing_docs, unreachable_pub, reason = "tests")]

mod following;
mod queue;

use std::time::Duration;

use lambda_queue::{Producer, SendError};
use queue::Queue;

fn producer(queue: &Queue) -> Producer<String> {
    Producer::new(queue.client(), &queue.url)
}

/// In groups by their first letter, recognised by themselves.
fn fifo(queue: &Queue) -> Producer<String> {
    producer(queue)
        .group(|message: &String| message[..1].to_owned())
        .deduplication_id(String::clone)
}

fn texts<const N: usize>(texts: [&str; N]) -> [String; N] {
    texts.map(str::to_owned)
}

fn bodies(queue: &Queue) -> Vec<String> {
    let received = queue.received();
    let body = |it: &serde_json::Value| serde_json::from_str(it["Body"].as_str().unwrap()).unwrap();
    received.iter().map(body).collect()
}

#[tokio::test]
async fn a_message_is_sent_as_json() {
    let queue = Queue::new("orders");
    let sent = producer(&queue).send(&"é".to_owned()).await.unwrap();
    let received = queue.received();
    assert_eq!(received[0]["Body"], "\"é\"");
    assert_eq!(received[0]["MessageId"], sent.message_id);
}

#[tokio::test]
async fn many_go_in_tens_and_answers_keep_their_order() {
    let queue = Queue::new("orders");
    let messages: Vec<String> = (0..25).map(|it| it.to_string()).collect();
    let sent = producer(&queue).send_all(&messages).await;
    assert!(sent.iter().all(Result::is_ok), "{sent:?}");
    let mut sizes: Vec<_> = queue.requests().iter().map(Vec::len).collect();
    sizes.sort_unstable();
    assert_eq!(sizes, [5, 10, 10]);
    assert_eq!(bodies(&queue).len(), 25);
}

#[tokio::test(start_paused = true)]
async fn only_what_failed_is_sent_again() {
    let queue = Queue::new("orders");
    queue.fail("b", 2);
    let sent = producer(&queue).send_all(&texts(["a", "b", "c"])).await;
    assert!(sent.iter().all(Result::is_ok), "{sent:?}");
    assert_eq!(
        queue.requests(),
        [vec!["a", "b", "c"], vec!["b"], vec!["b"]]
    );
}

#[tokio::test(start_paused = true)]
async fn what_fails_three_times_is_told_with_its_reason_alone() {
    let queue = Queue::new("orders");
    queue.fail("b", 3);
    let sent = producer(&queue).send_all(&texts(["a", "b", "c"])).await;
    let error = sent[1].clone().unwrap_err();
    assert!(matches!(&error, SendError::Refused { code, .. } if code == "InternalError"));
    assert!(!error.is_permanent());
    assert!(sent[0].is_ok() && sent[2].is_ok());
    assert_eq!(queue.requests().len(), 3);
}

#[tokio::test]
async fn what_sqs_will_never_take_is_permanent_and_sent_once() {
    let queue = Queue::new("orders");
    let late = producer(&queue).delay(Duration::from_secs(901));
    let error = late.send(&"a".to_owned()).await.unwrap_err();
    assert!(error.is_permanent(), "{error}");
    let large = producer(&queue)
        .send(&"x".repeat(1 << 20))
        .await
        .unwrap_err();
    assert_eq!(
        large,
        SendError::TooLarge {
            bytes: (1 << 20) + 2
        }
    );
    assert_eq!(
        queue.requests().len(),
        1,
        "the large one was not sent at all"
    );
    let nowhere = Producer::new(queue.client(), "http://sqs/123456789012/missing");
    let error = nowhere.send(&"a".to_owned()).await.unwrap_err();
    assert!(error.is_permanent(), "{error}");
    assert!(
        error.to_string().contains("NonExistentQueue")
            || error.to_string().contains("QueueDoesNotExist"),
        "{error}"
    );
}

#[tokio::test]
async fn groups_and_deduplication_come_from_the_message() {
    let queue = Queue::new("orders.fifo");
    let sent = fifo(&queue).send_all(&texts(["a1", "b1", "a1"])).await;
    assert!(sent.iter().all(Result::is_ok), "{sent:?}");
    assert_eq!(sent[0], sent[2], "the third is the first");
    assert!(sent[0].as_ref().unwrap().sequence_number.is_some());
    let received = queue.received();
    let groups: Vec<_> = received
        .iter()
        .map(|it| &it["Attributes"]["MessageGroupId"])
        .collect();
    assert_eq!(groups, ["a", "b"]);
}

#[tokio::test(start_paused = true)]
async fn a_group_stops_at_a_message_that_could_not_be_sent() {
    let queue = Queue::new("orders.fifo");
    let messages: Vec<String> = (10..35)
        .map(|it| format!("{}{it}", ["a", "b"][it % 2]))
        .collect();
    queue.fail("a12", u32::MAX);
    let sent = fifo(&queue).send_all(&messages).await;
    for (message, sent) in messages.iter().zip(&sent) {
        let number: usize = message[1..].parse().unwrap();
        // Those of its own request were sent with it, before anything was known.
        match message.as_str() {
            "a12" => assert!(matches!(sent, Err(SendError::Refused { .. })), "{sent:?}"),
            a if a.starts_with('a') && number >= 20 => assert_eq!(*sent, Err(SendError::Blocked)),
            _ => assert!(sent.is_ok(), "{message}: {sent:?}"),
        }
    }
    assert_eq!(
        queue.requests().len(),
        3,
        "not again, behind later ones of its group"
    );
}

#[tokio::test(start_paused = true)]
async fn the_last_of_a_group_may_be_sent_again() {
    let queue = Queue::new("orders.fifo");
    queue.fail("a3", 1);
    let sent = fifo(&queue)
        .send_all(&texts(["a1", "b2", "a3", "b4"]))
        .await;
    assert!(sent.iter().all(Result::is_ok), "{sent:?}");
    assert_eq!(queue.requests()[1], ["a3"]);
}
