//! As much of an SQS client as a queue on this machine needs: unsigned, and in the clear.

use axum::body::{Body, to_bytes};
use axum::http::{Method, Request};
use hyper_util::client::legacy::Client as Http;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use serde_json::Value as Json;

use crate::error::{SendError, innermost};

/// More than any answer is.
const MAX_ANSWER: usize = 64 * 1024 * 1024;

pub(super) struct Client {
    http: Http<HttpConnector, Body>,
    endpoint: String,
}

impl Client {
    /// # Errors
    /// The endpoint is not an `http://` address.
    pub(super) fn new(endpoint: &str) -> Result<Self, SendError> {
        if !endpoint.starts_with("http://") {
            return Err(SendError::Endpoint(endpoint.to_owned()));
        }
        Ok(Self {
            http: Http::builder(TokioExecutor::new()).build_http(),
            endpoint: endpoint.to_owned(),
        })
    }

    /// Runs an operation of SQS.
    ///
    /// # Errors
    /// Nobody answers, or SQS refuses.
    pub(super) async fn call(&self, operation: &str, body: &Json) -> Result<Json, SendError> {
        let silent = |why: String| SendError::NoAnswer {
            endpoint: self.endpoint.clone(),
            why,
        };
        let request = Request::builder()
            .method(Method::POST)
            .uri(&self.endpoint)
            .header("Content-Type", "application/x-amz-json-1.0")
            .header("X-Amz-Target", format!("AmazonSQS.{operation}"))
            .body(Body::from(body.to_string()));
        let request = request.map_err(|_| SendError::Endpoint(self.endpoint.clone()))?;
        let answer = self.http.request(request).await;
        let answer = answer.map_err(|error| silent(innermost(&error)))?;
        let succeeded = answer.status().is_success();
        let body = to_bytes(Body::new(answer.into_body()), MAX_ANSWER).await;
        let body = body.map_err(|error| silent(error.to_string()))?;
        let answer: Json = serde_json::from_slice(&body)
            .map_err(|_| silent("what answers there is not SQS".to_owned()))?;
        if succeeded {
            return Ok(answer);
        }
        let text = |key: &str| answer[key].as_str().unwrap_or_default().to_owned();
        let code = text("__type");
        Err(SendError::Refused {
            code: code.rsplit('#').next().unwrap_or_default().to_owned(),
            message: text("message"),
        })
    }
}
