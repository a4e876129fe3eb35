//! A server that greets and lists as it should, and then does not.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::Request;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures_util::{StreamExt, stream};
use serde_json::{Value, json};
use tokio::net::TcpListener;

/// How the server answers one method; the others are answered well.
#[derive(Clone)]
pub(crate) enum Answer {
    /// JSON without an end.
    Endless,
    /// Events without an end, none of which is the answer.
    EndlessEvents,
    /// A page of the web.
    Page,
    /// No JSON, although it says so.
    Garbage,
    /// An answer to another request.
    OfAnother,
    /// It was taken, and there will never be an answer.
    Accepted,
    /// The connection ends halfway.
    Torn,
    /// This status, with nothing more.
    Status(StatusCode),
    /// The session is unknown, as some servers say it.
    NoSession,
    /// It is elsewhere.
    Redirect(SocketAddr),
    /// There is always another page.
    Pages,
}

/// What was asked: methods, and the authorizations that came with them.
pub(crate) type Asked = Arc<Mutex<Vec<(String, Option<String>)>>>;

/// Starts it, on an address of this machine.
pub(crate) async fn start(method: &'static str, answer: Answer) -> (SocketAddr, Asked) {
    let asked = Asked::default();
    let log = Arc::clone(&asked);
    let respond = move |request: Request| {
        let (answer, log) = (answer.clone(), Arc::clone(&log));
        async move {
            let authorization = request.headers().get(header::AUTHORIZATION);
            let authorization = authorization.map(|it| it.to_str().unwrap().to_owned());
            let body = axum::body::to_bytes(request.into_body(), 100_000).await;
            let message: Value = serde_json::from_slice(&body.unwrap()).unwrap_or_default();
            let asked = message["method"].as_str().unwrap_or_default().to_owned();
            log.lock().unwrap().push((asked.clone(), authorization));
            match asked == method {
                true => badly(answer, &message["id"]),
                false => well(&asked, &message["id"]),
            }
        }
    };
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let router = Router::new().fallback(respond);
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    (address, asked)
}

fn well(method: &str, id: &Value) -> Response {
    let result = match method {
        "initialize" => json!({
            "protocolVersion": "2025-06-18",
            "capabilities": {"tools": {}},
            "serverInfo": {"name": "hostile", "version": "1"},
        }),
        "tools/list" => json!({"tools": [
            {"name": "look", "inputSchema": {"type": "object"}, "annotations": {"readOnlyHint": true}},
            {"name": "pay", "inputSchema": {"type": "object"}},
        ]}),
        "tools/call" => json!({"content": [{"type": "text", "text": "done"}]}),
        "ping" => json!({}),
        _ => return StatusCode::ACCEPTED.into_response(),
    };
    let message = json!({"jsonrpc": "2.0", "id": id, "result": result}).to_string();
    let session = ("mcp-session-id", "s-1");
    ([session, ("content-type", "application/json")], message).into_response()
}

fn badly(answer: Answer, id: &Value) -> Response {
    let typed = |content_type: &str, body: Body| {
        ([(header::CONTENT_TYPE, content_type)], body).into_response()
    };
    let part = |text: String| Ok::<_, std::io::Error>(Bytes::from(text));
    let large = "[".repeat(64 * 1024);
    let endless =
        move |text: String| Body::from_stream(stream::repeat_with(move || part(text.clone())));
    match answer {
        Answer::Endless => typed("application/json", endless(large)),
        Answer::EndlessEvents => typed(
            "text/event-stream",
            endless(format!("id: 1\ndata: {large}\n\n")),
        ),
        Answer::Page => typed("text/html", Body::from("<h1>Welcome</h1>")),
        Answer::Garbage => typed("application/json", Body::from("{\"jsonrpc\": secret")),
        Answer::OfAnother => {
            let message = json!({"jsonrpc": "2.0", "id": 4711, "result": {"content": []}});
            typed("application/json", Body::from(message.to_string()))
        }
        Answer::Accepted => StatusCode::ACCEPTED.into_response(),
        Answer::Torn => {
            let broken = stream::iter([part("{".to_owned()), Err(std::io::Error::other("torn"))]);
            typed("application/json", Body::from_stream(broken.boxed()))
        }
        Answer::Status(status) => status.into_response(),
        Answer::NoSession => {
            let error =
                json!({"code": -32000, "message": "Bad Request: No valid session ID provided"});
            let message = json!({"jsonrpc": "2.0", "id": null, "error": error});
            let answer = typed("application/json", Body::from(message.to_string()));
            (StatusCode::BAD_REQUEST, answer).into_response()
        }
        Answer::Redirect(to) => {
            let location = format!("http://{to}/mcp");
            (
                StatusCode::TEMPORARY_REDIRECT,
                [(header::LOCATION, location)],
            )
                .into_response()
        }
        Answer::Pages => {
            let schema = json!({"type": "object"});
            let tool = json!({"name": "look", "inputSchema": schema});
            let result = json!({"tools": [tool], "nextCursor": "again"});
            let message = json!({"jsonrpc": "2.0", "id": id, "result": result});
            typed("application/json", Body::from(message.to_string()))
        }
    }
}
