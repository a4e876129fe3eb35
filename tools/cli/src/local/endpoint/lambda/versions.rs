//! What is published of functions: their versions and aliases.

use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use serde_json::{Value as Json, json};
use uuid::Uuid;

use super::error::LambdaError;
use super::functions::{describe, versions_of};
use super::name::Reference;
use super::paging::page;
use super::{Account, document};
use crate::template::{Alias, Function};

/// Most versions or aliases of one answer.
const MOST: usize = 10_000;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct ListRequest {
    /// Only aliases that lead to it.
    function_version: Option<String>,
    marker: Option<String>,
    max_items: Option<String>,
}

pub(super) async fn list(
    State(account): State<Arc<Account>>,
    Path(name): Path<String>,
    Query(request): Query<ListRequest>,
) -> Result<Response, LambdaError> {
    let (pool, _) = Reference::parse(&name)?.find(&account.running.functions)?;
    let function = pool.function();
    let versions = versions_of(function).into_iter();
    let versions = versions.map(|it| describe(function, &it, account.since_ms));
    let (marker, max) = (request.marker.as_deref(), request.max_items.as_deref());
    let page = page(versions.collect(), marker, max, MOST)?;
    let list = json!({ "Versions": page.items, "NextMarker": page.next });
    Ok(document(StatusCode::OK, &list))
}

pub(super) async fn aliases(
    State(account): State<Arc<Account>>,
    Path(name): Path<String>,
    Query(request): Query<ListRequest>,
) -> Result<Response, LambdaError> {
    let (pool, _) = Reference::parse(&name)?.find(&account.running.functions)?;
    let function = pool.function();
    let version = request.function_version.as_deref();
    let aliases = function.aliases.iter();
    let aliases = aliases.filter(|it| version.is_none_or(|version| it.version == version));
    let aliases = aliases.map(|it| describe_alias(function, it));
    let (marker, max) = (request.marker.as_deref(), request.max_items.as_deref());
    let page = page(aliases.collect(), marker, max, MOST)?;
    let list = json!({ "Aliases": page.items, "NextMarker": page.next });
    Ok(document(StatusCode::OK, &list))
}

pub(super) async fn alias(
    State(account): State<Arc<Account>>,
    Path((name, alias)): Path<(String, String)>,
) -> Result<Response, LambdaError> {
    let (pool, _) = Reference::parse(&name)?.find(&account.running.functions)?;
    let function = pool.function();
    let found = function.aliases.iter().find(|it| it.name == alias);
    let found = found.ok_or_else(|| {
        LambdaError::not_found(format!("Alias not found: {}:{alias}", function.arn))
    })?;
    Ok(document(StatusCode::OK, &describe_alias(function, found)))
}

/// `AliasConfiguration`.
fn describe_alias(function: &Function, alias: &Alias) -> Json {
    let arn = format!("{}:{}", function.arn, alias.name);
    json!({
        "AliasArn": arn,
        "Name": alias.name,
        "FunctionVersion": alias.version,
        "Description": "",
        "RevisionId": Uuid::new_v5(&Uuid::NAMESPACE_URL, arn.as_bytes()).to_string(),
    })
}
