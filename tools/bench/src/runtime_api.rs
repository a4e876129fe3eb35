//! Lambda's Runtime API for one process: hands out events and takes what is said of them.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::rc::Rc;

use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
use hyper::{Method, Request, Response};
use tokio::net::TcpListener;
use tokio::sync::{Mutex, mpsc};
use tokio::task::JoinHandle;
use tokio::time::Instant;

use crate::http;

pub(crate) const FUNCTION: &str = "orders";
const ARN: &str = "arn:aws:lambda:us-east-1:123456789012:function:orders";
const TRACE: &str = "Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700;Parent=9a9197af755a6419;Sampled=0";

/// An event on its way to the function.
pub(crate) struct Invocation {
    pub(crate) id: String,
    pub(crate) deadline_ms: u64,
    pub(crate) event: Bytes,
}

/// What the function's process said, and when.
pub(crate) enum Said {
    /// It waits for an event.
    Next(Instant),
    Response(Instant, Bytes),
    /// The invocation, or its start, failed.
    Error(Bytes),
}

pub(crate) struct RuntimeApi {
    pub(crate) address: SocketAddr,
    said: mpsc::UnboundedReceiver<Said>,
    events: mpsc::UnboundedSender<Invocation>,
    server: JoinHandle<()>,
}

struct Shared {
    said: mpsc::UnboundedSender<Said>,
    /// A process asks for one event at a time.
    events: Mutex<mpsc::UnboundedReceiver<Invocation>>,
}

impl RuntimeApi {
    pub(crate) async fn serve() -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let (say, said) = mpsc::unbounded_channel();
        let (events, waiting) = mpsc::unbounded_channel();
        let shared = Rc::new(Shared {
            said: say,
            events: Mutex::new(waiting),
        });
        Ok(Self {
            address,
            said,
            events,
            server: tokio::task::spawn_local(accept(listener, shared)),
        })
    }

    pub(crate) fn send(&self, invocation: Invocation) {
        // The receiver lives as long as the server, which ends with `self`.
        let _ = self.events.send(invocation);
    }

    /// What is said next; none after the server's end.
    pub(crate) async fn said(&mut self) -> Option<Said> {
        self.said.recv().await
    }
}

impl Drop for RuntimeApi {
    fn drop(&mut self) {
        self.server.abort();
    }
}

async fn accept(listener: TcpListener, shared: Rc<Shared>) {
    while let Ok((stream, _)) = listener.accept().await {
        let shared = shared.clone();
        tokio::task::spawn_local(async move {
            http::serve(stream, None, move |request| answer(shared.clone(), request)).await;
        });
    }
}

async fn answer(
    shared: Rc<Shared>,
    request: Request<Incoming>,
) -> Result<Response<Full<Bytes>>, hyper::Error> {
    let path = request.uri().path().to_owned();
    if request.method() == Method::GET {
        let _ = shared.said.send(Said::Next(Instant::now()));
        return Ok(next(&shared).await);
    }
    let body = request.into_body().collect().await?.to_bytes();
    let _ = shared.said.send(match path.rsplit('/').next() {
        Some("response") => Said::Response(Instant::now(), body),
        _ => Said::Error(body),
    });
    Ok(http::json(202, r#"{"status":"OK"}"#))
}

async fn next(shared: &Shared) -> Response<Full<Bytes>> {
    let Some(invocation) = shared.events.lock().await.recv().await else {
        return http::json(410, "");
    };
    let response = Response::builder()
        .header("Content-Type", "application/json")
        .header("Lambda-Runtime-Aws-Request-Id", invocation.id)
        .header("Lambda-Runtime-Deadline-Ms", invocation.deadline_ms)
        .header("Lambda-Runtime-Invoked-Function-Arn", ARN)
        .header("Lambda-Runtime-Trace-Id", TRACE)
        .body(Full::new(invocation.event));
    response.unwrap_or_else(|error| http::json(500, error.to_string()))
}
