//! The producer's side.

use lambda_queue::{BatchProcessor, ClaimCheck, Producer, SendError};

use crate::bucket::S3;
use crate::queue::Queue;
use crate::{Witness, event, far};

fn producer(queue: &Queue, s3: &S3) -> Producer<String> {
    let check = ClaimCheck::new(s3.client(), ["large"]);
    Producer::new(queue.client(), &queue.url).claim_check(check, 100)
}

#[tokio::test]
async fn a_large_message_goes_by_s3_and_arrives_whole() {
    let (queue, s3) = (Queue::new("orders"), S3::default());
    let large = "x".repeat(2 << 20);
    let messages = ["small".to_owned(), large.clone()];
    let sent = producer(&queue, &s3).send_all(&messages).await;
    assert!(sent.iter().all(Result::is_ok), "{sent:?}");
    let received = queue.received();
    assert_eq!(received[0]["Body"], "\"small\"");
    let size = &received[1]["MessageAttributes"]["ExtendedPayloadSize"];
    assert_eq!(size["StringValue"], (large.len() + 2).to_string());
    assert_eq!(size["DataType"], "Number");

    let witness = Witness::default();
    let processor = BatchProcessor::builder(witness.clone())
        .claim_check(ClaimCheck::new(s3.client(), ["large"]))
        .build()
        .unwrap();
    let bodies = received
        .iter()
        .map(|it| it["Body"].as_str().unwrap().to_owned());
    let bodies: Vec<_> = bodies.collect();
    processor.process(event(&bodies), far()).await;
    assert_eq!(witness.saw(), messages);
}

#[tokio::test(start_paused = true)]
async fn a_message_whose_content_cannot_be_stored_is_not_sent() {
    let queue = Queue::new("orders");
    let s3 = S3::overloaded(true);
    let error = producer(&queue, &s3)
        .send(&"x".repeat(200))
        .await
        .unwrap_err();
    assert!(
        matches!(&error, SendError::NotStored(why) if why.contains("SlowDown")),
        "{error}"
    );
    assert!(!error.is_permanent());
    assert!(queue.requests().is_empty());
}
