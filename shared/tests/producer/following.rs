//! Messages sent while another one is handled.

use std::sync::Arc;

use aws_lambda_events::event::sqs::{SqsEvent, SqsMessage, SqsMessageAttribute};
use lambda_queue::{
    BatchProcessor, Clock, Deadline, HandlerError, MessageContext, Outcome, Producer,
};
use serde_json::Value;

use crate::queue::Queue;

/// What Lambda would deliver of it.
fn delivered(message: &Value) -> SqsEvent {
    let mut record = SqsMessage::default();
    record.message_id = Some(message["MessageId"].as_str().unwrap().to_owned());
    record.body = Some(message["Body"].as_str().unwrap().to_owned());
    for (name, value) in message["Attributes"].as_object().unwrap() {
        record
            .attributes
            .insert(name.clone(), value.as_str().unwrap().to_owned());
    }
    for (name, value) in message["MessageAttributes"]
        .as_object()
        .into_iter()
        .flatten()
    {
        let mut attribute = SqsMessageAttribute::default();
        attribute.data_type = value["DataType"].as_str().map(str::to_owned);
        attribute.string_value = value["StringValue"].as_str().map(str::to_owned);
        record.message_attributes.insert(name.clone(), attribute);
    }
    let mut event = SqsEvent::default();
    event.records = vec![record];
    event
}

#[tokio::test]
async fn a_loop_ends_and_the_trace_goes_on_as_long_as_it_lasts() {
    let queue = Queue::new("orders");
    let producer: Arc<Producer<String>> = Arc::new(Producer::new(queue.client(), &queue.url));
    let again = {
        let producer = Arc::clone(&producer);
        move |order: String, context: MessageContext| {
            let producer = Arc::clone(&producer);
            async move {
                producer.following(&context).send(&order).await?;
                Ok::<_, HandlerError>(())
            }
        }
    };
    let processor = BatchProcessor::builder(again).build().unwrap();
    let deadline = Deadline::after(std::time::Duration::from_secs(900), &Clock::system());
    producer.send(&"around".to_owned()).await.unwrap();
    let mut message = queue.received().remove(0);
    message["Attributes"]["AWSTraceHeader"] = "Root=1-5e3d83c1-e6a0db584d50d1ec0aa1b2c3".into();
    for _ in 0..=16 {
        let report = processor.process(delivered(&message), deadline).await;
        assert_eq!(report.messages[0].outcome, Outcome::Processed);
        message = queue.received().remove(0);
        let trace = &message["Attributes"]["AWSTraceHeader"];
        assert_eq!(trace, "Root=1-5e3d83c1-e6a0db584d50d1ec0aa1b2c3");
    }
    let report = processor.process(delivered(&message), deadline).await;
    assert_eq!(
        report.messages[0].outcome,
        Outcome::Retry,
        "there is no dead-letter queue"
    );
    let error = report.messages[0].error.as_ref().unwrap().to_string();
    assert!(error.contains("17 functions"), "{error}");
    assert!(queue.received().is_empty());
}

/// Taken for none, it would let a loop begin anew.
#[tokio::test]
async fn a_count_of_hops_that_cannot_be_read_is_more_than_any_limit() {
    let queue = Queue::new("orders");
    let handler = async |_: String, _: MessageContext| Ok::<_, HandlerError>(());
    let processor = BatchProcessor::builder(handler).build().unwrap();
    let deadline = Deadline::after(std::time::Duration::from_secs(900), &Clock::system());
    let producer: Producer<String> = Producer::new(queue.client(), &queue.url);
    producer.send(&"order".to_owned()).await.unwrap();
    let message = queue.received().remove(0);
    for count in [Some("4294967296"), Some("-1"), Some("many"), Some(""), None] {
        let mut event = delivered(&message);
        let mut attribute = SqsMessageAttribute::default();
        attribute.string_value = count.map(str::to_owned);
        let attributes = &mut event.records[0].message_attributes;
        attributes.insert("LambdaQueueHops".to_owned(), attribute);
        let report = processor.process(event, deadline).await;
        assert_eq!(report.messages[0].outcome, Outcome::Retry, "{count:?}");
        let error = report.messages[0].error.as_ref().unwrap();
        assert_eq!(
            error,
            "the attribute LambdaQueueHops is no count of functions; leave it out",
        );
    }
}
