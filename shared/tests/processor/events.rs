//! Events and handlers the tests share.

use aws_lambda_events::event::sqs::{SqsEvent, SqsMessage, SqsMessageAttribute};
use lambda_queue::{BatchReport, Clock, Deadline, Outcome};

pub const STANDARD: &str = "arn:aws:sqs:eu-west-1:123456789012:orders";
pub const FIFO: &str = "arn:aws:sqs:eu-west-1:123456789012:orders.fifo";
/// A time of day to start at, epoch milliseconds.
pub const START_MS: u64 = 1_800_000_000_000;

/// A clock that runs with the test's paused time.
pub fn clock() -> Clock {
    Clock::starting_at(START_MS)
}

/// A deadline far enough away to play no part.
pub fn far() -> Deadline {
    in_seconds(900)
}

pub fn in_seconds(seconds: u64) -> Deadline {
    Deadline::after(std::time::Duration::from_secs(seconds), &clock())
}

pub fn message(id: &str, body: impl ToString) -> SqsMessage {
    let mut message = SqsMessage::default();
    message.message_id = Some(id.to_owned());
    message.receipt_handle = Some(format!("receipt-{id}"));
    message.body = Some(body.to_string());
    message.event_source_arn = Some(STANDARD.to_owned());
    message
        .attributes
        .insert("ApproximateReceiveCount".to_owned(), "1".to_owned());
    message
        .attributes
        .insert("SentTimestamp".to_owned(), (START_MS - 5000).to_string());
    message
}

pub fn in_group(group: &str, id: &str, body: impl ToString) -> SqsMessage {
    let mut message = message(id, body);
    message.event_source_arn = Some(FIFO.to_owned());
    message
        .attributes
        .insert("MessageGroupId".to_owned(), group.to_owned());
    message
}

pub fn received(mut message: SqsMessage, times: u32) -> SqsMessage {
    message
        .attributes
        .insert("ApproximateReceiveCount".to_owned(), times.to_string());
    message
}

pub fn with_attribute(mut message: SqsMessage, name: &str, text: &str) -> SqsMessage {
    let mut attribute = SqsMessageAttribute::default();
    attribute.data_type = Some("String".to_owned());
    attribute.string_value = Some(text.to_owned());
    message
        .message_attributes
        .insert(name.to_owned(), attribute);
    message
}

pub fn event(messages: impl IntoIterator<Item = SqsMessage>) -> SqsEvent {
    let mut event = SqsEvent::default();
    event.records = messages.into_iter().collect();
    event
}

/// Messages `m0`, `m1`, … with these bodies.
pub fn bodies<T: ToString>(bodies: impl IntoIterator<Item = T>) -> SqsEvent {
    event(
        bodies
            .into_iter()
            .enumerate()
            .map(|(n, body)| message(&format!("m{n}"), body)),
    )
}

pub fn outcomes(report: &BatchReport) -> Vec<Outcome> {
    report
        .messages
        .iter()
        .map(|message| message.outcome)
        .collect()
}

/// The identifiers reported as failures.
pub fn reported(report: BatchReport) -> Vec<String> {
    let response = report.into_response().unwrap();
    response
        .batch_item_failures
        .into_iter()
        .map(|failure| failure.item_identifier)
        .collect()
}
