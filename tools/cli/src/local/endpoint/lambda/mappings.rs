//! Event source mappings.

use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use serde_json::{Value as Json, json};

use super::error::LambdaError;
use super::name::Reference;
use super::paging::page;
use super::{Account, document};
use crate::local::mapping::MappingState;
use crate::template::{ACCOUNT, REGION};

/// Most mappings of one answer.
const MOST: usize = 100;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct ListRequest {
    function_name: Option<String>,
    event_source_arn: Option<String>,
    marker: Option<String>,
    max_items: Option<String>,
}

pub(super) async fn list(
    State(account): State<Arc<Account>>,
    Query(request): Query<ListRequest>,
) -> Result<Response, LambdaError> {
    let functions = &account.running.functions;
    let mut states = account.running.mappings.states();
    if let Some(name) = request.function_name.as_deref() {
        let reference = Reference::parse(name)?;
        let (pool, _) = reference.find(functions)?;
        let id = &pool.function().logical_id;
        // Whether the bare name gives those of aliases, too, is not documented; here, it does.
        states.retain(|it| it.function == *id && reference.means_all_or(&it.called));
    }
    if let Some(arn) = &request.event_source_arn {
        states.retain(|it| it.queue_arn == *arn);
    }
    let page = page(
        states,
        request.marker.as_deref(),
        request.max_items.as_deref(),
        MOST,
    )?;
    let mappings: Vec<_> = page.items.iter().map(describe).collect();
    let list = json!({ "EventSourceMappings": mappings, "NextMarker": page.next });
    Ok(document(StatusCode::OK, &list))
}

pub(super) async fn get(
    State(account): State<Arc<Account>>,
    Path(uuid): Path<String>,
) -> Result<Response, LambdaError> {
    let state = find(&account, &uuid)?;
    Ok(document(StatusCode::OK, &describe(&state)))
}

pub(super) fn find(account: &Account, uuid: &str) -> Result<MappingState, LambdaError> {
    let states = account.running.mappings.states().into_iter();
    let mut found = states.filter(|it| it.uuid == uuid);
    found.next().ok_or_else(not_found)
}

pub(super) fn not_found() -> LambdaError {
    LambdaError::not_found("The resource you requested does not exist.".to_owned())
}

/// `EventSourceMappingConfiguration`.
pub(super) fn describe(state: &MappingState) -> Json {
    let config = &state.config;
    let mut document = json!({
        "UUID": state.uuid,
        "BatchSize": config.batch_size,
        "MaximumBatchingWindowInSeconds": config.window_seconds,
        "EventSourceArn": state.queue_arn,
        "FunctionArn": state.called.arn,
        "LastModified": state.changed_ms as f64 / 1_000.0,
        "State": word(state),
        "StateTransitionReason": "USER_INITIATED",
        "FunctionResponseTypes": config.function_response_types,
        "EventSourceMappingArn":
            format!("arn:aws:lambda:{REGION}:{ACCOUNT}:event-source-mapping:{}", state.uuid),
    });
    if let Some(most) = config.maximum_concurrency {
        document["ScalingConfig"] = json!({ "MaximumConcurrency": most });
    }
    if let Some(pollers) = config.provisioned_pollers {
        let (minimum, maximum) = (pollers.minimum, pollers.maximum);
        document["ProvisionedPollerConfig"] =
            json!({ "MinimumPollers": minimum, "MaximumPollers": maximum });
    }
    if !config.filters.is_empty() {
        let filters = config.filters.iter().map(|it| json!({ "Pattern": it }));
        document["FilterCriteria"] = json!({ "Filters": filters.collect::<Vec<_>>() });
    }
    document
}

fn word(state: &MappingState) -> &'static str {
    let counters = &state.counters;
    let busy = counters.polling + counters.buffered + counters.concurrency > 0;
    if state.deleted {
        return "Deleting";
    }
    match (state.enabled, busy) {
        (true, _) => "Enabled",
        (false, true) => "Disabling",
        (false, false) => "Disabled",
    }
}
