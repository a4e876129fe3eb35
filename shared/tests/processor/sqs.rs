//! SQS as the processor's client sees it: every request is noted, and answered as told.

use std::sync::{Arc, Mutex};

use aws_sdk_sqs::Client;
use aws_sdk_sqs::config::{BehaviorVersion, Config, Credentials, Region};
use aws_smithy_http_client::test_util::infallible_client_fn;
use serde_json::{Value, json};

/// The requests SQS got, in order: operation and JSON body.
pub type Requests = Arc<Mutex<Vec<(String, Value)>>>;

/// A client whose batch entries fail when `fails` says so of their id's position and the entry.
pub fn client(fails: fn(&Value) -> bool) -> (Client, Requests) {
    let requests = Requests::default();
    let noted = requests.clone();
    let http = infallible_client_fn(move |request| {
        let target = request.headers()["x-amz-target"]
            .to_str()
            .unwrap_or_default();
        let operation = target.rsplit('.').next().unwrap_or_default().to_owned();
        let body: Value =
            serde_json::from_slice(request.body().bytes().unwrap_or_default()).unwrap_or_default();
        let entries = body["Entries"].as_array().cloned().unwrap_or_default();
        let (failed, ok): (Vec<_>, Vec<_>) = entries.iter().partition(|entry| fails(entry));
        let answer = json!({
            "Successful": ok.iter().map(|entry| json!({
                "Id": entry["Id"], "MessageId": "new", "MD5OfMessageBody": "",
            })).collect::<Vec<_>>(),
            "Failed": failed.iter().map(|entry| json!({
                "Id": entry["Id"], "Code": "InternalError", "SenderFault": false,
            })).collect::<Vec<_>>(),
        });
        noted
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
            .push((operation, body));
        http::Response::builder()
            .status(200)
            .body(answer.to_string())
            .unwrap_or_default()
    });
    let config = Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::from_static("eu-west-1"))
        .credentials_provider(Credentials::for_tests())
        .http_client(http)
        .build();
    (Client::from_conf(config), requests)
}

/// The requests of one operation.
pub fn of(requests: &Requests, operation: &str) -> Vec<Value> {
    let requests = requests.lock().unwrap();
    let wanted = requests.iter().filter(|(name, _)| name == operation);
    wanted.map(|(_, body)| body.clone()).collect()
}
