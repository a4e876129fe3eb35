//! Connections that accept a request and never answer, under paused time.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use aws_sdk_sqs::config::timeout::TimeoutConfig;
use aws_sdk_sqs::config::{BehaviorVersion, Credentials, Region, SharedCredentialsProvider};
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::byte_stream::ByteStream;
use lambda_queue::{
    Backoff, BatchProcessor, BatchProcessorBuilder, DynamoDbStore, Handler, HandlerError,
    Idempotency, MessageContext, Outcome,
};
use serde_json::{Value, json};
use tokio::time::Instant;

use crate::events::{bodies, clock, in_seconds, outcomes};

/// DynamoDB and SQS behind connections of which some are held.
#[derive(Clone, Debug)]
struct Held {
    /// How many requests of each operation, from the first, are never answered.
    first: usize,
    seen: Arc<Mutex<Vec<String>>>,
}

impl Held {
    fn first(first: usize) -> Self {
        let seen = Arc::default();
        Self { first, seen }
    }

    fn is_held(&self, operation: &str) -> bool {
        let mut seen = self.seen.lock().unwrap();
        seen.push(operation.to_owned());
        seen.iter().filter(|it| *it == operation).count() <= self.first
    }
}

impl HttpClient for Held {
    fn http_connector(
        &self,
        _: &HttpConnectorSettings,
        _: &RuntimeComponents,
    ) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

impl HttpConnector for Held {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let target = request.headers().get("x-amz-target").unwrap();
        let operation = target.rsplit('.').next().unwrap().to_owned();
        let is_held = self.is_held(&operation);
        HttpConnectorFuture::new(async move {
            // All of it is taken, so that only the answer is missing.
            let body = ByteStream::new(request.into_body()).collect().await;
            if is_held {
                std::future::pending::<()>().await;
            }
            let body: Value = serde_json::from_slice(&body.unwrap().into_bytes()).unwrap();
            let answer = SdkBody::from(answer(&body).to_string());
            Ok(HttpResponse::new(200.try_into().unwrap(), answer))
        })
    }
}

/// Everything succeeds.
fn answer(request: &Value) -> Value {
    let entries = request["Entries"].as_array();
    let done = entries.into_iter().flatten();
    let done = done.map(|it| json!({"Id": it["Id"], "MessageId": "new", "MD5OfMessageBody": ""}));
    json!({
        "Attributes": {"attempts": {"N": "1"}},
        "Successful": done.collect::<Vec<_>>(),
        "Failed": [],
    })
}

async fn obedient(order: String, _: MessageContext) -> Result<(), HandlerError> {
    match order.as_str() {
        "refuse" => Err(HandlerError::permanent("as told")),
        "fail" => Err(HandlerError::retryable("as told")),
        _ => Ok(()),
    }
}

/// A processor with all that a function has, over connections of which some are held.
fn processor(
    held: &Held,
    timeouts: Option<TimeoutConfig>,
) -> BatchProcessorBuilder<String, impl Handler<String>> {
    let mut aws = aws_config::SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::from_static("eu-west-1"))
        .credentials_provider(SharedCredentialsProvider::new(Credentials::for_tests()))
        .http_client(held.clone());
    aws.set_timeout_config(timeouts);
    let aws = aws.build();
    let store = DynamoDbStore::new(aws_sdk_dynamodb::Client::new(&aws), "table");
    let sqs = aws_sdk_sqs::Client::new(&aws);
    BatchProcessor::builder(obedient)
        .idempotency(Idempotency::new(store, String::clone).namespace("test"))
        .retry(Backoff::default(), sqs.clone())
        .dead_letter_queue(sqs, "https://sqs.eu-west-1.amazonaws.com/123456789012/dlq")
        .clock(clock())
}

const ORDERS: [&str; 3] = ["\"ok\"", "\"refuse\"", "\"fail\""];

#[tokio::test(start_paused = true)]
async fn where_nothing_is_ever_answered_everything_is_reported_in_time() {
    let held = Held::first(usize::MAX);
    for seconds in [1, 10, 60, 900] {
        let processor = processor(&held, None).build().unwrap();
        let begin = Instant::now();
        let report = processor.process(bodies(ORDERS), in_seconds(seconds)).await;
        assert_eq!(outcomes(&report), [Outcome::Retry; 3]);
        // A claim may have been made all the same: none of them is back before it has ended.
        let lease = Duration::from_secs(seconds) - begin.elapsed();
        assert!(report.messages.iter().all(|it| it.hidden_for > Some(lease)));
        assert!(begin.elapsed() < Duration::from_secs(seconds));
    }
}

#[tokio::test(start_paused = true)]
async fn a_connection_that_is_held_costs_seconds_and_not_the_invocation() {
    let held = Held::first(1);
    let processor = processor(&held, None).build().unwrap();
    let begin = Instant::now();
    let report = processor.process(bodies(ORDERS), in_seconds(900)).await;
    let wanted = [Outcome::Processed, Outcome::DeadLettered, Outcome::Retry];
    assert_eq!(outcomes(&report), wanted);
    for operation in ["SendMessageBatch", "ChangeMessageVisibilityBatch"] {
        let seen = held.seen.lock().unwrap();
        assert_eq!(seen.iter().filter(|it| *it == operation).count(), 2);
    }
    assert!(begin.elapsed() < Duration::from_secs(30));
}

#[tokio::test(start_paused = true)]
async fn a_clients_own_timeouts_stand() {
    let patient = TimeoutConfig::builder().operation_attempt_timeout(Duration::from_secs(100));
    for timeouts in [patient.build(), TimeoutConfig::disabled()] {
        let held = Held::first(1);
        let processor = processor(&held, Some(timeouts)).build().unwrap();
        let begin = Instant::now();
        processor.process(bodies(ORDERS), in_seconds(900)).await;
        assert!(begin.elapsed() >= Duration::from_secs(100));
    }
}
