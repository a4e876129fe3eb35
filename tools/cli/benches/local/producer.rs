//! Sends messages over HTTP, as any SDK would.

use axum::body::Body;
use axum::http::Request;
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use serde_json::{Value, json};
use tokio::task::JoinSet;

/// Requests under way at once.
const SENDERS: usize = 8;

/// Sends `count` messages in tens.
pub(crate) async fn send(address: &str, queue: &str, count: usize) {
    let client = Client::builder(TokioExecutor::new()).build_http();
    let mut senders = JoinSet::new();
    for sender in 0..SENDERS {
        let (client, address, queue) = (client.clone(), address.to_owned(), queue.to_owned());
        senders.spawn(async move {
            for batch in (sender..count / 10).step_by(SENDERS) {
                let request = Request::post(format!("http://{address}/"))
                    .header("content-type", "application/x-amz-json-1.0")
                    .header("x-amz-target", "AmazonSQS.SendMessageBatch")
                    .body(Body::from(entries(&queue, batch).to_string()))
                    .unwrap();
                let response = client.request(request).await.unwrap();
                assert!(response.status().is_success());
                axum::body::to_bytes(Body::new(response.into_body()), usize::MAX)
                    .await
                    .unwrap();
            }
        });
    }
    while let Some(done) = senders.join_next().await {
        done.unwrap();
    }
}

fn entries(queue: &str, batch: usize) -> Value {
    let body = |index: usize| json!({ "order": batch * 10 + index, "text": "x".repeat(75) });
    let entry =
        |index: usize| json!({ "Id": index.to_string(), "MessageBody": body(index).to_string() });
    json!({ "QueueUrl": queue, "Entries": (0..10).map(entry).collect::<Vec<_>>() })
}
