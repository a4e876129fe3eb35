//! Claim checks: nothing but a pointer into a bucket of ours is ever asked for.

use std::sync::{Arc, Mutex};

use aws_sdk_s3::Client;
use aws_sdk_s3::config::{BehaviorVersion, Config, Credentials, Region};
use aws_smithy_http_client::test_util::infallible_client_fn;
use lambda_queue::{BatchProcessor, ClaimCheck, Deadline, HandlerError, MessageContext};
use percent_encoding::percent_decode_str;
use serde_json::Value;

use crate::batch::{check_report, event, run};

const BUCKET: &str = "ours";
const CONTENT: &str = r#"{"fetched":true}"#;
const CLASSES: [&str; 2] = [
    "software.amazon.payloadoffloading.PayloadS3Pointer",
    "com.amazon.sqs.javamessaging.MessageS3Pointer",
];

pub(crate) fn check(data: &[u8]) {
    let Ok(body) = std::str::from_utf8(data) else {
        return;
    };
    let value: Option<Value> = serde_json::from_str(body).ok();
    check_body(body, None);
    // As it is understood by everybody: no member twice.
    if let Some(value) = value {
        check_body(&value.to_string(), Some(&value));
    }
}

fn check_body(body: &str, understood: Option<&Value>) {
    let (requests, seen) = processed(body);
    assert!(requests.len() <= 1, "{requests:?}");
    for request in &requests {
        let key = request.strip_prefix("GET /ours/");
        let key = key.unwrap_or_else(|| panic!("asked for {request}"));
        let key = percent_decode_str(key).decode_utf8().unwrap();
        assert!(body.contains(CLASSES[0]) || body.contains(CLASSES[1]));
        if let Some((bucket, told)) = understood.and_then(pointer) {
            assert_eq!((bucket, told), (BUCKET, &*key));
        }
    }
    match seen.as_deref() {
        Some(CONTENT) if !requests.is_empty() => {}
        // What is no pointer is the content itself, and what is one never is.
        Some(content) => {
            assert!(requests.is_empty());
            assert_eq!(content, body.trim_matches([' ', '\n', '\r', '\t']));
            assert_eq!(understood.and_then(pointer), None);
        }
        None => {}
    }
}

fn pointer(value: &Value) -> Option<(&str, &str)> {
    let [class, place] = value.as_array()?.as_slice() else {
        return None;
    };
    let text = |name| place.as_object()?.get(name)?.as_str();
    let is_pointer = CLASSES.contains(&class.as_str()?);
    let place = (text("s3BucketName")?, text("s3Key")?);
    is_pointer.then_some(place)
}

/// What was asked of S3, and the content that reached the handler.
fn processed(body: &str) -> (Vec<String>, Option<String>) {
    let requests = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::new(Mutex::new(None));
    let handler = {
        let seen = Arc::clone(&seen);
        move |content: Box<serde_json::value::RawValue>, _: MessageContext| {
            *seen.lock().unwrap() = Some(content.get().to_owned());
            std::future::ready(Ok::<_, HandlerError>(()))
        }
    };
    let processor = BatchProcessor::builder(handler)
        .claim_check(ClaimCheck::new(client(Arc::clone(&requests)), [BUCKET]))
        .build()
        .unwrap();
    let event = event([body]);
    let report = run(processor.process(event.clone(), Deadline::unknown()));
    check_report(&event, report);
    let requests = std::mem::take(&mut *requests.lock().unwrap());
    let seen = seen.lock().unwrap().take();
    (requests, seen)
}

fn client(requests: Arc<Mutex<Vec<String>>>) -> Client {
    let http = infallible_client_fn(move |request| {
        let asked = format!("{} {}", request.method(), request.uri().path());
        requests.lock().unwrap().push(asked);
        let answer = http::Response::builder().status(200);
        answer
            .body(aws_smithy_types::body::SdkBody::from(CONTENT))
            .unwrap()
    });
    let config = Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::from_static("eu-west-1"))
        .credentials_provider(Credentials::for_tests())
        .force_path_style(true)
        .http_client(http)
        .build();
    Client::from_conf(config)
}
