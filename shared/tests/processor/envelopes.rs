//! What services wrap around a message, through the processor.

use std::sync::{Arc, Mutex};

use lambda_queue::{
    BatchProcessor, Envelope, Handler, HandlerError, Idempotency, MemoryStore, MessageContext,
    Outcome,
};
use serde_json::{Value, json};

use crate::events::{bodies, clock, event, far, message, outcomes};

/// Remembers what it was given.
#[derive(Clone, Default)]
struct Witness(Arc<Mutex<Vec<Value>>>);

impl Handler<Value> for Witness {
    type Output = ();

    async fn handle(&self, content: Value, _: MessageContext) -> Result<(), HandlerError> {
        self.0.lock().unwrap().push(content);
        Ok(())
    }
}

impl Witness {
    fn saw(&self) -> Vec<Value> {
        self.0.lock().unwrap().clone()
    }
}

fn notification(time: &str, content: &Value) -> Value {
    json!({"Type": "Notification", "Timestamp": time, "Message": content.to_string()})
}

#[tokio::test]
async fn a_handler_is_given_the_content_alone() {
    let witness = Witness::default();
    let processor = BatchProcessor::builder(witness.clone()).envelope(Envelope::sns());
    let processor = processor.build().unwrap();
    let body = notification("10:00", &json!({"id": 1}));
    let report = processor.process(event([message("m", body)]), far()).await;
    assert_eq!(outcomes(&report), [Outcome::Processed]);
    assert_eq!(witness.saw(), [json!({"id": 1})]);
}

#[tokio::test(start_paused = true)]
async fn what_the_service_adds_makes_no_other_payload() {
    let witness = Witness::default();
    let key = |content: &Value| content["id"].clone();
    let idempotency = Idempotency::new(MemoryStore::new(), key).namespace("orders");
    let processor = BatchProcessor::builder(witness.clone())
        .envelope(Envelope::sns())
        .idempotency(idempotency)
        .clock(clock())
        .build()
        .unwrap();
    let content = json!({"id": 1});
    for (time, outcome) in [("10:00", Outcome::Processed), ("10:01", Outcome::Replayed)] {
        let delivered = event([message(time, notification(time, &content))]);
        let report = processor.process(delivered, far()).await;
        assert_eq!(outcomes(&report), [outcome]);
    }
    assert_eq!(witness.saw(), [content]);
}

#[tokio::test(start_paused = true)]
async fn a_test_event_of_s3_is_acknowledged_without_handler_or_claim() {
    let witness = Witness::default();
    let test = json!({"Service": "Amazon S3", "Event": "s3:TestEvent"}).to_string();
    let idempotency = Idempotency::new(MemoryStore::new(), |content: &Value| content.clone());
    for idempotency in [None, Some(idempotency.namespace("objects"))] {
        let mut builder = BatchProcessor::builder(witness.clone()).envelope(Envelope::s3());
        if let Some(idempotency) = idempotency {
            builder = builder.idempotency(idempotency).clock(clock());
        }
        let processor = builder.build().unwrap();
        let delivered = || bodies([test.as_str(), test.as_str()]);
        for _ in 0..2 {
            let report = processor.process(delivered(), far()).await;
            // Not replayed: there is no key that could be remembered.
            assert_eq!(outcomes(&report), [Outcome::Processed, Outcome::Processed]);
        }
    }
    assert_eq!(witness.saw(), Vec::<Value>::new());
}

#[tokio::test]
async fn a_body_without_its_envelope_fails_alone_and_for_good() {
    let witness = Witness::default();
    let processor = BatchProcessor::builder(witness.clone()).envelope(Envelope::event_bridge());
    let processor = processor.build().unwrap();
    let good = json!({"detail": {"id": 2}});
    let delivered = event([message("bare", json!({"id": 1})), message("good", good)]);
    let report = processor.process(delivered, far()).await;
    assert_eq!(outcomes(&report), [Outcome::Retry, Outcome::Processed]);
    let error = report.messages[0].error.as_ref().unwrap().to_string();
    assert!(error.contains("no `detail`"), "{error}");
    assert_eq!(witness.saw(), [json!({"id": 2})]);
}

#[tokio::test]
async fn a_content_that_is_no_text_fails_alone_and_for_good() {
    // A byte that UTF-8 does not have; by `printf '\xff' | base64`, and with gzip before it.
    let contents = [
        (Envelope::base64(), "/w==", "e30="),
        #[cfg(feature = "gzip")]
        (
            Envelope::base64_gzip(100),
            "H4sIAAAAAAACA/sPAAAAAP8BAAAA",
            "H4sIAAAAAAACA6uuBQBDv6ajAgAAAA==",
        ),
    ];
    for (envelope, bytes, text) in contents {
        let processor = BatchProcessor::builder(Witness::default()).envelope(envelope);
        let processor = processor.build().unwrap();
        let report = processor.process(bodies([bytes, text]), far()).await;
        assert_eq!(outcomes(&report), [Outcome::Retry, Outcome::Processed]);
        let error = report.messages[0].error.as_deref();
        assert_eq!(error, Some("the body's content is not UTF-8"));
    }
}
