//! The messages of the protocol, each in a POST: what the SDK wants of an HTTP client.
//!
//! An answer may come as JSON or as an event among others. Either way it is waited for here, so
//! that no stream stays open beyond the request that it answers; the one that servers could push
//! messages over at any time is not opened at all.

use std::collections::HashMap;
use std::sync::Arc;

use futures_util::stream::BoxStream;
use futures_util::{StreamExt, TryStreamExt};
use http::header::{ACCEPT, CONTENT_TYPE};
use http::request::Builder;
use http::{HeaderName, HeaderValue, Method, StatusCode};
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper::body::{Bytes, Incoming};
use rmcp::model::{ClientJsonRpcMessage, RequestId, ServerJsonRpcMessage};
use rmcp::transport::streamable_http_client::{
    SseError, StreamableHttpClient, StreamableHttpError, StreamableHttpPostResponse,
};
use sse_stream::{Sse, SseStream};

use super::exchange::{Answer, Endpoint};
use super::failure::Unanswered;

const JSON: &str = "application/json";
const EVENTS: &str = "text/event-stream";
const SESSION: &str = "mcp-session-id";

type BoxError = Box<dyn std::error::Error + Send + Sync>;
type Failure = StreamableHttpError<Unanswered>;

/// Sends messages to a server.
#[derive(Clone)]
pub(super) struct HttpClient(Arc<Endpoint>);

impl HttpClient {
    pub(super) fn new(endpoint: Endpoint) -> Self {
        Self(Arc::new(endpoint))
    }

    fn request(
        &self,
        method: Method,
        session_id: Option<&str>,
        headers: HashMap<HeaderName, HeaderValue>,
    ) -> Builder {
        let mut request = self.0.request(method);
        if let Some(id) = session_id {
            request = request.header(SESSION, id);
        }
        // What the SDK adds: the protocol's version.
        for (name, value) in headers {
            request = request.header(name, value);
        }
        request
    }
}

impl StreamableHttpClient for HttpClient {
    type Error = Unanswered;

    async fn post_message(
        &self,
        _uri: Arc<str>,
        message: ClientJsonRpcMessage,
        session_id: Option<Arc<str>>,
        _auth_header: Option<String>,
        headers: HashMap<HeaderName, HeaderValue>,
    ) -> Result<StreamableHttpPostResponse, Failure> {
        let session_id = session_id.as_deref();
        let body = Bytes::from(serde_json::to_vec(&message)?);
        let request = self
            .request(Method::POST, session_id, headers)
            .header(CONTENT_TYPE, JSON)
            .header(ACCEPT, format!("{JSON}, {EVENTS}"))
            .body(Full::new(body))
            .map_err(|_| not_mcp("its session id is no header"))?;
        let answer = self.0.send(request).await.map_err(Failure::Client)?;
        let status = answer.response.status();
        if status == StatusCode::NOT_FOUND && session_id.is_some() {
            return Err(Failure::SessionExpired);
        }
        match message {
            ClientJsonRpcMessage::Request(request) => read(answer, &request.id).await,
            _ if status.is_success() => Ok(StreamableHttpPostResponse::Accepted),
            _ => Err(Failure::Client(Unanswered::Status(status))),
        }
    }

    async fn delete_session(
        &self,
        _uri: Arc<str>,
        session_id: Arc<str>,
        _auth_header: Option<String>,
        headers: HashMap<HeaderName, HeaderValue>,
    ) -> Result<(), Failure> {
        let request = self
            .request(Method::DELETE, Some(&session_id), headers)
            .body(Full::default())
            .map_err(|_| not_mcp("its session id is no header"))?;
        self.0.send(request).await.map_err(Failure::Client)?;
        Ok(())
    }

    async fn get_stream(
        &self,
        _uri: Arc<str>,
        _session_id: Option<Arc<str>>,
        _last_event_id: Option<String>,
        _auth_header: Option<String>,
        _headers: HashMap<HeaderName, HeaderValue>,
    ) -> Result<BoxStream<'static, Result<Sse, SseError>>, Failure> {
        Err(Failure::ServerDoesNotSupportSse)
    }
}

/// The answer to a request. One that is of no request would never be missed by anybody, and the
/// request would wait for its own: it is taken as what it is, an error.
async fn read(answer: Answer, id: &RequestId) -> Result<StreamableHttpPostResponse, Failure> {
    let Answer {
        response,
        connection: _connection,
    } = answer;
    let status = response.status();
    let header = |name: &str| response.headers().get(name)?.to_str().ok();
    let session_id = header(SESSION).map(str::to_owned);
    let content_type = header(CONTENT_TYPE.as_str()).unwrap_or_default();
    let essence = content_type.split(';').next().unwrap_or_default().trim();
    let (is_json, is_events) = (
        essence.eq_ignore_ascii_case(JSON),
        essence.eq_ignore_ascii_case(EVENTS),
    );
    let body = response.into_body();
    let message = match status {
        StatusCode::OK if is_json => json(body).await?,
        StatusCode::OK if is_events => event(body, id).await?,
        StatusCode::OK => return Err(not_mcp("it is neither JSON nor events")),
        // An error of the protocol may have a status of HTTP as well; who is not let in needs no
        // more explanation.
        _ if is_json && status.is_client_error() && !is_barred(status) => match json(body).await {
            Ok(ServerJsonRpcMessage::Error(error)) => {
                ServerJsonRpcMessage::error(error.error, Some(id.clone()))
            }
            _ => return Err(Failure::Client(Unanswered::Status(status))),
        },
        _ => return Err(Failure::Client(Unanswered::Status(status))),
    };
    if !answers(&message, id) {
        return Err(not_mcp("it answers no request"));
    }
    Ok(StreamableHttpPostResponse::Json(message, session_id))
}

fn is_barred(status: StatusCode) -> bool {
    matches!(status, StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN)
}

async fn json(body: Limited<Incoming>) -> Result<ServerJsonRpcMessage, Failure> {
    let body = body.collect().await.map_err(broken)?.to_bytes();
    serde_json::from_slice(&body).map_err(|_| not_mcp("it is no message of JSON-RPC"))
}

/// The event that answers; those before it are of no use here.
async fn event(body: Limited<Incoming>, id: &RequestId) -> Result<ServerJsonRpcMessage, Failure> {
    let bytes = body.into_data_stream().map_err(unanswered);
    let mut events = SseStream::from_bytes_stream(bytes);
    while let Some(event) = events.next().await {
        let data = match event {
            Ok(event) => event.data.unwrap_or_default(),
            Err(SseError::Body(error)) => return Err(broken(error)),
            Err(_) => return Err(not_mcp("it has events that cannot be read")),
        };
        if let Ok(message) = serde_json::from_str(&data)
            && answers(&message, id)
        {
            return Ok(message);
        }
    }
    let ended = Unanswered::Broken("it ended before the answer".to_owned());
    Err(Failure::Client(ended))
}

fn answers(message: &ServerJsonRpcMessage, id: &RequestId) -> bool {
    match message {
        ServerJsonRpcMessage::Response(response) => response.id == *id,
        ServerJsonRpcMessage::Error(error) => error.id.as_ref() == Some(id),
        _ => false,
    }
}

fn not_mcp(reason: &'static str) -> Failure {
    Failure::Client(Unanswered::NotMcp(reason))
}

fn broken(error: BoxError) -> Failure {
    Failure::Client(unanswered(error))
}

fn unanswered(error: BoxError) -> Unanswered {
    match error.downcast::<Unanswered>() {
        Ok(unanswered) => *unanswered,
        Err(error) if error.is::<LengthLimitError>() => Unanswered::TooLarge,
        Err(error) => Unanswered::Broken(error.to_string()),
    }
}
