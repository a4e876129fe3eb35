//! Resources as they are, in the properties that would make them.

use aws_sdk_sqs::types::QueueAttributeName;
use serde_json::{Map, Value as Json, json};

use super::clients::{Clients, said};

/// Attributes that are documents.
const DOCUMENTS: [&str; 3] = ["Policy", "RedriveAllowPolicy", "RedrivePolicy"];
/// What queues have been created with when nobody chose, now and before August 2025.
const DEFAULT_SIZES: [&str; 2] = ["1048576", "262144"];

pub(super) async fn queue(clients: &Clients, url: &str) -> Result<Json, String> {
    let request = clients.sqs.get_queue_attributes().queue_url(url);
    let request = request.attribute_names(QueueAttributeName::All);
    let answer = request.send().await.map_err(said)?;
    let mut properties = Map::new();
    for (name, value) in answer.attributes.unwrap_or_default() {
        let name = name.as_str();
        if name == "MaximumMessageSize" && DEFAULT_SIZES.contains(&value.as_str()) {
            continue;
        }
        let value = match DOCUMENTS.contains(&name) {
            true => serde_json::from_str(&value).unwrap_or_default(),
            false => value.into(),
        };
        properties.insert(name.to_owned(), value);
    }
    Ok(properties.into())
}

pub(super) async fn function(clients: &Clients, name: &str) -> Result<Json, String> {
    let request = clients.lambda.get_function_configuration();
    let answer = request.function_name(name).send().await.map_err(said)?;
    let mut properties = json!({
        "Timeout": answer.timeout(),
        "MemorySize": answer.memory_size(),
        "Runtime": answer.runtime().map(|it| it.as_str()),
        "Role": answer.role(),
        "Environment": { "Variables": answer.environment().and_then(|it| it.variables()) },
    });
    let request = clients.lambda.get_function_concurrency();
    let concurrency = request.function_name(name).send().await.map_err(said)?;
    properties["ReservedConcurrentExecutions"] =
        concurrency.reserved_concurrent_executions().into();
    Ok(without_nulls(properties))
}

pub(super) async fn mapping(clients: &Clients, uuid: &str) -> Result<Json, String> {
    let request = clients.lambda.get_event_source_mapping().uuid(uuid);
    let answer = request.send().await.map_err(said)?;
    let types = answer.function_response_types().iter();
    let filters = answer
        .filter_criteria()
        .map(|it| it.filters())
        .unwrap_or_default();
    let pollers = answer.provisioned_poller_config();
    let scaling = answer.scaling_config();
    Ok(without_nulls(json!({
        "EventSourceArn": answer.event_source_arn(),
        "FunctionName": answer.function_arn(),
        "StartingPosition": answer.starting_position().map(|it| it.as_str()),
        "BatchSize": answer.batch_size(),
        "MaximumBatchingWindowInSeconds": answer.maximum_batching_window_in_seconds(),
        "FunctionResponseTypes": types.map(|it| it.as_str()).collect::<Vec<_>>(),
        "ScalingConfig": { "MaximumConcurrency": scaling.and_then(|it| it.maximum_concurrency()) },
        "ProvisionedPollerConfig": {
            "MinimumPollers": pollers.and_then(|it| it.minimum_pollers()),
            "MaximumPollers": pollers.and_then(|it| it.maximum_pollers()),
        },
        "FilterCriteria": {
            "Filters": filters.iter().map(|it| json!({ "Pattern": it.pattern() })).collect::<Vec<_>>(),
        },
    })))
}

pub(super) async fn table(clients: &Clients, name: &str) -> Result<Json, String> {
    let request = clients.dynamodb.describe_table().table_name(name);
    let answer = request.send().await.map_err(said)?;
    let replicas = answer.table().map(|it| it.replicas()).unwrap_or_default();
    let mut regions: Vec<_> = replicas
        .iter()
        .map(|it| json!({ "Region": it.region_name() }))
        .collect();
    // What is listed are the other Regions.
    if !regions.is_empty() {
        regions.push(json!({ "Region": "this one" }));
    }
    Ok(match regions.is_empty() {
        true => json!({}),
        false => json!({ "Replicas": regions }),
    })
}

pub(super) async fn alarm(clients: &Clients, name: &str) -> Result<Json, String> {
    let request = clients.cloudwatch.describe_alarms().alarm_names(name);
    let answer = request.send().await.map_err(said)?;
    let alarm = answer
        .metric_alarms()
        .first()
        .ok_or("there is no such metric alarm")?;
    let dimensions = |listed: &[aws_sdk_cloudwatch::types::Dimension]| -> Vec<Json> {
        let each = listed.iter();
        each.map(|it| json!({ "Name": it.name(), "Value": it.value() }))
            .collect()
    };
    let metrics = alarm.metrics().iter().filter_map(|it| {
        let metric = it.metric_stat()?.metric()?;
        Some(json!({ "MetricStat": { "Metric": {
            "Namespace": metric.namespace(),
            "MetricName": metric.metric_name(),
            "Dimensions": dimensions(metric.dimensions()),
        }}}))
    });
    Ok(without_nulls(json!({
        "Namespace": alarm.namespace(),
        "MetricName": alarm.metric_name(),
        "Dimensions": dimensions(alarm.dimensions()),
        "Metrics": metrics.collect::<Vec<_>>(),
    })))
}

/// What is not set is left out, as in a template.
fn without_nulls(properties: Json) -> Json {
    match properties {
        Json::Object(entries) => {
            let entries = entries.into_iter().filter(|(_, value)| !value.is_null());
            entries
                .map(|(name, value)| (name, without_nulls(value)))
                .collect()
        }
        other => other,
    }
}
