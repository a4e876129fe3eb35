//! A page on its way from a web site to a model.

#[expect(dead_code, reason = "what the tests of http_fetch need beyond this")]
#[path = "../../../functions/tool-executor/tests/http_fetch/network.rs"]
mod network;

use axum::Router;
use axum::http::header::{CONTENT_TYPE, LOCATION, SET_COOKIE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use lambda_queue::{Deadline, MemoryStore, Outcome, telemetry};
use lambda_queue_tests::{DynamoDb, Queues, S3, first_delivery};
use network::TestNetwork;
use serde_json::json;
use tokio::net::TcpListener;
use tool_executor::{Clients, Config, HttpFetch, Registry, Sites};

/// Of pages, of their addresses, and of what they say of themselves.
pub(crate) const SECRETS: [&str; 5] = [
    "Open sesame",
    "said the page",
    "secret-path",
    "secret-query",
    "secret-cookie",
];
/// All that the function and its clients say; not the words of the services in the test's own process.
pub(crate) const LEVELS: &str = "info,tool_executor=trace,ingestion=trace,lambda_queue=trace,\
    hyper=trace,hyper_util=trace,rustls=trace,html5ever=trace,htmd=trace,encoding_rs=trace";

const PAGE: &str = "<meta charset=utf-8><h1>Open sesame</h1><p>said the page \u{fffd}";

/// Logging is set up once a process.
#[tokio::test]
#[ignore = "tool_executor_never_logs_a_page runs it"]
async fn a_page() {
    telemetry::init();
    let dynamodb = DynamoDb::start(&[("results", "conversation_id", Some("tool_call_id"))]).await;
    let clients = Clients {
        dynamodb: dynamodb.client(),
        s3: S3::none(),
        sqs: Queues::fifo(&[]).client(),
    };
    let config = Config::read(&|name| name.ends_with("_TABLE").then(|| "results".to_owned()));
    let processor = config
        .unwrap()
        .processor(tools().await, MemoryStore::new(), &clients)
        .unwrap();
    for (index, path) in ["page", "text", "latin", "moved", "gone"]
        .iter()
        .enumerate()
    {
        let url = format!("http://site.test/{path}/secret-path?secret-query");
        let call = json!({"type": "tool_use", "id": index.to_string(), "name": "http_fetch",
            "input": {"url": url}});
        let event = first_delivery("calls", &[json!({"conversation_id": "c", "call": call})]);
        let report = processor.process(event, Deadline::unknown());
        assert_eq!(report.await.messages[0].outcome, Outcome::Processed);
    }
    let fetched = dynamodb.items("results");
    assert!(fetched[0]["result"].to_string().contains("said the page"));
}

async fn tools() -> Registry {
    let pages = Router::new()
        .route("/page/{*rest}", get(|| typed("text/html", PAGE.as_bytes())))
        .route(
            "/text/{*rest}",
            get(|| typed("text/plain", b"Open sesame \xff")),
        )
        .route(
            "/latin/{*rest}",
            get(|| typed("text/html; charset=klingon", b"Open sesame")),
        )
        .route("/moved/{*rest}", get(moved))
        .route(
            "/gone/{*rest}",
            get(|| async { (StatusCode::GONE, "Open sesame") }),
        );
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let network = TestNetwork::to(listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, pages).await });
    let network = network.name("site.test", &[&["93.184.216.34"]]);
    let fetch = HttpFetch::over(network.clone(), Sites::parse("site.test").unwrap());
    Registry::new().with(fetch).unwrap()
}

async fn typed(content_type: &'static str, body: &'static [u8]) -> Response {
    let cookie = HeaderValue::from_static("secret-cookie=1");
    (
        [
            (CONTENT_TYPE, HeaderValue::from_static(content_type)),
            (SET_COOKIE, cookie),
        ],
        body,
    )
        .into_response()
}

async fn moved() -> impl IntoResponse {
    (
        StatusCode::FOUND,
        [(LOCATION, "/page/secret-path?secret-query")],
    )
}
