//! Failures of single messages on a standard queue.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use lambda_queue::{
    BatchProcessor, BuildError, Classify, HandlerError, MessageContext, Outcome,
    UnreportableMessage,
};

use crate::events::{bodies, event, far, message, outcomes, reported};

/// Does what its body says.
async fn obedient(order: String, _: MessageContext) -> Result<(), HandlerError> {
    match order.as_str() {
        "fail" => Err(HandlerError::retryable("as told")),
        "refuse" => Err(HandlerError::permanent("as told")),
        "panic" => panic!("as told"),
        _ => Ok(()),
    }
}

#[tokio::test]
async fn what_succeeds_is_not_reported() {
    let processor = BatchProcessor::builder(obedient).build().unwrap();
    let report = processor.process(bodies(["\"a\"", "\"b\""]), far()).await;
    assert_eq!(outcomes(&report), [Outcome::Processed, Outcome::Processed]);
    assert_eq!(reported(report), Vec::<String>::new());
}

#[tokio::test]
async fn a_failure_is_reported_alone() {
    let processor = BatchProcessor::builder(obedient).build().unwrap();
    let report = processor
        .process(bodies(["\"a\"", "\"fail\"", "\"b\""]), far())
        .await;
    assert_eq!(reported(report), ["m1"]);
}

#[tokio::test]
async fn a_panic_fails_its_own_message_only() {
    let processor = BatchProcessor::builder(obedient).build().unwrap();
    let report = processor
        .process(bodies(["\"a\"", "\"panic\"", "\"b\""]), far())
        .await;
    assert_eq!(
        outcomes(&report),
        [Outcome::Processed, Outcome::Retry, Outcome::Processed]
    );
}

#[tokio::test]
async fn a_panic_before_the_first_await_fails_its_own_message_only() {
    let handler = |order: String, _: MessageContext| {
        assert_ne!(order, "panic");
        async { Ok(()) }
    };
    let processor = BatchProcessor::builder(handler).build().unwrap();
    let report = processor
        .process(bodies(["\"a\"", "\"panic\""]), far())
        .await;
    assert_eq!(outcomes(&report), [Outcome::Processed, Outcome::Retry]);
}

#[tokio::test]
async fn a_bad_body_fails_its_own_message_only() {
    let processor = BatchProcessor::builder(obedient).build().unwrap();
    let report = processor
        .process(bodies(["\"a\"", "{not json", "17", ""]), far())
        .await;
    let errors: Vec<_> = report
        .messages
        .iter()
        .map(|message| message.error.clone())
        .collect();
    insta::assert_debug_snapshot!(errors);
    assert_eq!(reported(report), ["m1", "m2", "m3"]);
}

#[tokio::test]
async fn an_error_never_shows_the_body() {
    let processor = BatchProcessor::builder(obedient).build().unwrap();
    let secret = r#"{"password": "hunter2"}"#;
    let report = processor
        .process(bodies([secret, "hunter2", "[\"hunter2\"]"]), far())
        .await;
    assert!(
        report
            .messages
            .iter()
            .all(|message| message.error.is_some())
    );
    assert!(!format!("{report:?}").contains("hunter2"));
}

#[tokio::test]
async fn without_a_dead_letter_queue_a_permanent_failure_is_reported() {
    let processor = BatchProcessor::builder(obedient).build().unwrap();
    let report = processor.process(bodies(["\"refuse\""]), far()).await;
    assert_eq!(reported(report), ["m0"]);
}

#[tokio::test]
async fn a_message_without_an_id_fails_the_batch_rather_than_being_lost() {
    let processor = BatchProcessor::builder(obedient).build().unwrap();
    let mut nameless = message("", "\"fail\"");
    for id in [None, Some(String::new())] {
        nameless.message_id = id;
        let batch = event([message("m0", "\"a\""), nameless.clone()]);
        let report = processor.process(batch, far()).await;
        assert_eq!(
            report.into_response().unwrap_err(),
            UnreportableMessage { index: 1 }
        );
    }
}

#[tokio::test]
async fn a_processed_message_without_an_id_needs_no_report() {
    let processor = BatchProcessor::builder(obedient).build().unwrap();
    let mut nameless = message("", "\"a\"");
    nameless.message_id = None;
    let report = processor.process(event([nameless]), far()).await;
    assert_eq!(reported(report), Vec::<String>::new());
}

#[tokio::test]
async fn an_identifier_is_reported_once() {
    let processor = BatchProcessor::builder(obedient).build().unwrap();
    let twice = event([message("m0", "\"fail\""), message("m0", "\"fail\"")]);
    assert_eq!(reported(processor.process(twice, far()).await), ["m0"]);
}

#[tokio::test]
async fn an_empty_batch_is_a_success() {
    let processor = BatchProcessor::builder(obedient).build().unwrap();
    assert_eq!(
        reported(processor.process(event([]), far()).await),
        Vec::<String>::new()
    );
}

#[tokio::test(start_paused = true)]
async fn never_more_than_max_concurrency_handlers_run() {
    let running = Arc::new(AtomicUsize::new(0));
    let most = Arc::new(AtomicUsize::new(0));
    let handler = {
        let (running, most) = (running.clone(), most.clone());
        move |_: u32, _: MessageContext| {
            let (running, most) = (running.clone(), most.clone());
            async move {
                most.fetch_max(running.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                tokio::time::sleep(Duration::from_millis(10)).await;
                running.fetch_sub(1, Ordering::SeqCst);
                Ok(())
            }
        }
    };
    let processor = BatchProcessor::builder(handler)
        .max_concurrency(7)
        .build()
        .unwrap();
    let report = processor.process(bodies(0..100), far()).await;
    assert_eq!(report.count(Outcome::Processed), 100);
    assert_eq!(most.load(Ordering::SeqCst), 7);
}

#[tokio::test]
async fn a_handler_sees_its_message() {
    let handler = |_: u32, context: MessageContext| async move {
        let message = context.message();
        assert_eq!(context.message_id(), "m0");
        assert_eq!(context.receive_count(), 1);
        assert_eq!(context.queue_arn(), crate::events::STANDARD);
        assert_eq!(message.attribute("SentTimestamp"), Some("1799999995000"));
        assert_eq!(message.message_attribute("tenant"), Some("blue"));
        assert!(context.remaining_time() > Some(Duration::from_secs(800)));
        Ok(())
    };
    let processor = BatchProcessor::builder(handler).build().unwrap();
    let tenant = crate::events::with_attribute(message("m0", 1), "tenant", "blue");
    let report = processor.process(event([tenant]), far()).await;
    assert_eq!(outcomes(&report), [Outcome::Processed]);
}

#[test]
fn a_question_mark_means_retry_and_keeps_its_cause() {
    fn parse(text: &str) -> Result<u32, HandlerError> {
        Ok(text.parse()?)
    }
    let error = parse("x").unwrap_err();
    assert_eq!(error.class(), None);
    assert!(error.source().is::<std::num::ParseIntError>());
    assert_eq!(error.type_name(), "core::num::error::ParseIntError");
    let permanent = parse("x").permanent().unwrap_err();
    assert_eq!(permanent.class(), Some(lambda_queue::ErrorClass::Permanent));
}

#[test]
fn a_processor_that_could_never_run_is_not_built() {
    let error = BatchProcessor::builder(obedient)
        .max_concurrency(0)
        .build()
        .err();
    assert_eq!(error, Some(BuildError::NoConcurrency));
}
