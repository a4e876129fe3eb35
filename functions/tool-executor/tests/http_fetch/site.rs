//! A web server with pages of every kind, good and hostile.

use std::net::SocketAddr;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{OriginalUri, Query};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use futures_util::stream;
use serde::Deserialize;
use tokio::net::TcpListener;

pub(crate) const PAGE: &str = "<html><head><title>T</title><script>steal()</script></head>\
    <body><h1>Refunds</h1><p>Within <b>30</b> days.</p></body></html>";

#[derive(Deserialize)]
struct To {
    to: String,
}

/// Starts it, on an address of this machine.
pub(crate) async fn start() -> SocketAddr {
    let pages = Router::new()
        .route("/page", get(|| typed("text/html; charset=utf-8", PAGE)))
        .route(
            "/json",
            get(|| typed("application/json", "{\"a\": [1, 2]}")),
        )
        .route("/text", get(|| typed("text/plain", "plain & simple")))
        .route(
            "/latin",
            get(|| typed("text/plain; charset=ISO-8859-1", &b"caf\xe9"[..])),
        )
        .route(
            "/meta",
            get(|| typed("text/html", &b"<meta charset=windows-1252><p>\x80 5"[..])),
        )
        .route(
            "/marked",
            get(|| typed("text/plain", &b"\xff\xfeH\0i\0"[..])),
        )
        .route(
            "/broken",
            get(|| typed("text/html", &b"<p>caf\xe9 \xff"[..])),
        )
        .route(
            "/klingon",
            get(|| typed("text/plain; charset=klingon", "x")),
        )
        .route("/image", get(|| typed("image/png", "x")))
        .route(
            "/deep",
            get(|| async { typed("text/html", "<div>".repeat(100_000)).await }),
        )
        .route("/packed", get(packed))
        .route("/headers", get(headers))
        .route("/redirect", get(redirect))
        .route("/loop", get(|| async { to("/loop".to_owned()) }))
        .route("/silent", get(std::future::pending::<()>))
        .route("/endless", get(endless))
        .route("/stalls", get(stalls));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, pages).await });
    address
}

async fn typed(content_type: &str, body: impl Into<Body>) -> Response {
    let headers = [(header::CONTENT_TYPE, content_type)];
    (headers, body.into()).into_response()
}

async fn packed() -> impl IntoResponse {
    let headers = [
        (header::CONTENT_TYPE, "text/plain"),
        (header::CONTENT_ENCODING, "gzip"),
    ];
    (headers, "not unpacked")
}

/// What was asked, as JSON.
async fn headers(OriginalUri(uri): OriginalUri, headers: HeaderMap) -> impl IntoResponse {
    let mut text = format!("{uri}\n");
    for (name, value) in &headers {
        text += &format!("{name}: {}\n", value.to_str().unwrap());
    }
    ([(header::CONTENT_TYPE, "text/plain")], text)
}

async fn redirect(Query(To { to: location }): Query<To>) -> Response {
    to(location)
}

fn to(location: String) -> Response {
    (StatusCode::FOUND, [(header::LOCATION, location)]).into_response()
}

async fn endless() -> Response {
    let parts = stream::repeat_with(|| Ok::<_, std::io::Error>(Bytes::from(vec![b'x'; 65536])));
    typed("text/plain", Body::from_stream(parts)).await
}

async fn stalls() -> Response {
    let start = stream::iter([Ok::<_, std::io::Error>(Bytes::from("some"))]);
    let parts = futures_util::StreamExt::chain(start, stream::pending());
    typed("text/plain", Body::from_stream(parts)).await
}
