//! One HTTP request and its answer, over a connection of their own.

use std::time::Duration;

use http::header::{ACCEPT_ENCODING, AUTHORIZATION, CONNECTION, HOST, HeaderValue, USER_AGENT};
use http::request::Builder;
use http::{Method, Request, Response};
use http_body_util::{Full, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::timeout;
use url::{Host, Position, Url};

use super::failure::Unanswered;
use crate::McpServer;
use crate::tls::Tls;

/// The largest answer, in bytes; one that comes in events may have as much in all of them.
pub(super) const MAX_ANSWER: usize = 4 * 1024 * 1024;
/// The most bytes of an answer's head.
const MAX_HEAD: usize = 32 * 1024;
/// TLS included.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// Where a server is, and how it knows who asks.
pub(super) struct Endpoint {
    url: Url,
    host: Host<String>,
    port: u16,
    authorization: Option<HeaderValue>,
    tls: Option<Tls>,
}

/// An answer whose body is still to be read. With it goes its connection.
pub(super) struct Answer {
    pub(super) response: Response<Limited<Incoming>>,
    /// Aborted when it is dropped.
    pub(super) connection: JoinSet<()>,
}

impl Endpoint {
    pub(super) fn new(server: &McpServer) -> Self {
        let url = server.url.clone();
        Self {
            // There is one, as the settings were checked.
            host: url
                .host()
                .map_or(Host::Domain(String::new()), |it| it.to_owned()),
            port: url.port_or_known_default().unwrap_or(443),
            tls: (url.scheme() == "https").then(Tls::default),
            authorization: server.authorization.clone(),
            url,
        }
    }

    /// The start of a request to the server.
    pub(super) fn request(&self, method: Method) -> Builder {
        let path = &self.url[Position::BeforePath..Position::AfterQuery];
        let host = &self.url[Position::BeforeHost..Position::AfterPort];
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header(HOST, host)
            .header(CONNECTION, "close")
            .header(USER_AGENT, "lambda-queue-tool-executor")
            // Nothing to decompress: a bomb stays as large as it was sent.
            .header(ACCEPT_ENCODING, "identity");
        if let Some(authorization) = &self.authorization {
            request = request.header(AUTHORIZATION, authorization);
        }
        request
    }

    /// Sends a request. Redirects are answers: where they lead, the authorization must not go.
    pub(super) async fn send(&self, request: Request<Full<Bytes>>) -> Result<Answer, Unanswered> {
        let connecting = timeout(CONNECT_TIMEOUT, self.connect()).await;
        let connected = connecting.map_err(|_| unreachable("it does not accept connections"))?;
        match connected? {
            Connection::Plain(stream) => exchange(stream, request).await,
            Connection::Secure(stream) => exchange(*stream, request).await,
        }
    }

    async fn connect(&self) -> Result<Connection, Unanswered> {
        let connected = match &self.host {
            Host::Domain(name) => TcpStream::connect((name.as_str(), self.port)).await,
            Host::Ipv4(address) => TcpStream::connect((*address, self.port)).await,
            Host::Ipv6(address) => TcpStream::connect((*address, self.port)).await,
        };
        let stream = connected.map_err(unreachable)?;
        // A call is one small write, and waits for nothing.
        stream.set_nodelay(true).map_err(unreachable)?;
        let Some(tls) = &self.tls else {
            return Ok(Connection::Plain(stream));
        };
        let secured = tls.handshake(&self.host, stream).await;
        secured
            .map(|it| Connection::Secure(Box::new(it)))
            .map_err(unreachable)
    }
}

enum Connection {
    Plain(TcpStream),
    Secure(Box<tokio_rustls::client::TlsStream<TcpStream>>),
}

async fn exchange(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    request: Request<Full<Bytes>>,
) -> Result<Answer, Unanswered> {
    let mut builder = http1::Builder::new();
    builder.max_buf_size(MAX_HEAD);
    let handshake = builder.handshake(TokioIo::new(stream)).await;
    let (mut sender, driver) = handshake.map_err(unreachable)?;
    let mut connection = JoinSet::new();
    connection.spawn(async move {
        // What is wrong with it, the request or the body says as well.
        let _ = driver.await;
    });
    let response = sender.send_request(request).await;
    let response = response.map_err(|error| Unanswered::Broken(error.to_string()))?;
    Ok(Answer {
        response: response.map(|body| Limited::new(body, MAX_ANSWER)),
        connection,
    })
}

fn unreachable(reason: impl ToString) -> Unanswered {
    Unanswered::Unreachable(reason.to_string())
}
