//! Lambda's API: the functions that run here, and their event source mappings.

mod changes;
mod error;
mod failure;
mod functions;
mod invoke;
mod mappings;
mod name;
mod paging;
mod versions;

use std::convert::Infallible;
use std::sync::Arc;

use axum::Router;
use axum::extract::Request;
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;
use axum::routing::{get, post};
use serde_json::Value as Json;
use tower::ServiceExt;

use super::aws;
use super::errors;
use super::target::Unserved;
use crate::local::clock::epoch_ms;
use crate::local::stack::Running;

const JSON: HeaderValue = HeaderValue::from_static("application/json");

/// The operations that are served, by method and path.
pub(super) struct Lambda {
    routes: Router,
}

/// What they work on.
#[derive(Clone)]
struct Account {
    running: Running,
    /// When the functions came to be, epoch milliseconds.
    since_ms: u64,
}

impl Lambda {
    pub(super) fn new(running: &Running) -> Self {
        let account = Account {
            running: running.clone(),
            since_ms: epoch_ms(),
        };
        let functions = "/2015-03-31/functions";
        let mappings = "/2015-03-31/event-source-mappings";
        let all = || get(mappings::list).post(changes::create);
        let one = |of: &str, rest: &str| format!("{of}/{{id}}{rest}");
        let routes = Router::new()
            .route(functions, get(functions::list))
            .route(&format!("{functions}/"), get(functions::list))
            .route(&one(functions, ""), get(functions::get))
            .route(
                &one(functions, "/configuration"),
                get(functions::configuration),
            )
            .route(&one(functions, "/invocations"), post(invoke::invoke))
            .route(&one(functions, "/versions"), get(versions::list))
            .route(&one(functions, "/aliases"), get(versions::aliases))
            .route(&one(functions, "/aliases/{alias}"), get(versions::alias))
            .route(mappings, all())
            .route(&format!("{mappings}/"), all())
            .route(
                &one(mappings, ""),
                get(mappings::get)
                    .put(changes::update)
                    .delete(changes::delete),
            )
            .fallback(unserved)
            .method_not_allowed_fallback(unserved)
            .with_state(Arc::new(account));
        Self { routes }
    }

    pub(super) async fn call(&self, request: Request) -> Response {
        let answer: Result<_, Infallible> = self.routes.clone().oneshot(request).await;
        answer.unwrap_or_else(|never| match never {})
    }
}

async fn unserved(request: Request) -> Response {
    let service = "lambda".to_owned();
    errors::unserved(Unserved::Rest { service }, request).await
}

fn document(status: StatusCode, document: &Json) -> Response {
    aws::answer(status, JSON, document.to_string())
}
