//! `Invoke`.

use std::sync::Arc;
use std::time::Duration;

use axum::body::{Bytes, to_bytes};
use axum::extract::{Path, Query, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::Response;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use lambda_queue_simulator::mapping::InvocationResult;
use tokio::time::sleep;

use super::error::LambdaError;
use super::failure::report;
use super::functions::WithQualifier;
use super::name::Reference;
use super::{Account, JSON};
use crate::local::endpoint::aws;
use crate::local::pool::{Invoked, Pool};
use crate::template::Qualified;

const MAX_SYNCHRONOUS: usize = 6 * 1024 * 1024;
const MAX_ASYNCHRONOUS: usize = 1024 * 1024;
/// What Lambda waits before it tries an asynchronous invocation again.
const RETRIES: [Duration; 2] = [Duration::from_secs(60), Duration::from_secs(120)];
/// What it waits at first if it was not let in, and what at most.
const AFTER_A_THROTTLE: [Duration; 2] = [Duration::from_secs(1), Duration::from_secs(300)];

const INVOCATION_TYPE: &str = "x-amz-invocation-type";
const LOG_TYPE: &str = "x-amz-log-type";
const EXECUTED_VERSION: HeaderName = HeaderName::from_static("x-amz-executed-version");
const FUNCTION_ERROR: HeaderName = HeaderName::from_static("x-amz-function-error");
const LOG_RESULT: HeaderName = HeaderName::from_static("x-amz-log-result");

pub(super) async fn invoke(
    State(account): State<Arc<Account>>,
    Path(name): Path<String>,
    Query(query): Query<WithQualifier>,
    request: Request,
) -> Result<Response, LambdaError> {
    let reference = Reference::parse(&name)?.qualified(query.qualifier.as_deref());
    let (pool, called) = reference.find(&account.running.functions)?;
    let pool = Arc::clone(pool);
    let headers = request.headers().clone();
    let kind = header(&headers, INVOCATION_TYPE).unwrap_or("RequestResponse");
    let limit = match kind {
        "RequestResponse" | "DryRun" => MAX_SYNCHRONOUS,
        "Event" => MAX_ASYNCHRONOUS,
        other => {
            let constraint = "Member must satisfy enum value set: [Event, RequestResponse, DryRun]";
            return Err(LambdaError::constraint(other, "invocationType", constraint));
        }
    };
    let event = event(request, kind, limit).await?;
    match kind {
        "DryRun" => Ok(aws::answer(StatusCode::NO_CONTENT, JSON, "")),
        "Event" => {
            tokio::spawn(run_in_background(pool, called, event));
            Ok(aws::answer(StatusCode::ACCEPTED, JSON, ""))
        }
        _ => {
            // As a task: an invocation goes on when nobody waits for its answer any more.
            let version = called.version.clone();
            let invocation = tokio::spawn(async move { pool.invoke(&event, &called).await });
            let invoked = invocation.await;
            let invoked = invoked.map_err(|error| LambdaError::failed(error.to_string()))?;
            let with_log = header(&headers, LOG_TYPE) == Some("Tail");
            answer(invoked, &version, with_log)
        }
    }
}

async fn event(request: Request, kind: &str, limit: usize) -> Result<String, LambdaError> {
    // Somewhat more than allowed, to tell by how much it is too large.
    let body = to_bytes(request.into_body(), 2 * MAX_SYNCHRONOUS).await;
    let body = body.map_err(|_| LambdaError::too_large(2 * MAX_SYNCHRONOUS, kind, limit))?;
    if body.len() > limit {
        return Err(LambdaError::too_large(body.len(), kind, limit));
    }
    json(&body).map_err(|why| {
        let message = format!("Could not parse request body into json: {why}");
        LambdaError::invalid_content(message)
    })
}

/// The payload as it came, if it is JSON; `{}` if there is none.
fn json(body: &Bytes) -> Result<String, String> {
    if body.is_empty() {
        return Ok("{}".to_owned());
    }
    let event = String::from_utf8(body.to_vec()).map_err(|it| it.to_string())?;
    serde_json::from_str::<serde::de::IgnoredAny>(&event).map_err(|it| it.to_string())?;
    Ok(event)
}

fn answer(invoked: Invoked, version: &str, with_log: bool) -> Result<Response, LambdaError> {
    let (body, failed) = match (invoked.result, invoked.failure) {
        (InvocationResult::Throttled, None) => return Err(LambdaError::throttled()),
        // It runs elsewhere, and nobody is there.
        (InvocationResult::Throttled, Some(why)) => {
            return Err(LambdaError::failed(why.to_string()));
        }
        (InvocationResult::Response(body), _) => (body, false),
        (_, failure) => {
            let report = failure.map(|it| report(&it, &invoked.request_id));
            (serde_json::to_vec(&report).unwrap_or_default(), true)
        }
    };
    let mut response = aws::answer(StatusCode::OK, JSON, body);
    let headers = response.headers_mut();
    if let Ok(version) = HeaderValue::from_str(version) {
        headers.insert(EXECUTED_VERSION, version);
    }
    if failed {
        // Lambda says so of every error of an OS-only runtime.
        headers.insert(FUNCTION_ERROR, HeaderValue::from_static("Unhandled"));
    }
    if let Ok(id) = HeaderValue::from_str(&invoked.request_id) {
        headers.insert(aws::REQUEST_ID, id);
    }
    if with_log && let Ok(log) = HeaderValue::from_str(&STANDARD.encode(invoked.log)) {
        headers.insert(LOG_RESULT, log);
    }
    Ok(response)
}

/// Invokes until it succeeds, or as often as Lambda would.
async fn run_in_background(pool: Arc<Pool>, called: Qualified, event: String) {
    let mut retries = RETRIES.into_iter();
    let [mut after_a_throttle, longest] = AFTER_A_THROTTLE;
    loop {
        let pause = match pool.invoke(&event, &called).await.result {
            InvocationResult::Response(_) => return,
            InvocationResult::Throttled => {
                let pause = after_a_throttle;
                after_a_throttle = (2 * pause).min(longest);
                Some(pause)
            }
            _ => retries.next(),
        };
        match pause {
            Some(pause) => sleep(pause).await,
            None => return,
        }
    }
}

fn header<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).and_then(|it| it.to_str().ok())
}
