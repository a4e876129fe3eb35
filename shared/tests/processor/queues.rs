//! What the processor asks of SQS: visibility and dead-lettering.

use std::time::Duration;

use lambda_queue::{
    Backoff, BatchProcessor, BatchProcessorBuilder, Handler, HandlerError, Idempotency,
    MemoryStore, MessageContext, Outcome,
};
use serde_json::{Value, json};
use tokio::time::sleep;

use crate::events::{
    bodies, clock, event, far, in_group, in_seconds, message, outcomes, received, reported,
    with_attribute,
};
use crate::sqs::{client, of};

const DLQ: &str = "https://sqs.eu-west-1.amazonaws.com/123456789012/orders-dlq";

async fn obedient(order: String, _: MessageContext) -> Result<(), HandlerError> {
    match order.as_str() {
        "fail" => Err(HandlerError::retryable("as told")),
        "wait" => Err(HandlerError::retryable("as told").retry_after(Duration::from_secs(77))),
        "forever" => Err(HandlerError::retryable("as told").retry_after(Duration::MAX)),
        "refuse" => Err(HandlerError::permanent("not \u{0} like this")),
        "linger" => {
            sleep(Duration::from_secs(3600)).await;
            Ok(())
        }
        _ => Ok(()),
    }
}

fn builder() -> BatchProcessorBuilder<String, impl Handler<String>> {
    BatchProcessor::builder(obedient).clock(clock())
}

fn entries(requests: &[Value]) -> Vec<Value> {
    requests
        .iter()
        .flat_map(|body| body["Entries"].as_array().cloned().unwrap())
        .collect()
}

#[tokio::test(start_paused = true)]
async fn failed_messages_are_hidden_in_tens() {
    let (sqs, requests) = client(|_| false);
    let processor = builder().retry(Backoff::default(), sqs).build().unwrap();
    processor.process(bodies(["\"wait\""; 25]), far()).await;
    let calls = of(&requests, "ChangeMessageVisibilityBatch");
    let sizes: Vec<_> = calls
        .iter()
        .map(|body| body["Entries"].as_array().unwrap().len())
        .collect();
    assert_eq!(sizes, [10, 10, 5]);
    assert_eq!(
        calls[0]["QueueUrl"],
        "https://sqs.eu-west-1.amazonaws.com/123456789012/orders"
    );
    assert_eq!(calls[0]["Entries"][3]["ReceiptHandle"], "receipt-m3");
    assert!(
        entries(&calls)
            .iter()
            .all(|entry| entry["VisibilityTimeout"] == 77)
    );
}

#[tokio::test(start_paused = true)]
async fn backoff_grows_with_the_receive_count() {
    let (sqs, requests) = client(|_| false);
    let backoff = Backoff::exponential(Duration::from_secs(4), Duration::from_secs(3600));
    let processor = builder().retry(backoff, sqs).build().unwrap();
    let batch = event((1..=8).map(|n| received(message(&format!("m{n}"), "\"fail\""), n)));
    processor.process(batch, far()).await;
    for (n, entry) in entries(&of(&requests, "ChangeMessageVisibilityBatch"))
        .iter()
        .enumerate()
    {
        assert!(entry["VisibilityTimeout"].as_u64().unwrap() <= 4 << n);
    }
}

#[tokio::test(start_paused = true)]
async fn nothing_is_hidden_beyond_12_hours() {
    let (sqs, requests) = client(|_| false);
    let processor = builder().retry(Backoff::default(), sqs).build().unwrap();
    processor.process(bodies(["\"forever\""]), far()).await;
    let entry = &entries(&of(&requests, "ChangeMessageVisibilityBatch"))[0];
    assert!(entry["VisibilityTimeout"].as_u64().unwrap() + 900 < 43_200);
}

#[tokio::test(start_paused = true)]
async fn a_visibility_call_that_fails_changes_nothing_else() {
    let (sqs, requests) = client(|_| true);
    let processor = builder().retry(Backoff::default(), sqs).build().unwrap();
    let report = processor
        .process(bodies(["\"fail\"", "\"ok\""]), far())
        .await;
    assert_eq!(of(&requests, "ChangeMessageVisibilityBatch").len(), 1);
    assert_eq!(reported(report), ["m0"]);
}

#[tokio::test(start_paused = true)]
async fn what_was_not_started_comes_back_at_once() {
    let (sqs, requests) = client(|_| false);
    let processor = builder()
        .max_concurrency(1)
        .retry(Backoff::default(), sqs)
        .build()
        .unwrap();
    let report = processor
        .process(bodies(["\"linger\"", "\"ok\""]), in_seconds(60))
        .await;
    assert_eq!(outcomes(&report), [Outcome::Retry, Outcome::NotStarted]);
    let last = entries(&of(&requests, "ChangeMessageVisibilityBatch"))
        .pop()
        .unwrap();
    assert_eq!(last["VisibilityTimeout"], 0);
}

#[tokio::test(start_paused = true)]
async fn a_deferred_message_is_hidden_until_the_lease_of_its_holder_ends() {
    let (sqs, requests) = client(|_| false);
    let store = MemoryStore::new();
    let build = || {
        let idempotency = Idempotency::new(store.clone(), String::clone).namespace("orders");
        builder()
            .idempotency(idempotency)
            .retry(Backoff::default(), sqs.clone())
            .build()
            .unwrap()
    };
    let (a, b) = (build(), build());
    tokio::join!(a.process(bodies(["\"linger\""]), in_seconds(60)), async {
        sleep(Duration::from_secs(10)).await;
        b.process(bodies(["\"linger\""]), in_seconds(60)).await
    });
    // 50 s to the holder's deadline, the lease's margin and the claimant's.
    let first = &entries(&of(&requests, "ChangeMessageVisibilityBatch"))[0];
    assert_eq!(first["VisibilityTimeout"], 54);
}

#[tokio::test(start_paused = true)]
async fn the_rest_of_a_group_comes_back_with_the_message_that_failed() {
    let (sqs, requests) = client(|_| false);
    let processor = builder().retry(Backoff::default(), sqs).build().unwrap();
    let batch = event([
        in_group("a", "a1", "\"wait\""),
        in_group("a", "a2", "\"ok\""),
    ]);
    processor.process(batch, far()).await;
    let delays = entries(&of(&requests, "ChangeMessageVisibilityBatch"));
    assert!(delays.iter().all(|entry| entry["VisibilityTimeout"] == 77));
    assert_eq!(delays.len(), 2);
}

#[tokio::test(start_paused = true)]
async fn permanent_failures_are_dead_lettered_and_acknowledged() {
    let (sqs, requests) = client(|_| false);
    let processor = builder().dead_letter_queue(sqs, DLQ).build().unwrap();
    let refused = with_attribute(message("m0", "\"refuse\""), "tenant", "blue");
    let batch = event([refused, message("m1", "{bad"), message("m2", "\"ok\"")]);
    let report = processor.process(batch, far()).await;
    use Outcome::{DeadLettered, Processed};
    assert_eq!(outcomes(&report), [DeadLettered, DeadLettered, Processed]);
    assert_eq!(reported(report), Vec::<String>::new());
    insta::with_settings!({sort_maps => true}, {
        insta::assert_json_snapshot!(of(&requests, "SendMessageBatch"));
    });
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_dead_lettered_is_reported() {
    let (sqs, _) = client(|entry| entry["MessageBody"] == "\"refuse\"");
    let processor = builder().dead_letter_queue(sqs, DLQ).build().unwrap();
    let report = processor
        .process(bodies(["\"refuse\"", "{bad"]), far())
        .await;
    assert_eq!(outcomes(&report), [Outcome::Retry, Outcome::DeadLettered]);
    assert_eq!(reported(report), ["m0"]);
}

#[tokio::test(start_paused = true)]
async fn dead_letters_go_out_in_tens_and_within_1_mib() {
    let (sqs, requests) = client(|_| false);
    let processor = builder().dead_letter_queue(sqs, DLQ).build().unwrap();
    let large = "x".repeat(400 * 1024);
    let batch = (0..25)
        .map(|_| "bad".to_owned())
        .chain((0..3).map(|_| large.clone()));
    let report = processor.process(bodies(batch), far()).await;
    assert_eq!(report.count(Outcome::DeadLettered), 28);
    let sends = of(&requests, "SendMessageBatch");
    for send in &sends {
        let sent = send["Entries"].as_array().unwrap();
        let bytes: usize = sent
            .iter()
            .map(|entry| entry["MessageBody"].as_str().unwrap().len())
            .sum();
        assert!(sent.len() <= 10 && bytes <= 1 << 20);
    }
    assert_eq!(sends.len(), 4);
}

#[tokio::test(start_paused = true)]
async fn attributes_give_way_to_a_body_that_fills_the_message() {
    let (sqs, requests) = client(|_| false);
    let processor = builder().dead_letter_queue(sqs, DLQ).build().unwrap();
    processor
        .process(bodies(["x".repeat(1 << 20)]), far())
        .await;
    let entry = &entries(&of(&requests, "SendMessageBatch"))[0];
    assert_eq!(entry["MessageBody"].as_str().unwrap().len(), 1 << 20);
    assert!(entry["MessageAttributes"].is_null());
}

#[tokio::test(start_paused = true)]
async fn a_message_never_has_more_than_ten_attributes() {
    let (sqs, requests) = client(|_| false);
    let processor = builder().dead_letter_queue(sqs, DLQ).build().unwrap();
    let crowded = (0..10).fold(message("m0", "bad"), |one, n| {
        with_attribute(one, &format!("a{n}"), "x")
    });
    processor.process(event([crowded]), far()).await;
    let entry = &entries(&of(&requests, "SendMessageBatch"))[0];
    let attributes = entry["MessageAttributes"].as_object().unwrap();
    assert_eq!(attributes.len(), 10);
    assert_eq!(attributes["DeadLetterMessageId"]["StringValue"], "m0");
}

#[tokio::test(start_paused = true)]
async fn a_group_goes_on_behind_a_dead_lettered_message() {
    let (sqs, requests) = client(|_| false);
    let url = format!("{DLQ}.fifo");
    let processor = builder().dead_letter_queue(sqs, url).build().unwrap();
    let batch = event([in_group("a", "a1", "bad"), in_group("a", "a2", "\"ok\"")]);
    let report = processor.process(batch, far()).await;
    assert_eq!(
        outcomes(&report),
        [Outcome::DeadLettered, Outcome::Processed]
    );
    let entry = &entries(&of(&requests, "SendMessageBatch"))[0];
    assert_eq!(entry["MessageGroupId"], "a");
    assert_eq!(entry["MessageDeduplicationId"], "a1");
}

#[tokio::test(start_paused = true)]
async fn a_group_stops_behind_a_message_that_could_not_be_dead_lettered() {
    let (sqs, _) = client(|_| true);
    let processor = builder()
        .dead_letter_queue(sqs, format!("{DLQ}.fifo"))
        .build()
        .unwrap();
    let batch = event([in_group("a", "a1", "bad"), in_group("a", "a2", "\"ok\"")]);
    let report = processor.process(batch, far()).await;
    assert_eq!(outcomes(&report), [Outcome::Retry, Outcome::Blocked]);
}

#[tokio::test(start_paused = true)]
async fn bodies_reach_the_dead_letter_queue_untouched() {
    let (sqs, requests) = client(|_| false);
    let processor = builder().dead_letter_queue(sqs, DLQ).build().unwrap();
    let body = "{ \"odd\" :\t1e3 , \u{1F980} ";
    processor.process(bodies([body]), far()).await;
    let entry = &entries(&of(&requests, "SendMessageBatch"))[0];
    assert_eq!(entry["MessageBody"], json!(body));
}

#[tokio::test(start_paused = true)]
async fn a_duplicate_of_a_dead_lettered_message_comes_back_at_once() {
    let (sqs, requests) = client(|_| false);
    let idempotency = Idempotency::new(MemoryStore::new(), String::clone).namespace("orders");
    let builder = builder()
        .idempotency(idempotency)
        .retry(Backoff::default(), sqs.clone());
    let processor = builder.dead_letter_queue(sqs, DLQ).build().unwrap();
    let report = processor.process(bodies(["\"refuse\""; 2]), far()).await;
    assert_eq!(
        outcomes(&report),
        [Outcome::DeadLettered, Outcome::Deferred]
    );
    let entry = &entries(&of(&requests, "ChangeMessageVisibilityBatch"))[0];
    assert_eq!(entry["VisibilityTimeout"], 0);
}
