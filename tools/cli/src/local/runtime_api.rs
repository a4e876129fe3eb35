//! The HTTP interface between Lambda and a function's process.
//!
//! The server only turns requests into [`Request`]s and hands out invocations; what they mean is
//! decided by the one that owns the process.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Path, State};
use axum::http::{Response, StatusCode};
use axum::routing::{get, post};
use tokio::net::TcpListener;
use tokio::sync::{Mutex, mpsc};
use tokio::task::JoinHandle;

use crate::error::ErrorReport;

/// The largest response of a synchronous invocation: 6 MB and some room for its envelope.
const MAX_RESPONSE: usize = 6 * 1024 * 1024 + 100;
const ACCEPTED: &str = r#"{"status":"OK"}"#;

/// An event on its way to the function.
pub(super) struct Invocation {
    pub(super) request_id: String,
    pub(super) deadline_ms: u64,
    pub(super) function_arn: String,
    pub(super) trace_id: String,
    pub(super) payload: String,
}

/// What the function's process said.
pub(super) enum Request {
    /// It waits for an event.
    Next,
    Response {
        request_id: String,
        body: Vec<u8>,
    },
    ResponseTooLarge {
        request_id: String,
    },
    Error {
        request_id: String,
        report: ErrorReport,
    },
    InitError(ErrorReport),
}

/// A server for one process.
pub(super) struct RuntimeApi {
    pub(super) address: SocketAddr,
    pub(super) requests: mpsc::UnboundedReceiver<Request>,
    invocations: mpsc::UnboundedSender<Invocation>,
    server: JoinHandle<()>,
}

#[derive(Clone)]
struct Shared {
    requests: mpsc::UnboundedSender<Request>,
    invocations: Arc<Mutex<mpsc::UnboundedReceiver<Invocation>>>,
}

impl RuntimeApi {
    pub(super) async fn start() -> std::io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let (requests, received) = mpsc::unbounded_channel();
        let (invocations, waiting) = mpsc::unbounded_channel();
        let shared = Shared {
            requests,
            invocations: Arc::new(Mutex::new(waiting)),
        };
        let runtime = "/2018-06-01/runtime";
        let app = Router::new()
            .route(&format!("{runtime}/invocation/next"), get(next))
            .route(
                &format!("{runtime}/invocation/{{id}}/response"),
                post(response),
            )
            .route(&format!("{runtime}/invocation/{{id}}/error"), post(error))
            .route(&format!("{runtime}/init/error"), post(init_error))
            .with_state(shared);
        let server = tokio::spawn(async move {
            // Serving ends with the task; accept errors are retried inside.
            drop(axum::serve(listener, app).await);
        });
        Ok(Self {
            address,
            requests: received,
            invocations,
            server,
        })
    }

    /// Hands `invocation` to the next poll.
    pub(super) fn send(&self, invocation: Invocation) {
        // The receiver lives as long as the server, which ends with `self`.
        drop(self.invocations.send(invocation));
    }
}

impl Drop for RuntimeApi {
    fn drop(&mut self) {
        self.server.abort();
    }
}

async fn next(State(shared): State<Shared>) -> Result<Response<Body>, StatusCode> {
    drop(shared.requests.send(Request::Next));
    let invocation = shared.invocations.lock().await.recv().await;
    let invocation = invocation.ok_or(StatusCode::GONE)?;
    Response::builder()
        .header("Content-Type", "application/json")
        .header("Lambda-Runtime-Aws-Request-Id", invocation.request_id)
        .header("Lambda-Runtime-Deadline-Ms", invocation.deadline_ms)
        .header(
            "Lambda-Runtime-Invoked-Function-Arn",
            invocation.function_arn,
        )
        .header("Lambda-Runtime-Trace-Id", invocation.trace_id)
        .body(invocation.payload.into())
        .map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)
}

async fn response(
    State(shared): State<Shared>,
    Path(request_id): Path<String>,
    body: Body,
) -> (StatusCode, &'static str) {
    let Ok(body) = to_bytes(body, MAX_RESPONSE).await else {
        drop(
            shared
                .requests
                .send(Request::ResponseTooLarge { request_id }),
        );
        return (StatusCode::PAYLOAD_TOO_LARGE, "{}");
    };
    let body = body.into();
    drop(shared.requests.send(Request::Response { request_id, body }));
    (StatusCode::ACCEPTED, ACCEPTED)
}

async fn error(
    State(shared): State<Shared>,
    Path(request_id): Path<String>,
    body: Body,
) -> (StatusCode, &'static str) {
    let report = report(body).await;
    drop(shared.requests.send(Request::Error { request_id, report }));
    (StatusCode::ACCEPTED, ACCEPTED)
}

async fn init_error(State(shared): State<Shared>, body: Body) -> (StatusCode, &'static str) {
    let report = report(body).await;
    drop(shared.requests.send(Request::InitError(report)));
    (StatusCode::ACCEPTED, ACCEPTED)
}

async fn report(body: Body) -> ErrorReport {
    let body = to_bytes(body, MAX_RESPONSE).await.unwrap_or_default();
    serde_json::from_slice(&body).unwrap_or_else(|_| ErrorReport {
        error_type: "Unknown".to_owned(),
        error_message: String::from_utf8_lossy(&body).into_owned(),
    })
}
