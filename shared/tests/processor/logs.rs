//! What the processor logs: ids, outcomes and reasons, never bodies.

use std::io;
use std::sync::{Arc, Mutex};

use lambda_queue::{BatchProcessor, Handler, HandlerError, MessageContext};
use serde_json::Value;
use tracing::info;
use tracing_subscriber::fmt::MakeWriter;

use crate::events::{bodies, far};

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

impl Log {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }

    fn lines(&self) -> Vec<Value> {
        self.text()
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    }
}

async fn handler(secret: String, _: MessageContext) -> Result<(), HandlerError> {
    info!("handling");
    match secret.as_str() {
        "hunter2" => Ok(()),
        _ => Err(HandlerError::permanent("refused")),
    }
}

async fn log_of_a_batch() -> Log {
    log_of(handler).await
}

async fn log_of(handler: impl Handler<String>) -> Log {
    let log = Log::default();
    let subscriber = tracing_subscriber::fmt()
        .json()
        .without_time()
        .with_max_level(tracing::Level::TRACE)
        .with_current_span(false)
        .with_writer(log.clone())
        .finish();
    let _guard = tracing::subscriber::set_default(subscriber);
    let processor = BatchProcessor::builder(handler)
        .max_concurrency(1)
        .build()
        .unwrap();
    processor
        .process(bodies(["\"hunter2\"", "\"hunter3\"", "hunter4"]), far())
        .await;
    log
}

#[tokio::test]
async fn every_message_is_settled_by_one_line() {
    let lines = log_of_a_batch().await.lines();
    insta::with_settings!({sort_maps => true}, { insta::assert_json_snapshot!(lines) });
}

#[tokio::test]
async fn bodies_are_never_logged() {
    assert!(!log_of_a_batch().await.text().contains("hunter"));
}

/// An error may quote what a sender wrote.
#[tokio::test]
async fn the_text_of_an_error_cannot_forge_a_line() {
    let forged =
        "no such order: \n{\"level\":\"INFO\",\"fields\":{\"outcome\":\"forged\"}}\r\n\u{1b}[2K";
    let handler = move |_: String, _: MessageContext| async move {
        Err::<(), _>(HandlerError::permanent(forged))
    };
    let log = log_of(handler).await;
    let quoting = log.text().matches("forged").count();
    let lines = log.lines();
    assert!(quoting > 0);
    assert!(lines.iter().all(|it| it["fields"]["outcome"] != "forged"));
    assert!(!log.text().contains('\u{1b}'));
}
