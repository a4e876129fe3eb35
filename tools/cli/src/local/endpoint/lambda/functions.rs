//! What functions there are.

use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use serde_json::{Map, Value as Json, json};
use uuid::Uuid;

use super::error::LambdaError;
use super::name::Reference;
use super::paging::page;
use super::{Account, document};
use crate::local::clock::iso;
use crate::template::{ACCOUNT, Function, LATEST, Logging, Qualified};

/// Most functions of one answer.
const MOST: usize = 50;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct WithQualifier {
    pub(super) qualifier: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Pages {
    function_version: Option<String>,
    marker: Option<String>,
    max_items: Option<String>,
}

pub(super) async fn list(
    State(account): State<Arc<Account>>,
    Query(pages): Query<Pages>,
) -> Result<Response, LambdaError> {
    let pools = account.running.functions.all().iter();
    let mut functions = Vec::new();
    for function in pools.map(|it| it.function()) {
        let called = match pages.function_version.as_deref() {
            Some("ALL") => versions_of(function),
            _ => function.qualified(None).into_iter().collect(),
        };
        let described = called
            .iter()
            .map(|it| describe(function, it, account.since_ms));
        functions.extend(described);
    }
    let page = page(
        functions,
        pages.marker.as_deref(),
        pages.max_items.as_deref(),
        MOST,
    )?;
    let list = json!({ "Functions": page.items, "NextMarker": page.next });
    Ok(document(StatusCode::OK, &list))
}

pub(super) async fn configuration(
    State(account): State<Arc<Account>>,
    Path(name): Path<String>,
    Query(query): Query<WithQualifier>,
) -> Result<Response, LambdaError> {
    let reference = Reference::parse(&name)?.qualified(query.qualifier.as_deref());
    let (pool, called) = reference.find(&account.running.functions)?;
    let configuration = describe(pool.function(), &called, account.since_ms);
    Ok(document(StatusCode::OK, &configuration))
}

pub(super) async fn get(
    State(account): State<Arc<Account>>,
    Path(name): Path<String>,
    Query(query): Query<WithQualifier>,
) -> Result<Response, LambdaError> {
    let reference = Reference::parse(&name)?.qualified(query.qualifier.as_deref());
    let (pool, called) = reference.find(&account.running.functions)?;
    let function = pool.function();
    let mut answer = json!({
        "Configuration": describe(function, &called, account.since_ms),
        "Code": { "RepositoryType": "local", "Location": function.code.display().to_string() },
    });
    if let Some(reserved) = function.reserved_concurrency {
        answer["Concurrency"] = json!({ "ReservedConcurrentExecutions": reserved });
    }
    Ok(document(StatusCode::OK, &answer))
}

/// Every version of a function, under its own number.
pub(super) fn versions_of(function: &Function) -> Vec<Qualified> {
    let published = function.versions.iter().map(String::as_str);
    let all = [LATEST].into_iter().chain(published);
    all.filter_map(|it| function.qualified(Some(it))).collect()
}

/// `FunctionConfiguration`.
pub(super) fn describe(function: &Function, called: &Qualified, since_ms: u64) -> Json {
    let name = &function.name;
    let architecture = match std::env::consts::ARCH {
        "aarch64" => "arm64",
        other => other,
    };
    let variables = function.environment.iter();
    let variables: Map<String, Json> = variables
        .map(|it| (it.name.clone(), it.value.clone().into()))
        .collect();
    json!({
        "FunctionName": name,
        "FunctionArn": called.arn,
        "Runtime": "provided.al2023",
        "Role": format!("arn:aws:iam::{ACCOUNT}:role/{name}Role"),
        "Handler": function.handler,
        "CodeSize": 0,
        "Description": "",
        "Timeout": function.timeout.as_secs(),
        "MemorySize": function.memory,
        "LastModified": format!("{}+0000", iso(since_ms)),
        "Version": called.version,
        "Environment": { "Variables": variables },
        "TracingConfig": { "Mode": "PassThrough" },
        "RevisionId": Uuid::new_v5(&Uuid::NAMESPACE_URL, function.arn.as_bytes()).to_string(),
        "State": "Active",
        "LastUpdateStatus": "Successful",
        "PackageType": "Zip",
        "Architectures": [architecture],
        "EphemeralStorage": { "Size": 512 },
        "SnapStart": { "ApplyOn": "None", "OptimizationStatus": "Off" },
        "LoggingConfig": logging(&function.logging),
    })
}

fn logging(logging: &Logging) -> Json {
    let mut config = json!({ "LogFormat": logging.format, "LogGroup": logging.group });
    if let Some(level) = &logging.level {
        config["ApplicationLogLevel"] = level.as_str().into();
    }
    config
}
