//! What services wrap around messages, from the event files in `events/envelopes`: each is taken
//! off by the envelope of the file's name, and the handler is given what was inside.

use std::path::Path;
use std::sync::{Arc, Mutex};

use lambda_queue::{BatchProcessor, Deadline, Envelope, Handler, HandlerError, MessageContext};
use lambda_queue_tests::SqsEvent;
use serde_json::{Value, json};

/// Remembers what it was given.
#[derive(Clone, Default)]
struct Witness(Arc<Mutex<Vec<Value>>>);

impl Handler<Value> for Witness {
    type Output = ();

    async fn handle(&self, content: Value, _: MessageContext) -> Result<(), HandlerError> {
        self.0.lock().expect("nobody panics").push(content);
        Ok(())
    }
}

async fn opened(file: &str, envelope: Envelope) -> Value {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../events/envelopes");
    let text = std::fs::read_to_string(folder.join(file)).expect("a readable fixture");
    let event: SqsEvent = serde_json::from_str(&text).expect("an SQS event");
    let witness = Witness::default();
    let processor = BatchProcessor::builder(witness.clone()).envelope(envelope);
    let processor = processor.build().expect("a processor");
    let report = processor.process(event, Deadline::unknown()).await;
    let outcomes = report.messages.iter().map(|it| it.outcome.as_str());
    let mut opened = json!({
        "outcomes": outcomes.collect::<Vec<_>>(),
        "given": *witness.0.lock().expect("nobody panics"),
    });
    opened.sort_all_objects();
    opened
}

#[tokio::test]
async fn every_envelope_is_taken_off_and_the_rest_is_for_the_handler() {
    for (file, envelope) in [
        ("sns", Envelope::sns()),
        ("event-bridge", Envelope::event_bridge()),
        ("s3", Envelope::s3()),
        ("s3-test-event", Envelope::s3()),
        ("sns-s3", Envelope::sns().then(Envelope::s3())),
        ("base64", Envelope::base64()),
        ("base64-gzip", Envelope::base64_gzip(1024)),
    ] {
        let opened = opened(&format!("{file}.json"), envelope).await;
        insta::assert_json_snapshot!(format!("envelope-{file}"), opened);
    }
}

#[tokio::test]
async fn another_services_envelope_is_a_permanent_error() {
    let opened = opened("sns.json", Envelope::event_bridge()).await;
    assert_eq!(opened, json!({"given": [], "outcomes": ["retry", "retry"]}));
}
