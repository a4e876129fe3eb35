//! HTTP/1.1 on this machine, for both servers of the benchmark.

use std::cell::Cell;
use std::future::Future;
use std::rc::Rc;

use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::header::{CONTENT_TYPE, HeaderValue};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio_util::io::{InspectReader, InspectWriter};

/// Bytes that came and went.
#[derive(Clone, Default)]
pub(crate) struct Traffic(Rc<Cell<u64>>);

impl Traffic {
    pub(crate) fn bytes(&self) -> u64 {
        self.0.get()
    }

    fn count(&self, bytes: &[u8]) {
        self.0.set(self.0.get() + bytes.len() as u64);
    }
}

/// Answers what comes over a connection, until the other side ends it.
pub(crate) async fn serve<F>(
    stream: TcpStream,
    traffic: Option<Traffic>,
    answer: impl Fn(Request<Incoming>) -> F,
) where
    F: Future<Output = Result<Response<Full<Bytes>>, hyper::Error>>,
{
    // Answers are small, and nobody should wait for more of them.
    let _ = stream.set_nodelay(true);
    let traffic = traffic.unwrap_or_default();
    let (received, sent) = (traffic.clone(), traffic);
    let stream = InspectWriter::new(stream, move |bytes: &[u8]| sent.count(bytes));
    let stream = InspectReader::new(stream, move |bytes: &[u8]| received.count(bytes));
    let connection = http1::Builder::new();
    // A process that is killed drops its connections.
    let _ = connection
        .serve_connection(TokioIo::new(stream), service_fn(answer))
        .await;
}

pub(crate) fn json(status: u16, body: impl Into<Bytes>) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(body.into()));
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or_default();
    let json = HeaderValue::from_static("application/x-amz-json-1.0");
    response.headers_mut().insert(CONTENT_TYPE, json);
    response
}
