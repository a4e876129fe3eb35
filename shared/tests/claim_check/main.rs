//! Messages whose content lies in S3, through the processor and from the producer.

#![allow(clippy::unwrap_used, missing_docs, unreachable_pub, reason = "tests")]

mod attributes;
mod bucket;
#[expect(dead_code, reason = "what the producer's tests need beyond these")]
#[path = "../producer/queue.rs"]
mod queue;
mod sending;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use aws_lambda_events::event::sqs::{SqsEvent, SqsMessage};
use bucket::S3;
use lambda_queue::{
    BatchProcessor, BatchReport, ClaimCheck, Clock, Deadline, Handler, HandlerError, Idempotency,
    MemoryStore, MessageContext, Outcome,
};
use queue::Queue;

const NOW: &str = "software.amazon.payloadoffloading.PayloadS3Pointer";
const BEFORE: &str = "com.amazon.sqs.javamessaging.MessageS3Pointer";

/// Remembers what it was given; refuses what says so.
#[derive(Clone, Default)]
pub struct Witness(Arc<Mutex<Vec<String>>>);

impl Handler<String> for Witness {
    type Output = ();

    async fn handle(&self, content: String, _: MessageContext) -> Result<(), HandlerError> {
        let refused = content == "refuse";
        self.0.lock().unwrap().push(content);
        match refused {
            true => Err(HandlerError::permanent("as told")),
            false => Ok(()),
        }
    }
}

impl Witness {
    pub fn saw(&self) -> Vec<String> {
        self.0.lock().unwrap().clone()
    }
}

fn pointer(class: &str, bucket: &str, key: &str) -> String {
    format!(r#"["{class}",{{"s3BucketName":"{bucket}","s3Key":"{key}"}}]"#)
}

pub fn event(bodies: &[String]) -> SqsEvent {
    let records = bodies.iter().enumerate().map(|(index, body)| {
        let mut record = SqsMessage::default();
        record.message_id = Some(format!("m{index}"));
        record.body = Some(body.clone());
        record.event_source_arn = Some("arn:aws:sqs:eu-west-1:123456789012:orders".to_owned());
        record
    });
    let mut event = SqsEvent::default();
    event.records = records.collect();
    event
}

pub fn far() -> Deadline {
    Deadline::after(Duration::from_secs(900), &Clock::system())
}

fn outcomes(report: &BatchReport) -> Vec<Outcome> {
    report.messages.iter().map(|it| it.outcome).collect()
}

async fn handled(claim_check: ClaimCheck, bodies: &[String]) -> (BatchReport, Vec<String>) {
    let witness = Witness::default();
    let processor = BatchProcessor::builder(witness.clone()).claim_check(claim_check);
    let report = processor
        .build()
        .unwrap()
        .process(event(bodies), far())
        .await;
    (report, witness.saw())
}

fn error(report: &BatchReport) -> &str {
    report.messages[0].error.as_deref().unwrap()
}

#[tokio::test]
async fn contents_are_handled_in_place_of_their_pointers() {
    let s3 = S3::default();
    s3.put("/large/a", "\"A\"");
    s3.put("/large/b", "\"B\"");
    let bodies = [
        pointer(NOW, "large", "a"),
        "\"c\"".to_owned(),
        pointer(BEFORE, "large", "b"),
    ];
    let (report, saw) = handled(ClaimCheck::new(s3.client(), ["large"]), &bodies).await;
    assert_eq!(outcomes(&report), [Outcome::Processed; 3]);
    assert_eq!(saw, ["A", "c", "B"]);
    assert_eq!(s3.paths().len(), 2, "they stay unless it is asked for");
}

#[tokio::test]
async fn keys_and_payloads_are_those_of_the_content() {
    let s3 = S3::default();
    s3.put("/large/first", "\"A\"");
    s3.put("/large/again", "\"A\"");
    let witness = Witness::default();
    let key = Idempotency::new(MemoryStore::new(), |content: &String| content.clone());
    let processor = BatchProcessor::builder(witness.clone())
        .claim_check(ClaimCheck::new(s3.client(), ["large"]))
        .idempotency(key.namespace("orders"))
        .build()
        .unwrap();
    for (name, outcome) in [("first", Outcome::Processed), ("again", Outcome::Replayed)] {
        let report = processor
            .process(event(&[pointer(NOW, "large", name)]), far())
            .await;
        assert_eq!(outcomes(&report), [outcome]);
    }
    assert_eq!(witness.saw(), ["A"]);
}

#[tokio::test]
async fn a_bucket_that_is_not_named_is_never_asked() {
    let s3 = S3::default();
    s3.put("/secrets/a", "\"A\"");
    let bodies = [pointer(NOW, "secrets", "a")];
    let (report, saw) = handled(ClaimCheck::new(s3.client(), ["large"]), &bodies).await;
    assert!(
        error(&report).contains("not among those configured"),
        "{report:?}"
    );
    assert!(saw.is_empty() && s3.requests().is_empty());
}

#[tokio::test]
async fn a_content_above_the_limit_is_refused_whether_announced_or_not() {
    for announces in [true, false] {
        let s3 = S3::announcing(announces);
        s3.put("/large/a", "\"12345678\"");
        let check = || ClaimCheck::new(s3.client(), ["large"]);
        let bodies = [pointer(NOW, "large", "a")];
        let (_, saw) = handled(check().max_bytes(10), &bodies).await;
        assert_eq!(saw, ["12345678"]);
        let (report, saw) = handled(check().max_bytes(9), &bodies).await;
        assert!(error(&report).contains("more than 9 bytes"), "{report:?}");
        assert!(saw.is_empty());
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_missing_fails_for_good_and_what_is_busy_comes_back() {
    let queue = Queue::new("dead");
    let bodies = [pointer(NOW, "large", "missing")];
    for (is_overloaded, outcome) in [(false, Outcome::DeadLettered), (true, Outcome::Retry)] {
        let s3 = S3::overloaded(is_overloaded);
        let processor = BatchProcessor::builder(Witness::default())
            .claim_check(ClaimCheck::new(s3.client(), ["large"]))
            .dead_letter_queue(queue.client(), &queue.url)
            .build()
            .unwrap();
        let report = processor.process(event(&bodies), far()).await;
        assert_eq!(outcomes(&report), [outcome], "{report:?}");
    }
}

#[tokio::test]
async fn a_dead_letter_is_the_pointer_and_not_the_content() {
    let (s3, queue) = (S3::default(), Queue::new("dead"));
    s3.put("/large/a", "\"refuse\"");
    let processor = BatchProcessor::builder(Witness::default())
        .claim_check(ClaimCheck::new(s3.client(), ["large"]).delete_after_success())
        .dead_letter_queue(queue.client(), &queue.url)
        .build()
        .unwrap();
    let body = pointer(NOW, "large", "a");
    let report = processor
        .process(event(std::slice::from_ref(&body)), far())
        .await;
    assert_eq!(outcomes(&report), [Outcome::DeadLettered]);
    assert_eq!(queue.received()[0]["Body"], body);
    assert_eq!(s3.paths(), ["/large/a"], "it is needed for a redrive");
}

#[tokio::test]
async fn a_content_that_is_no_text_fails_alone_and_for_good() {
    let (s3, queue) = (S3::default(), Queue::new("dead"));
    s3.put("/large/bytes", b"\"\xff\"");
    s3.put("/large/half", b"\"caf\xc3");
    s3.put("/large/text", "\"A\"");
    let witness = Witness::default();
    let processor = BatchProcessor::builder(witness.clone())
        .claim_check(ClaimCheck::new(s3.client(), ["large"]))
        .dead_letter_queue(queue.client(), &queue.url)
        .build()
        .unwrap();
    let bodies = ["bytes", "half", "text"].map(|key| pointer(NOW, "large", key));
    let report = processor.process(event(&bodies), far()).await;
    let dead = Outcome::DeadLettered;
    assert_eq!(outcomes(&report), [dead, dead, Outcome::Processed]);
    assert_eq!(error(&report), "the content in S3 is not UTF-8");
    let letter = &queue.received()[0]["MessageAttributes"];
    assert_eq!(letter["DeadLetterErrorType"]["StringValue"], "BadContent");
    assert_eq!(witness.saw(), ["A"]);
}

#[tokio::test]
async fn the_contents_of_completed_messages_alone_are_deleted() {
    let s3 = S3::default();
    s3.put("/large/good", "\"A\"");
    s3.put("/large/bad", "\"refuse\"");
    let check = ClaimCheck::new(s3.client(), ["large"]).delete_after_success();
    let bodies = [pointer(NOW, "large", "good"), pointer(NOW, "large", "bad")];
    let (report, _) = handled(check, &bodies).await;
    assert_eq!(outcomes(&report), [Outcome::Processed, Outcome::Retry]);
    assert_eq!(s3.paths(), ["/large/bad"]);
}

#[tokio::test]
async fn what_does_not_fit_beside_the_rest_of_its_batch_comes_back() {
    let s3 = S3::default();
    let content = format!("\"{}\"", "x".repeat(24 << 20));
    for name in ["a", "b", "c"] {
        s3.put(&format!("/large/{name}"), content.clone());
    }
    let bodies = ["a", "b", "c"].map(|name| pointer(NOW, "large", name));
    let check = ClaimCheck::new(s3.client(), ["large"]).max_bytes(32 << 20);
    let (report, saw) = handled(check, &bodies).await;
    let expected = [Outcome::Processed, Outcome::Processed, Outcome::Retry];
    assert_eq!(outcomes(&report), expected);
    assert_eq!(saw.len(), 2);
}
