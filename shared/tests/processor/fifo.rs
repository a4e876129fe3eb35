//! Order on FIFO queues.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use lambda_queue::{BatchProcessor, HandlerError, MessageContext, Outcome};

use crate::events::{event, far, in_group, message, outcomes};

type Log = Arc<Mutex<Vec<String>>>;

/// Writes down what starts and ends; fails on bodies that say so.
fn recording(
    log: &Log,
) -> impl Fn(
    String,
    MessageContext,
) -> futures_util::future::BoxFuture<'static, Result<(), HandlerError>>
+ Send
+ Sync
+ 'static {
    let log = log.clone();
    move |body: String, context: MessageContext| {
        let log = log.clone();
        Box::pin(async move {
            let id = context.message_id().to_owned();
            log.lock().unwrap().push(format!("{id} starts"));
            tokio::time::sleep(Duration::from_millis(10)).await;
            if body == "fail" {
                return Err(HandlerError::retryable("as told"));
            }
            log.lock().unwrap().push(format!("{id} ends"));
            Ok(())
        })
    }
}

#[tokio::test(start_paused = true)]
async fn a_group_runs_in_order_and_groups_run_side_by_side() {
    let log = Log::default();
    let processor = BatchProcessor::builder(recording(&log)).build().unwrap();
    let batch = event([
        in_group("a", "a1", "\"ok\""),
        in_group("a", "a2", "\"ok\""),
        in_group("b", "b1", "\"ok\""),
        in_group("b", "b2", "\"ok\""),
    ]);
    let report = processor.process(batch, far()).await;
    assert_eq!(report.count(Outcome::Processed), 4);
    insta::assert_debug_snapshot!(log.lock().unwrap());
}

#[tokio::test(start_paused = true)]
async fn a_failure_stops_its_group_and_no_other() {
    let log = Log::default();
    let processor = BatchProcessor::builder(recording(&log)).build().unwrap();
    let batch = event([
        in_group("a", "a1", "\"fail\""),
        in_group("b", "b1", "\"ok\""),
        in_group("a", "a2", "\"ok\""),
        in_group("b", "b2", "\"ok\""),
        in_group("a", "a3", "\"ok\""),
    ]);
    let report = processor.process(batch, far()).await;
    use Outcome::{Blocked, Processed, Retry};
    assert_eq!(
        outcomes(&report),
        [Retry, Processed, Blocked, Processed, Blocked]
    );
    assert!(!log.lock().unwrap().contains(&"a2 starts".to_owned()));
}

#[tokio::test(start_paused = true)]
async fn a_bad_body_stops_its_group_when_its_turn_comes() {
    let log = Log::default();
    let processor = BatchProcessor::builder(recording(&log)).build().unwrap();
    let batch = event([
        in_group("a", "a1", "\"ok\""),
        in_group("a", "a2", "not json"),
        in_group("a", "a3", "\"ok\""),
    ]);
    let report = processor.process(batch, far()).await;
    assert_eq!(
        outcomes(&report),
        [Outcome::Processed, Outcome::Retry, Outcome::Blocked]
    );
}

#[tokio::test(start_paused = true)]
async fn a_group_id_on_a_standard_queue_gives_no_order() {
    let log = Log::default();
    let processor = BatchProcessor::builder(recording(&log)).build().unwrap();
    let fair = |id: &str, body: &str| {
        let mut message = message(id, body);
        message
            .attributes
            .insert("MessageGroupId".to_owned(), "tenant".to_owned());
        message
    };
    let batch = event([fair("m0", "\"fail\""), fair("m1", "\"ok\"")]);
    let report = processor.process(batch, far()).await;
    assert_eq!(outcomes(&report), [Outcome::Retry, Outcome::Processed]);
    assert_eq!(log.lock().unwrap()[..2], ["m0 starts", "m1 starts"]);
}
