//! Messages as benchmarks deliver them: orders of a kilobyte, each with its number.

use aws_lambda_events::event::sqs::{SqsEvent, SqsMessage};

pub(crate) fn event(messages: usize) -> SqsEvent {
    let text = "x".repeat(1000);
    let mut event = SqsEvent::default();
    event.records = (0..messages)
        .map(|id| {
            let mut message = SqsMessage::default();
            message.message_id = Some(format!("message-{id}"));
            message.body = Some(format!(r#"{{"id":{id},"text":"{text}"}}"#));
            message.event_source_arn = Some("arn:aws:sqs:eu-west-1:123456789012:orders".to_owned());
            message
        })
        .collect();
    event
}
