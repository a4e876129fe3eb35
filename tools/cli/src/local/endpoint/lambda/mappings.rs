//! Event source mappings.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use lambda_queue_simulator::mapping::MappingConfig;
use serde::Deserialize;
use serde_json::{Map, Value as Json, json};

use super::error::LambdaError;
use super::name::Reference;
use super::paging::page;
use super::{Account, document};
use crate::local::functions::Functions;
use crate::local::mapping::{Change, MappingState};
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

/// `UpdateEventSourceMapping`: what is not given stays as it is.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct UpdateRequest {
    enabled: Option<bool>,
    batch_size: Option<u32>,
    maximum_batching_window_in_seconds: Option<u32>,
    scaling_config: Option<ScalingConfig>,
    filter_criteria: Option<FilterCriteria>,
    function_response_types: Option<Vec<String>>,
    #[serde(flatten)]
    others: Map<String, Json>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ScalingConfig {
    maximum_concurrency: Option<u32>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct FilterCriteria {
    #[serde(default)]
    filters: Vec<Filter>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Filter {
    #[serde(default)]
    pattern: String,
}

pub(super) async fn list(
    State(account): State<Arc<Account>>,
    Query(request): Query<ListRequest>,
) -> Result<Response, LambdaError> {
    let functions = &account.running.functions;
    let function = match request.function_name.as_deref() {
        Some(name) => Some(Reference::parse(name)?.find(functions)?.function()),
        None => None,
    };
    let mut states = account.running.mappings.states();
    states.retain(|it| function.is_none_or(|function| it.function == function.logical_id));
    if let Some(arn) = &request.event_source_arn {
        states.retain(|it| it.queue_arn == *arn);
    }
    let page = page(
        states,
        request.marker.as_deref(),
        request.max_items.as_deref(),
        MOST,
    )?;
    let mappings: Vec<_> = page
        .items
        .iter()
        .map(|it| describe(it, functions))
        .collect();
    let list = json!({ "EventSourceMappings": mappings, "NextMarker": page.next });
    Ok(document(StatusCode::OK, &list))
}

pub(super) async fn get(
    State(account): State<Arc<Account>>,
    Path(uuid): Path<String>,
) -> Result<Response, LambdaError> {
    let state = find(&account, &uuid)?;
    Ok(document(
        StatusCode::OK,
        &describe(&state, &account.running.functions),
    ))
}

pub(super) async fn update(
    State(account): State<Arc<Account>>,
    Path(uuid): Path<String>,
    body: Bytes,
) -> Result<Response, LambdaError> {
    let request: UpdateRequest = serde_json::from_slice(&body).map_err(|why| {
        LambdaError::invalid_content(format!("Could not parse request body into json: {why}"))
    })?;
    let before = find(&account, &uuid)?;
    let after = request.applied_to(before.config.clone())?;
    let (transition, only_enabled) = match (before.config.enabled, after.enabled) {
        (false, true) => (
            "Enabling",
            MappingConfig {
                enabled: true,
                ..before.config.clone()
            },
        ),
        (true, false) => (
            "Disabling",
            MappingConfig {
                enabled: false,
                ..before.config.clone()
            },
        ),
        _ => ("Updating", before.config.clone()),
    };
    let change = match after == only_enabled {
        // A mapping can be stopped even if a new one would now be refused.
        true => Change::Enabled(after.enabled),
        false => Change::Config(after),
    };
    let changed = account.running.mappings.change(&uuid, change).await;
    let state = changed.ok_or_else(not_found)??;
    let mut answer = describe(&state, &account.running.functions);
    // Lambda's answer comes before the change has taken effect.
    answer["State"] = transition.into();
    Ok(document(StatusCode::ACCEPTED, &answer))
}

impl UpdateRequest {
    fn applied_to(self, mut config: MappingConfig) -> Result<MappingConfig, LambdaError> {
        let mut others = self.others.iter();
        let is_set = |value: &Json| !value.is_null();
        // The path has the uuid already.
        if let Some((name, _)) = others.find(|(name, value)| *name != "UUID" && is_set(value)) {
            return Err(LambdaError::invalid_value(format!(
                "{name} cannot be changed for a local Amazon SQS event source mapping"
            )));
        }
        let set = |to: &mut u32, value: Option<u32>| *to = value.unwrap_or(*to);
        set(&mut config.batch_size, self.batch_size);
        set(
            &mut config.window_seconds,
            self.maximum_batching_window_in_seconds,
        );
        config.enabled = self.enabled.unwrap_or(config.enabled);
        if let Some(scaling) = self.scaling_config {
            config.maximum_concurrency = scaling.maximum_concurrency;
        }
        if let Some(criteria) = self.filter_criteria {
            config.filters = criteria.filters.into_iter().map(|it| it.pattern).collect();
        }
        if let Some(types) = self.function_response_types {
            config.function_response_types = types;
        }
        Ok(config)
    }
}

fn find(account: &Account, uuid: &str) -> Result<MappingState, LambdaError> {
    let states = account.running.mappings.states().into_iter();
    let mut found = states.filter(|it| it.uuid == uuid);
    found.next().ok_or_else(not_found)
}

fn not_found() -> LambdaError {
    LambdaError::not_found("The resource you requested does not exist.".to_owned())
}

/// `EventSourceMappingConfiguration`.
fn describe(state: &MappingState, functions: &Functions) -> Json {
    let config = &state.config;
    let pool = functions.get(&state.function);
    let mut document = json!({
        "UUID": state.uuid,
        "BatchSize": config.batch_size,
        "MaximumBatchingWindowInSeconds": config.window_seconds,
        "EventSourceArn": state.queue_arn,
        "FunctionArn": pool.map(|it| it.function().arn.as_str()),
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
    if !config.filters.is_empty() {
        let filters = config.filters.iter().map(|it| json!({ "Pattern": it }));
        document["FilterCriteria"] = json!({ "Filters": filters.collect::<Vec<_>>() });
    }
    document
}

fn word(state: &MappingState) -> &'static str {
    let counters = &state.counters;
    let busy = counters.polling + counters.buffered + counters.concurrency > 0;
    match (state.enabled, busy) {
        (true, _) => "Enabled",
        (false, true) => "Disabling",
        (false, false) => "Disabled",
    }
}
