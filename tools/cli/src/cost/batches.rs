//! How messages fill batches and requests.

use super::feed::Feed;
use super::workload::{MONTH_S, Workload};

/// SQS bills every 64 KB of a request's payload as a request.
pub(crate) const CHUNK: f64 = 65_536.0;
/// Most messages of a request to SQS.
const MAX_ENTRIES: f64 = 10.0;
/// Most bytes of a `SendMessageBatch`.
const MAX_SEND: u64 = 1 << 20;
/// Most bytes of an invocation's payload.
const MAX_PAYLOAD: u64 = 6 << 20;
/// What Lambda's event says of a message besides its body, about.
const RECORD_BYTES: u64 = 900;
/// Most batches at once of a mapping without a limit.
const MOST_BATCHES: u32 = 1_250;
/// Long polls that Lambda keeps open on a quiet queue, and how long each waits.
const POLLERS: u32 = 5;
const LONG_POLL_S: f64 = 20.0;
/// How long an empty receive without a wait takes, about.
const SHORT_POLL_S: f64 = 0.1;

/// Bytes of a message in Lambda's event.
pub(crate) fn record_bytes(size: u64) -> u64 {
    size + RECORD_BYTES
}

/// Messages in a batch that fit an invocation's payload.
pub(crate) fn payload_limit(size: u64) -> u64 {
    (MAX_PAYLOAD / record_bytes(size)).max(1)
}

/// Messages in a batch on average.
///
/// With messages that come evenly, Lambda takes a message as soon as it is there, and one that
/// nothing holds up is alone in its batch. Batches fill up while a window is open, or where more
/// come than can be processed one by one.
pub(crate) fn fill(feed: &Feed, workload: &Workload) -> f64 {
    let most = (u64::from(feed.mapping.batch_size)).min(payload_limit(workload.size)) as f64;
    if let Some(fill) = workload.batch_fill {
        return fill.clamp(1.0, most);
    }
    if workload.workers.is_some() {
        return 1.0;
    }
    let rate = workload.per_second();
    let slots = feed.mapping.maximum_concurrency.unwrap_or(MOST_BATCHES);
    let gathered = 1.0 + rate * f64::from(feed.mapping.window_seconds);
    let held_up = rate * workload.duration.as_secs_f64() / f64::from(slots);
    gathered.max(held_up).clamp(1.0, most)
}

/// Messages of a batch that one receive brings.
pub(crate) fn receive_fill(fill: f64) -> f64 {
    fill.min(MAX_ENTRIES)
}

/// How often handlers are awaited one after the other in a batch.
pub(crate) fn rounds(fill: f64, workload: &Workload) -> f64 {
    (fill / workload.handlers as f64).max(1.0)
}

/// Messages in a send: as many as asked for, if they fit.
pub(crate) fn send_fill(workload: &Workload) -> f64 {
    workload.send_batch.min(MAX_SEND / workload.size).max(1) as f64
}

/// Requests that SQS bills for one request with so much payload.
pub(crate) fn chunks(bytes: f64) -> f64 {
    (bytes / CHUNK).ceil().max(1.0)
}

/// Receives that find nothing in a month, and who makes them.
///
/// A long poll ends with the first message or with its wait. Where messages come at random, `λ` a
/// second to each poller, that makes `λ / (e^(λ·wait) − 1)` empty ones a second.
pub(crate) fn idle_receives(feed: &Feed, workload: &Workload) -> (f64, String) {
    let slots = feed.mapping.maximum_concurrency.unwrap_or(POLLERS);
    let provisioned = feed.mapping.provisioned_pollers.map(|it| it.minimum);
    let lambda = provisioned.unwrap_or(slots.min(POLLERS));
    let (pollers, wait) = match workload.workers {
        None => (f64::from(lambda), LONG_POLL_S),
        Some(workers) if feed.receive_wait_s == 0 => (workers as f64, SHORT_POLL_S),
        Some(workers) => (workers as f64, feed.receive_wait_s as f64),
    };
    let rate = workload.per_second() / pollers;
    let empty = match rate * wait {
        // Where the formula comes close to 0 / 0.
        0.0..1e-9 => 1.0 / wait,
        awaited => rate / (awaited.exp() - 1.0),
    };
    let how = format!("{pollers} polls at a time of {wait} s, those without a message");
    (pollers * empty * MONTH_S, how)
}
