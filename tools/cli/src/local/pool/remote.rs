//! A function that somebody else runs, invoked over HTTP as Lambda's API is.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::time::Duration;

use axum::body::{Body, Bytes, to_bytes};
use axum::http::{Request, Response};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout};

use crate::error::{ErrorReport, FunctionError, innermost};
use crate::local::elsewhere::Elsewhere;
use crate::local::function::Answer;
use crate::local::ids::request_id;
use crate::local::voice::Voice;
use crate::template::Function;

/// The largest response of a synchronous invocation: 6 MB and some room for its envelope.
const MAX_RESPONSE: usize = 6 * 1024 * 1024 + 100;

/// Where the function is, and how it is asked.
pub(crate) struct Remote {
    url: String,
    /// What whoever runs it should let it see.
    variables: PathBuf,
    invocations: String,
    timeout: Duration,
    http: Client<HttpConnector, Body>,
    voice: Voice,
    /// Whether it was said that nobody is there.
    is_missed: AtomicBool,
}

impl Remote {
    pub(crate) fn new(
        at: &Elsewhere,
        function: &Function,
        variables: PathBuf,
        voice: Voice,
    ) -> Self {
        let url = at.url.clone();
        // `cargo lambda watch` knows functions by their binaries.
        let name = function.short_name();
        Self {
            invocations: format!("{url}/2015-03-31/functions/{name}/invocations"),
            url,
            variables,
            timeout: function.timeout,
            http: Client::builder(TokioExecutor::new()).build_http(),
            voice,
            is_missed: AtomicBool::new(false),
        }
    }

    /// Where it is, and the file with its variables.
    pub(crate) fn place(&self) -> (&str, &Path) {
        (&self.url, &self.variables)
    }

    /// Says so if nobody is there.
    pub(super) async fn look(&self) {
        let address = self.url.trim_start_matches("http://");
        let address = address.split('/').next().unwrap_or(address);
        if let Err(error) = TcpStream::connect(address).await {
            self.miss(&self.unreachable(&error));
        }
    }

    fn miss(&self, error: &FunctionError) {
        if !self.is_missed.swap(true, Relaxed) {
            self.voice.warn(error);
        }
    }

    /// Invokes the function.
    ///
    /// # Errors
    /// Nobody is there; this is said once, until somebody is.
    pub(super) async fn invoke(&self, event: &str) -> Result<Answer, FunctionError> {
        let started = Instant::now();
        let result = match timeout(self.timeout, self.ask(event)).await {
            Err(_) => Err(FunctionError::TimedOut(self.timeout)),
            Ok(Err(error @ FunctionError::Unreachable { .. })) => {
                self.miss(&error);
                return Err(error);
            }
            Ok(result) => result,
        };
        if self.is_missed.swap(false, Relaxed) {
            self.voice.say(&format!("{} answers", self.url));
        }
        Ok(Answer {
            result,
            // Whoever runs it has given it an id of its own, and has its log.
            request_id: request_id(),
            log: String::new(),
            outcomes: Vec::new(),
            duration: started.elapsed(),
        })
    }

    async fn ask(&self, event: &str) -> Result<Vec<u8>, FunctionError> {
        let request = Request::post(&self.invocations)
            .header("Content-Type", "application/json")
            .body(Body::from(event.to_owned()));
        let request = request.map_err(|error| self.unreachable(&error))?;
        let answer = self.http.request(request).await;
        let answer = answer.map_err(|error| self.unreachable(&error))?;
        let (head, body) = answer.map(Body::new).into_parts();
        let body = to_bytes(body, MAX_RESPONSE).await;
        let body = body.map_err(|_| FunctionError::TooLarge)?;
        self.read(&Response::from_parts(head, body))
    }

    /// A function's error is an answer; that of whoever runs it is not.
    fn read(&self, answer: &Response<Bytes>) -> Result<Vec<u8>, FunctionError> {
        let body = answer.body();
        let is_error = answer.headers().contains_key("x-amz-function-error");
        match serde_json::from_slice::<ErrorReport>(body) {
            Ok(report) if is_error || is_report(answer, &report) => {
                Err(FunctionError::Reported(report))
            }
            _ if answer.status().is_success() && !is_error => Ok(body.to_vec()),
            _ => Err(FunctionError::Elsewhere {
                url: self.url.clone(),
                status: answer.status().as_u16(),
                excerpt: String::from_utf8_lossy(body).chars().take(200).collect(),
            }),
        }
    }

    fn unreachable(&self, error: &dyn std::error::Error) -> FunctionError {
        FunctionError::Unreachable {
            url: self.url.clone(),
            why: innermost(error),
        }
    }
}

/// `cargo lambda watch` leaves the header out and answers with the error as it came.
fn is_report(answer: &Response<Bytes>, report: &ErrorReport) -> bool {
    !answer.status().is_success() && !report.error_type.is_empty()
}
