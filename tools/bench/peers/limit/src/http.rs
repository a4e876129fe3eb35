//! HTTP/1.1 over one connection that is kept.

use std::io::Write;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::Result;

const MOST_HEADERS: usize = 32;

pub(crate) struct Connection {
    stream: TcpStream,
    host: String,
    sent: Vec<u8>,
    received: Vec<u8>,
}

/// An answer, as far as anybody here asks.
pub(crate) struct Answer<'a> {
    pub(crate) status: u16,
    /// What Lambda says of an invocation; empty and 0 elsewhere.
    pub(crate) request_id: String,
    pub(crate) deadline_ms: u64,
    pub(crate) body: &'a [u8],
}

#[derive(Default)]
struct Head {
    status: u16,
    length: usize,
    body_at: usize,
    request_id: String,
    deadline_ms: u64,
}

impl Connection {
    pub(crate) async fn open(host: &str) -> Result<Self> {
        let stream = TcpStream::connect(host).await?;
        stream.set_nodelay(true)?;
        Ok(Self {
            stream,
            host: host.to_owned(),
            sent: Vec::new(),
            received: Vec::new(),
        })
    }

    /// Sends a request, `headers` with their line ends, and waits for its answer.
    pub(crate) async fn exchange(
        &mut self,
        method: &str,
        path: &str,
        headers: &str,
        body: &[u8],
    ) -> Result<Answer<'_>> {
        self.sent.clear();
        let (host, length) = (&self.host, body.len());
        write!(
            self.sent,
            "{method} {path} HTTP/1.1\r\nhost: {host}\r\ncontent-length: {length}\r\n{headers}\r\n"
        )?;
        self.sent.extend_from_slice(body);
        self.stream.write_all(&self.sent).await?;
        self.answer().await
    }

    async fn answer(&mut self) -> Result<Answer<'_>> {
        self.received.clear();
        let head = loop {
            if self.stream.read_buf(&mut self.received).await? == 0 {
                return Err("the connection was closed".into());
            }
            if let Some(head) = parse(&self.received)? {
                break head;
            }
        };
        let end = head.body_at + head.length;
        self.received
            .reserve(end.saturating_sub(self.received.len()));
        while self.received.len() < end {
            if self.stream.read_buf(&mut self.received).await? == 0 {
                return Err("the connection was closed".into());
            }
        }
        Ok(Answer {
            status: head.status,
            request_id: head.request_id,
            deadline_ms: head.deadline_ms,
            body: &self.received[head.body_at..end],
        })
    }
}

/// The head of an answer, once it is complete.
fn parse(bytes: &[u8]) -> Result<Option<Head>> {
    let mut headers = [httparse::EMPTY_HEADER; MOST_HEADERS];
    let mut response = httparse::Response::new(&mut headers);
    let httparse::Status::Complete(body_at) = response.parse(bytes)? else {
        return Ok(None);
    };
    let mut head = Head {
        status: response.code.unwrap_or_default(),
        body_at,
        ..Head::default()
    };
    for header in response.headers {
        let value = std::str::from_utf8(header.value)?;
        match header.name.to_ascii_lowercase().as_str() {
            "content-length" => head.length = value.parse()?,
            "lambda-runtime-aws-request-id" => value.clone_into(&mut head.request_id),
            "lambda-runtime-deadline-ms" => head.deadline_ms = value.parse()?,
            _ => {}
        }
    }
    Ok(Some(head))
}
