//! `lambda_queue::run` against a Runtime API: several invocations at a time where Lambda asks for
//! it, as on Managed Instances.

#![allow(clippy::unwrap_used, reason = "tests")]

use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::routing::{get, post};
use lambda_queue::{BatchProcessor, HandlerError, MessageContext};
use serde_json::{Value, json};
use tokio::sync::{Barrier, Notify};

const INVOCATIONS: usize = 4;

/// The function: a message is done when as many others have come as there are invocations, so
/// that none ends unless all run at once. Started as a process of its own, because
/// it reads its environment.
#[tokio::test(flavor = "current_thread")]
#[ignore = "started by the tests below"]
async fn function() {
    let barrier = Arc::new(Barrier::new(INVOCATIONS));
    let together = move |_: u32, _: MessageContext| {
        let barrier = barrier.clone();
        async move {
            barrier.wait().await;
            Ok::<_, HandlerError>(())
        }
    };
    let processor = BatchProcessor::builder(together).build().unwrap();
    lambda_queue::run(processor).await.unwrap();
}

#[derive(Clone, Default)]
struct Lambda {
    handed_out: Arc<AtomicUsize>,
    responses: Arc<Mutex<Vec<Value>>>,
    answered: Arc<Notify>,
}

async fn next(State(lambda): State<Lambda>) -> (HeaderMap, String) {
    let number = lambda.handed_out.fetch_add(1, Ordering::SeqCst);
    if number >= INVOCATIONS {
        std::future::pending::<()>().await;
    }
    let mut headers = HeaderMap::new();
    let mut header = |name: &'static str, value: String| {
        headers.insert(name, HeaderValue::from_str(&value).unwrap());
    };
    header("lambda-runtime-aws-request-id", format!("request-{number}"));
    header("lambda-runtime-deadline-ms", u64::MAX.to_string());
    header("lambda-runtime-invoked-function-arn", "arn".to_owned());
    let record = json!({
        "messageId": format!("m{number}"), "body": number.to_string(), "eventSource": "aws:sqs",
        "eventSourceARN": "arn:aws:sqs:eu-west-1:123456789012:orders",
    });
    (headers, json!({"Records": [record]}).to_string())
}

async fn response(State(lambda): State<Lambda>, Path(_): Path<String>, body: String) -> StatusCode {
    lambda
        .responses
        .lock()
        .unwrap()
        .push(serde_json::from_str(&body).unwrap());
    lambda.answered.notify_one();
    StatusCode::ACCEPTED
}

/// The function's process, which ends with the test.
struct Process(Child);

impl Drop for Process {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

#[tokio::test]
async fn as_many_invocations_run_at_once_as_lambda_asks_for() {
    let lambda = Lambda::default();
    let router = Router::new()
        .route("/2018-06-01/runtime/invocation/next", get(next))
        .route(
            "/2018-06-01/runtime/invocation/{id}/response",
            post(response),
        )
        .with_state(lambda.clone());
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    tokio::spawn(async move { axum::serve(listener, router).await });

    let function = Command::new(std::env::current_exe().unwrap())
        .args(["--ignored", "--exact", "function"])
        .env("AWS_LAMBDA_RUNTIME_API", &address)
        .env("AWS_LAMBDA_MAX_CONCURRENCY", INVOCATIONS.to_string())
        .env("AWS_LAMBDA_FUNCTION_NAME", "orders")
        .env("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST")
        .env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "128")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    let _process = Process(function.unwrap());

    let all_answered = async {
        while lambda.responses.lock().unwrap().len() < INVOCATIONS {
            lambda.answered.notified().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), all_answered)
        .await
        .unwrap();
    let responses = lambda.responses.lock().unwrap().clone();
    assert_eq!(
        responses,
        vec![json!({"batchItemFailures": []}); INVOCATIONS]
    );
}
