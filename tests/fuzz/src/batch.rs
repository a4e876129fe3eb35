//! Batches through a processor, and what must hold of every report.

use std::collections::BTreeSet;

use aws_lambda_events::event::sqs::{SqsEvent, SqsMessage};
use lambda_queue::{BatchReport, Outcome};

thread_local! {
    // Time stands still but for who waits for it.
    static RUNTIME: tokio::runtime::Runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .unwrap();
}

/// Runs a future to its end.
pub(crate) fn run<F: Future>(future: F) -> F::Output {
    RUNTIME.with(|runtime| runtime.block_on(future))
}

/// A batch of messages `m0`, `m1`, … with these bodies.
pub(crate) fn event<'b>(bodies: impl IntoIterator<Item = &'b str>) -> SqsEvent {
    let mut event = SqsEvent::default();
    for (index, body) in bodies.into_iter().enumerate() {
        let mut message = SqsMessage::default();
        message.message_id = Some(format!("m{index}"));
        message.body = Some(body.to_owned());
        event.records.push(message);
    }
    event
}

pub(crate) fn outcomes(report: &BatchReport) -> Vec<Outcome> {
    report.messages.iter().map(|it| it.outcome).collect()
}

/// Every message has one outcome, in order, and the response names those that are reported and no
/// others; where it cannot, there is none.
pub(crate) fn check_report(event: &SqsEvent, report: BatchReport) {
    let id = |it: &SqsMessage| it.message_id.clone().filter(|id| !id.is_empty());
    let sent: Vec<_> = event.records.iter().map(id).collect();
    let told: Vec<_> = report
        .messages
        .iter()
        .map(|it| it.message_id.clone())
        .collect();
    assert_eq!(told, sent);

    let reported = report.messages.iter().filter(|it| it.outcome.is_reported());
    let reported: Option<BTreeSet<String>> = reported.map(|it| it.message_id.clone()).collect();
    let response = report.into_response().ok().map(|response| {
        let failures = response.batch_item_failures.into_iter();
        failures.map(|it| it.item_identifier).collect()
    });
    assert_eq!(response, reported);
}
