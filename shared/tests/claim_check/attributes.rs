//! Messages as Amazon's libraries send them: a pointer, and an attribute with the content's size.

use aws_lambda_events::event::sqs::{SqsEvent, SqsMessageAttribute};
use lambda_queue::{BatchProcessor, ClaimCheck, Outcome};

use crate::bucket::S3;
use crate::queue::Queue;
use crate::{BEFORE, NOW, Witness, event, far, outcomes, pointer};

/// The reserved attribute's name: at present, and before, which the Java library still has as its
/// default.
const SIZES: [&str; 2] = ["ExtendedPayloadSize", "SQSLargePayloadSize"];

fn sized(body: &str, name: &str, size: &str) -> SqsEvent {
    let mut event = event(&[body.to_owned()]);
    let mut attribute = SqsMessageAttribute::default();
    attribute.data_type = Some("Number".to_owned());
    attribute.string_value = Some(size.to_owned());
    let attributes = &mut event.records[0].message_attributes;
    attributes.insert(name.to_owned(), attribute);
    event
}

#[tokio::test]
async fn messages_of_the_present_and_the_former_library_are_read() {
    for name in SIZES {
        for class in [NOW, BEFORE] {
            let s3 = S3::default();
            s3.put("/large/a", "\"A\"");
            let witness = Witness::default();
            let processor = BatchProcessor::builder(witness.clone())
                .claim_check(ClaimCheck::new(s3.client(), ["large"]))
                .build()
                .unwrap();
            let body = pointer(class, "large", "a");
            let report = processor.process(sized(&body, name, "3"), far()).await;
            assert_eq!(outcomes(&report), [Outcome::Processed], "{name}, {class}");
            assert_eq!(witness.saw(), ["A"]);
        }
    }
}

/// The attribute is the sender's word; the limit is on what comes.
#[tokio::test]
async fn the_size_that_an_attribute_says_is_not_believed() {
    for (size, limit, outcome) in [
        ("1", 2, Outcome::Retry),
        ("999999999999", 3, Outcome::Processed),
        ("-1", 3, Outcome::Processed),
    ] {
        let s3 = S3::default();
        s3.put("/large/a", "\"A\"");
        let check = ClaimCheck::new(s3.client(), ["large"]).max_bytes(limit);
        let processor = BatchProcessor::builder(Witness::default()).claim_check(check);
        let processor = processor.build().unwrap();
        let body = pointer(NOW, "large", "a");
        let report = processor.process(sized(&body, SIZES[0], size), far()).await;
        assert_eq!(outcomes(&report), [outcome], "{size}");
    }
}

/// Without it, Amazon's libraries would take the pointer for the content.
#[tokio::test]
async fn a_dead_letter_keeps_the_attribute() {
    for name in SIZES {
        let (s3, queue) = (S3::default(), Queue::new("dead"));
        s3.put("/large/a", "\"refuse\"");
        let processor = BatchProcessor::builder(Witness::default())
            .claim_check(ClaimCheck::new(s3.client(), ["large"]))
            .dead_letter_queue(queue.client(), &queue.url)
            .build()
            .unwrap();
        let body = pointer(BEFORE, "large", "a");
        let report = processor.process(sized(&body, name, "8"), far()).await;
        assert_eq!(outcomes(&report), [Outcome::DeadLettered]);
        let letter = queue.received().remove(0);
        assert_eq!(letter["Body"], body);
        assert_eq!(letter["MessageAttributes"][name]["StringValue"], "8");
        assert_eq!(letter["MessageAttributes"][name]["DataType"], "Number");
    }
}
