//! What feeds functions from queues: their own SQS events, and event source mappings.

mod mapping;

use std::time::Duration;

use super::Fault;
use super::intrinsics::plain_text;
use super::lines::Lines;
use super::properties::Properties;

/// An SQS event source mapping of a function.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct EventSource {
    /// Its key under `Events`, or its logical id.
    pub name: String,
    /// The version or alias that is fed.
    pub qualifier: Option<String>,
    /// ARN of the queue.
    pub queue_arn: String,
    /// Messages in one invocation, at most.
    pub batch_size: u64,
    /// How long a batch is gathered.
    pub window: Duration,
    /// Whether the function's `batchItemFailures` are listened to.
    pub reports_item_failures: bool,
    /// Invocations side by side, at most.
    pub max_concurrency: Option<u64>,
    /// Pollers that are kept for this mapping alone, if it pays for them.
    pub provisioned_pollers: Option<Pollers>,
    /// Patterns of the messages the function gets; none lets all of them through.
    pub filters: Vec<Filter>,
    /// Whether it polls at all.
    pub enabled: bool,
    /// Where it is in the file.
    pub lines: Lines,
}

/// How many provisioned pollers a mapping has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Pollers {
    /// At least.
    pub minimum: u64,
    /// At most.
    pub maximum: u64,
}

/// An EventBridge pattern over a message.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Filter {
    /// The pattern, as JSON.
    pub pattern: String,
    /// Its line in the file.
    pub line: usize,
}

pub(super) use mapping::MappingResource;

/// The SQS events among a function's `Events`, which feed its alias if it has one.
pub(super) fn event_sources(
    function: &Properties<'_>,
    alias: Option<&str>,
) -> Result<Vec<EventSource>, Fault> {
    let Some(events) = function.section("Events")? else {
        return Ok(Vec::new());
    };
    let mut sources = Vec::new();
    for (name, _) in events.entries() {
        let Some(event) = events.section(name)? else {
            continue;
        };
        if event.text("Type")?.as_deref() == Some("SQS") {
            let mut source = event_source(name, &event)?;
            source.qualifier = alias.map(str::to_owned);
            sources.push(source);
        }
    }
    Ok(sources)
}

fn event_source(name: &str, event: &Properties<'_>) -> Result<EventSource, Fault> {
    let no_queue = || {
        let message = format!("the SQS event {name} names no `Queue`");
        Fault::new(event.lines().own, message)
    };
    let properties = event.section("Properties")?.ok_or_else(no_queue)?;
    let queue_arn = properties.text("Queue")?.ok_or_else(no_queue)?;
    settings(name, queue_arn, &properties)
}

/// What SAM and CloudFormation call the same.
fn settings(
    name: &str,
    queue_arn: String,
    properties: &Properties<'_>,
) -> Result<EventSource, Fault> {
    let reports = properties.value("FunctionResponseTypes")?;
    let reports = reports.unwrap_or_default();
    let scaling = properties.section("ScalingConfig")?;
    let max_concurrency = match scaling {
        Some(scaling) => scaling.integer("MaximumConcurrency")?,
        None => None,
    };
    Ok(EventSource {
        name: name.to_owned(),
        qualifier: None,
        queue_arn,
        batch_size: properties.integer("BatchSize")?.unwrap_or(10),
        window: properties.seconds("MaximumBatchingWindowInSeconds", 0)?,
        reports_item_failures: reports
            .as_array()
            .is_some_and(|types| types.iter().any(|it| it == "ReportBatchItemFailures")),
        max_concurrency,
        provisioned_pollers: provisioned_pollers(properties)?,
        filters: filters(properties)?,
        enabled: properties.boolean("Enabled")?.unwrap_or(true),
        lines: properties.lines(),
    })
}

/// With Lambda's defaults for what is left out.
fn provisioned_pollers(properties: &Properties<'_>) -> Result<Option<Pollers>, Fault> {
    let Some(config) = properties.section("ProvisionedPollerConfig")? else {
        return Ok(None);
    };
    Ok(Some(Pollers {
        minimum: config.integer("MinimumPollers")?.unwrap_or(2),
        maximum: config.integer("MaximumPollers")?.unwrap_or(200),
    }))
}

fn filters(properties: &Properties<'_>) -> Result<Vec<Filter>, Fault> {
    let Some(criteria) = properties.section("FilterCriteria")? else {
        return Ok(Vec::new());
    };
    let mut filters = Vec::new();
    for filter in criteria.list("Filters")? {
        let filter = criteria.part(filter);
        let line = filter.lines().of("Pattern");
        let pattern = filter.value("Pattern")?;
        let pattern = plain_text(&pattern.ok_or_else(|| filter.missing("Pattern"))?);
        filters.push(Filter { pattern, line });
    }
    Ok(filters)
}
