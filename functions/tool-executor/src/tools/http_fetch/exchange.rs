//! One GET over a connection of its own.

use std::pin::pin;

use http::header::{
    ACCEPT, ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_TYPE, HOST, HeaderName, LOCATION, USER_AGENT,
};
use http::{Request, Response, StatusCode};
use http_body_util::{BodyExt, Empty, LengthLimitError, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use url::{Position, Url};

use super::MAX_PAGE_BYTES;

/// The most bytes of a response's head.
const MAX_HEAD: usize = 32 * 1024;

/// What a server answers.
pub(super) enum Answer {
    Body(Body),
    Redirect(Url),
}

/// A body that was read whole.
pub(super) struct Body {
    pub(super) content_type: String,
    pub(super) bytes: Bytes,
}

/// Asks for a page. The connection is driven by this future alone, and ends with it.
pub(super) async fn get(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    url: &Url,
) -> Result<Answer, String> {
    let mut builder = http1::Builder::new();
    builder.max_buf_size(MAX_HEAD);
    let (mut sender, connection) = builder
        .handshake(TokioIo::new(stream))
        .await
        .map_err(broken)?;
    let request = request(url)?;
    let mut exchange = pin!(async move {
        let response = sender.send_request(request).await.map_err(broken)?;
        read(response, url).await
    });
    tokio::select! {
        answer = &mut exchange => answer,
        // What was received before the server hung up is still to be read.
        _ = connection => exchange.await,
    }
}

fn request(url: &Url) -> Result<Request<Empty<Bytes>>, String> {
    Request::get(&url[Position::BeforePath..Position::AfterQuery])
        .header(HOST, &url[Position::BeforeHost..Position::AfterPort])
        .header(USER_AGENT, "lambda-queue-tool-executor")
        .header(
            ACCEPT,
            "text/html, text/markdown, application/json, text/*;q=0.8",
        )
        // Nothing to decompress: a bomb stays as large as it was sent.
        .header(ACCEPT_ENCODING, "identity")
        .body(Empty::new())
        .map_err(|error| format!("this URL cannot be asked for: {error}"))
}

async fn read(response: Response<Incoming>, url: &Url) -> Result<Answer, String> {
    let status = response.status();
    let header = |name: HeaderName| response.headers().get(name)?.to_str().ok();
    if let (true, Some(to)) = (is_redirect(status), header(LOCATION)) {
        let to = url.join(to);
        let to = to.map_err(|_| "the server redirects to something that is no URL".to_owned());
        return to.map(Answer::Redirect);
    }
    if !status.is_success() {
        return Err(format!("the server answered {status}"));
    }
    if header(CONTENT_ENCODING).is_some_and(|it| !it.eq_ignore_ascii_case("identity")) {
        return Err("the server sent the page compressed, although it was asked not to".to_owned());
    }
    let content_type = header(CONTENT_TYPE).unwrap_or_default().to_owned();
    let body = Limited::new(response.into_body(), MAX_PAGE_BYTES).collect();
    let body = body.await.map_err(|error| {
        if error.is::<LengthLimitError>() {
            format!("the page has more than {MAX_PAGE_BYTES} bytes")
        } else {
            "the server broke off in the middle of the page".to_owned()
        }
    })?;
    let bytes = body.to_bytes();
    Ok(Answer::Body(Body {
        content_type,
        bytes,
    }))
}

fn is_redirect(status: StatusCode) -> bool {
    matches!(status.as_u16(), 301 | 302 | 303 | 307 | 308)
}

fn broken(error: hyper::Error) -> String {
    format!("the server does not speak HTTP as it should: {error}")
}
