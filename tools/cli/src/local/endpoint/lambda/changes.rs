//! Event source mappings made, changed and deleted while they run.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use lambda_queue_simulator::mapping::{MappingConfig, ProvisionedPollers};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value as Json};

use super::error::LambdaError;
use super::mappings::{describe, find, not_found};
use super::name::Reference;
use super::{Account, document};
use crate::local::mapping::{Change, MappingState, NewMapping};

/// `CreateEventSourceMapping`.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct CreateRequest {
    function_name: String,
    event_source_arn: String,
    #[serde(flatten)]
    settings: UpdateRequest,
}

/// `UpdateEventSourceMapping`: what is not given stays as it is.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct UpdateRequest {
    enabled: Option<bool>,
    batch_size: Option<u32>,
    maximum_batching_window_in_seconds: Option<u32>,
    scaling_config: Option<ScalingConfig>,
    provisioned_poller_config: Option<PollerConfig>,
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

/// Empty, it ends what was provisioned.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct PollerConfig {
    minimum_pollers: Option<u32>,
    maximum_pollers: Option<u32>,
}

impl PollerConfig {
    fn pollers(&self) -> Option<ProvisionedPollers> {
        let is_empty = self.minimum_pollers.is_none() && self.maximum_pollers.is_none();
        (!is_empty).then(|| ProvisionedPollers {
            minimum: self.minimum_pollers.unwrap_or(2),
            maximum: self.maximum_pollers.unwrap_or(200),
        })
    }
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

pub(super) async fn create(
    State(account): State<Arc<Account>>,
    body: Bytes,
) -> Result<Response, LambdaError> {
    let request: CreateRequest = parse(&body)?;
    let function = Reference::parse(&request.function_name)?;
    let (pool, called) = function.find(&account.running.functions)?;
    let pool = Arc::clone(pool);
    let queue_arn = request.event_source_arn;
    let states = account.running.mappings.states().into_iter();
    let name = &pool.function().logical_id;
    let is_same = |it: &MappingState| it.function == *name && it.called == called;
    let mut same = states.filter(|it| it.queue_arn == queue_arn && is_same(it));
    if let Some(same) = same.next() {
        return Err(LambdaError::conflict(format!(
            "An event source mapping with SQS arn (\" {queue_arn} \") and function (\" {} \") already exists. Please update or delete the existing mapping with UUID {}",
            pool.function().name,
            same.uuid
        )));
    }
    let config = request.settings.applied_to(MappingConfig::default())?;
    let new = NewMapping {
        pool,
        called,
        queue_arn,
        config,
    };
    let created = account.running.mappings.create(new).await;
    let created = created.ok_or_else(|| {
        let message = "Error occurred while ReceiveMessage. SQS Error Code: AWS.SimpleQueueService.NonExistentQueue. SQS Error Message: The specified queue does not exist.";
        LambdaError::invalid_value(message.to_owned())
    })??;
    Ok(accepted(&created, "Creating"))
}

pub(super) async fn delete(
    State(account): State<Arc<Account>>,
    Path(uuid): Path<String>,
) -> Result<Response, LambdaError> {
    let deleted = account
        .running
        .mappings
        .change(&uuid, Change::Deleted)
        .await;
    let state = deleted.ok_or_else(not_found)??;
    Ok(accepted(&state, "Deleting"))
}

pub(super) async fn update(
    State(account): State<Arc<Account>>,
    Path(uuid): Path<String>,
    body: Bytes,
) -> Result<Response, LambdaError> {
    let request: UpdateRequest = parse(&body)?;
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
    Ok(accepted(&state, transition))
}

/// Lambda's answer comes before the change has taken effect.
fn accepted(state: &MappingState, transition: &str) -> Response {
    let mut answer = describe(state);
    answer["State"] = transition.into();
    document(StatusCode::ACCEPTED, &answer)
}

fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T, LambdaError> {
    serde_json::from_slice(body).map_err(|why| {
        LambdaError::invalid_content(format!("Could not parse request body into json: {why}"))
    })
}

impl UpdateRequest {
    fn applied_to(self, mut config: MappingConfig) -> Result<MappingConfig, LambdaError> {
        let mut others = self.others.iter();
        let is_set = |value: &Json| !value.is_null();
        // The path has the uuid already.
        if let Some((name, _)) = others.find(|(name, value)| *name != "UUID" && is_set(value)) {
            return Err(LambdaError::invalid_value(format!(
                "{name} is not supported by local Amazon SQS event source mappings"
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
        if let Some(pollers) = self.provisioned_poller_config {
            config.provisioned_pollers = pollers.pollers();
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
