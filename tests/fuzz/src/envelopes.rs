//! Envelopes: what was put in comes out; what was not is nobody's to handle.

use std::io::Write;
use std::sync::{Arc, Mutex};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use flate2::Compression;
use flate2::write::GzEncoder;
use lambda_queue::{BatchProcessor, Deadline, Envelope, HandlerError, MessageContext};
use serde_json::json;
use serde_json::value::RawValue;

use crate::batch::{check_report, event, run};

const LIMIT: usize = 4096;

/// The first byte says which layers, the rest is the body.
pub(crate) fn check(data: &[u8]) {
    let Some((&kind, body)) = data.split_first() else {
        return;
    };
    let Ok(body) = std::str::from_utf8(body) else {
        return;
    };
    let kind = kind % 8;
    let seen = handled(envelope(kind), body);
    if kind == 5 {
        assert!(seen.is_none_or(|it| it.len() <= LIMIT), "a bomb went off");
    }
    // Whatever is handled by itself is handled out of its envelope, and whatever is not is not.
    if let Some(wrapped) = wrap(kind, body) {
        let expected = handled(Envelope::default(), body);
        let expected = expected.filter(|_| kind != 5 || body.len() <= LIMIT);
        assert_eq!(handled(envelope(kind), &wrapped), expected);
    }
}

fn envelope(kind: u8) -> Envelope {
    match kind {
        0 => Envelope::default(),
        1 => Envelope::sns(),
        2 => Envelope::event_bridge(),
        3 => Envelope::s3(),
        4 => Envelope::base64(),
        5 => Envelope::base64_gzip(LIMIT),
        6 => Envelope::sns().then(Envelope::event_bridge()),
        _ => Envelope::sns().then(Envelope::base64()),
    }
}

/// The body in these layers, if it can be in them.
fn wrap(kind: u8, body: &str) -> Option<String> {
    let sns = |message: &str| json!({"Type": "Notification", "Message": message}).to_string();
    let detail = |content: &str| {
        let is_json = serde_json::from_str::<&RawValue>(content).is_ok();
        is_json.then(|| format!(r#"{{"detail-type":"x","detail":{content},"id":"1"}}"#))
    };
    match kind {
        0 => Some(body.to_owned()),
        1 => Some(sns(body)),
        2 => detail(body),
        3 => None,
        4 => Some(STANDARD.encode(body)),
        5 => {
            let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
            packed.write_all(body.as_bytes()).unwrap();
            Some(STANDARD.encode(packed.finish().unwrap()))
        }
        6 => detail(body).map(|it| sns(&it)),
        _ => Some(sns(&STANDARD.encode(body))),
    }
}

/// The JSON that reached the handler.
fn handled(envelope: Envelope, body: &str) -> Option<String> {
    let seen = Arc::new(Mutex::new(None));
    let handler = {
        let seen = Arc::clone(&seen);
        move |content: Box<RawValue>, _: MessageContext| {
            *seen.lock().unwrap() = Some(content.get().to_owned());
            std::future::ready(Ok::<_, HandlerError>(()))
        }
    };
    let processor = BatchProcessor::builder(handler).envelope(envelope);
    let processor = processor.build().unwrap();
    let event = event([body]);
    let report = run(processor.process(event.clone(), Deadline::unknown()));
    check_report(&event, report);
    seen.lock().unwrap().take()
}
