//! Which of AWS's actions the functions call, and on what, as IAM policies name both.
//!
//! A function signs its requests with its logical id as the access key, so that the endpoint knows
//! whose they are. Only names are kept: of a request's body, those of tables and queues.

mod dynamodb;
mod s3;
mod sqs;

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use axum::body::{Body, to_bytes};
use axum::extract::Request;
use serde::Serialize;

/// More than any request may be.
const MAX_BODY: usize = 32 * 1024 * 1024;

/// An action on a resource.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Call {
    /// As in a policy, such as `dynamodb:PutItem`.
    pub action: String,
    /// The resource's ARN.
    pub resource: String,
}

impl Call {
    fn new(action: impl Into<String>, resource: impl Into<String>) -> Self {
        Self {
            action: action.into(),
            resource: resource.into(),
        }
    }
}

/// What was called so far, and how often, by access key.
#[derive(Debug, Default)]
pub(crate) struct Calls(Mutex<BTreeMap<String, BTreeMap<Call, u64>>>);

/// The service that a request is for.
pub(crate) enum Service<'a> {
    DynamoDb,
    /// With the operation's name.
    Sqs(&'a str),
    /// The form in the body names the operation.
    SqsQuery,
    S3,
}

impl Calls {
    /// Notes what `request` calls and hands it back as it was.
    pub(crate) async fn note(&self, service: &Service<'_>, request: Request) -> Request {
        let Some(caller) = caller(&request) else {
            return request;
        };
        if matches!(service, Service::S3) {
            self.add(caller, s3::calls(&request));
            return request;
        }
        let (head, body) = request.into_parts();
        // What is too large is refused by the service, which then gets too little.
        let body = to_bytes(body, MAX_BODY).await.unwrap_or_default();
        let operation = head.headers.get("x-amz-target");
        let operation = operation.and_then(|it| it.to_str().ok()?.split_once('.'));
        self.add(
            caller,
            match (service, operation) {
                (Service::Sqs(operation), _) => sqs::calls(operation, &body),
                (Service::SqsQuery, _) => sqs::query_calls(&body),
                (Service::DynamoDb, Some((_, operation))) => dynamodb::calls(operation, &body),
                (Service::DynamoDb | Service::S3, _) => Vec::new(),
            },
        );
        Request::from_parts(head, Body::from(body))
    }

    /// What this caller has called, in the order of names, and how often.
    pub(crate) fn of(&self, caller: &str) -> Vec<(Call, u64)> {
        let calls = self.lock().get(caller).cloned().unwrap_or_default();
        calls.into_iter().collect()
    }

    fn add(&self, caller: String, calls: Vec<Call>) {
        let mut all = self.lock();
        let counts = all.entry(caller).or_default();
        for call in calls {
            *counts.entry(call).or_default() += 1;
        }
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, BTreeMap<Call, u64>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The access key that a request is signed with.
fn caller(request: &Request) -> Option<String> {
    let signature = request.headers().get("authorization")?.to_str().ok()?;
    let (_, scope) = signature.split_once("Credential=")?;
    Some(scope.split_once('/')?.0.to_owned())
}
