mod state;

use std::convert::Infallible;
use std::future::ready;
use std::io;
use std::net::TcpListener as Listener;
use std::time::Duration;

use hyper::body::Incoming;
use hyper::header::CONTENT_TYPE;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use state::State;

pub(super) use state::Health;

/// The longest that somebody may take to ask.
const PATIENCE: Duration = Duration::from_secs(10);

impl Health {
    /// Answers here, until what it returns is dropped.
    pub(super) fn serve(&self, listener: Listener) -> io::Result<JoinSet<()>> {
        listener.set_nonblocking(true)?;
        let listener = TcpListener::from_std(listener)?;
        let health = self.clone();
        let mut serving = JoinSet::new();
        serving.spawn(async move { health.accept(listener).await });
        Ok(serving)
    }

    async fn accept(&self, listener: TcpListener) {
        let mut connections = JoinSet::new();
        loop {
            match listener.accept().await {
                Ok((stream, _)) => {
                    connections.spawn(answer(stream, self.clone()));
                }
                // Such as too many open files: it passes.
                Err(_) => sleep(Duration::from_millis(100)).await,
            }
            while connections.try_join_next().is_some() {}
        }
    }

    fn response(&self, request: &Request<Incoming>) -> Response<String> {
        let (status, text) = match (request.method(), request.uri().path()) {
            (&Method::GET | &Method::HEAD, "/health") => self.get().told(),
            _ => (StatusCode::NOT_FOUND, "see GET /health".to_owned()),
        };
        let mut response = Response::new(text + "\n");
        *response.status_mut() = status;
        let plain = hyper::header::HeaderValue::from_static("text/plain; charset=utf-8");
        response.headers_mut().insert(CONTENT_TYPE, plain);
        response
    }
}

impl State {
    fn told(self) -> (StatusCode, String) {
        let unavailable = StatusCode::SERVICE_UNAVAILABLE;
        match self {
            Self::Starting => (unavailable, "starting".to_owned()),
            Self::Polling => (StatusCode::OK, "polling".to_owned()),
            Self::Failing(reason) => (unavailable, format!("polling fails: {reason}")),
            Self::Stopping => (unavailable, "stopping".to_owned()),
        }
    }
}

async fn answer(stream: TcpStream, health: Health) {
    let service = service_fn(|request| ready(Ok::<_, Infallible>(health.response(&request))));
    let mut http = http1::Builder::new();
    let serving = http
        .keep_alive(false)
        .serve_connection(TokioIo::new(stream), service);
    // Whoever broke the connection knows.
    drop(timeout(PATIENCE, serving).await);
}
