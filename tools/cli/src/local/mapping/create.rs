//! The template's event source mappings, as `CreateEventSourceMapping` would take them.

use lambda_queue_simulator::mapping::{
    CreateError, EventSourceMapping, FilterError, FunctionFacts, MappingConfig, ProvisionedPollers,
    QueueFacts,
};
use uuid::Uuid;

use crate::error::Error;
use crate::template::{EventSource, Function, Qualified, Queue, Template, TemplateError};

/// Most invocations of a mapping at once on this machine: each is a process, where Lambda has
/// 1,250 sandboxes.
const MOST_PROCESSES: u32 = 50;
/// As many provisioned pollers have that many invocations.
const MOST_POLLERS: u32 = MOST_PROCESSES / 10;
/// Above it, Lambda refuses `MaximumConcurrency`, and so must this.
const MOST_CONCURRENCY: u32 = 1_000;

/// A mapping of the template that has not begun.
#[derive(Debug)]
pub(crate) struct Planned {
    pub(super) uuid: String,
    pub(super) mapping: EventSourceMapping,
    /// As the template has it.
    pub(crate) config: MappingConfig,
    pub(super) queue: Queue,
    /// How the function is invoked.
    pub(super) called: Qualified,
    pub(crate) function: Function,
}

impl Planned {
    pub(crate) fn queue(&self) -> &Queue {
        &self.queue
    }
}

/// Every mapping of the template, in the order of the file.
///
/// # Errors
/// Lambda would refuse one; the error is at the line that is to blame.
pub(crate) fn plan(template: &Template) -> Result<Vec<Planned>, Error> {
    let queues = template.queues()?;
    let mut planned = Vec::new();
    for function in template.functions()? {
        for event in &function.event_sources {
            let queue = queues.iter().find(|it| it.arn == event.queue_arn);
            let queue = queue.ok_or_else(|| no_queue(template, &function, event))?;
            let called = function.qualified(event.qualifier.as_deref());
            let called = called.ok_or_else(|| no_version(template, &function, event))?;
            let config = config(event);
            planned.push(Planned {
                uuid: uuid(&function, event),
                mapping: create(template, &function, event, queue, &config)?,
                config,
                queue: queue.clone(),
                called,
                function: function.clone(),
            });
        }
    }
    Ok(planned)
}

/// Lambda's are random; this one can be written into a script.
fn uuid(function: &Function, event: &EventSource) -> String {
    let name = format!("{}/{}", function.arn, event.name);
    Uuid::new_v5(&Uuid::NAMESPACE_URL, name.as_bytes()).to_string()
}

/// What the template asks for.
fn config(event: &EventSource) -> MappingConfig {
    let types = event.reports_item_failures;
    let types = types.then(|| "ReportBatchItemFailures".to_owned());
    MappingConfig {
        batch_size: small(event.batch_size),
        window_seconds: small(event.window.as_secs()),
        maximum_concurrency: event.max_concurrency.map(small),
        provisioned_pollers: event.provisioned_pollers.map(|it| ProvisionedPollers {
            minimum: small(it.minimum),
            maximum: small(it.maximum),
        }),
        filters: event.filters.iter().map(|it| it.pattern.clone()).collect(),
        function_response_types: types.into_iter().collect(),
        enabled: event.enabled,
    }
}

/// What this machine gives.
///
/// A configuration that Lambda would refuse stays as it is, to be refused.
pub(super) fn capped(config: &MappingConfig) -> MappingConfig {
    if let Some(pollers) = config.provisioned_pollers {
        return MappingConfig {
            provisioned_pollers: Some(capped_pollers(pollers)),
            ..config.clone()
        };
    }
    let most = match config.maximum_concurrency {
        Some(most) if most > MOST_CONCURRENCY => most,
        Some(most) => most.min(MOST_PROCESSES),
        None => MOST_PROCESSES,
    };
    MappingConfig {
        maximum_concurrency: Some(most),
        ..config.clone()
    }
}

/// `MaximumConcurrency` is none of theirs, but each has ten invocations at once.
fn capped_pollers(pollers: ProvisionedPollers) -> ProvisionedPollers {
    let is_allowed = (2..=200).contains(&pollers.minimum)
        && (pollers.minimum..=10_000).contains(&pollers.maximum);
    if !is_allowed {
        return pollers;
    }
    ProvisionedPollers {
        minimum: pollers.minimum.min(MOST_POLLERS),
        maximum: pollers.maximum.min(MOST_POLLERS),
    }
}

pub(super) fn function_facts(function: &Function) -> FunctionFacts {
    FunctionFacts {
        timeout_seconds: small(function.timeout.as_secs()),
        reserved_concurrency: function.reserved_concurrency,
    }
}

fn create(
    template: &Template,
    function: &Function,
    event: &EventSource,
    queue: &Queue,
    config: &MappingConfig,
) -> Result<EventSourceMapping, TemplateError> {
    let queue_facts = QueueFacts {
        arn: queue.arn.clone(),
        visibility_timeout_seconds: small(queue.visibility_timeout.as_secs()),
    };
    let (facts, seed) = (function_facts(function), fastrand::u64(..));
    EventSourceMapping::create(capped(config), queue_facts, facts, seed)
        .map_err(|error| refused(template, function, event, queue, &error))
}

/// Numbers too large for the API are too large for its rules, too, which say so.
fn small(number: u64) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

fn refused(
    template: &Template,
    function: &Function,
    event: &EventSource,
    queue: &Queue,
    error: &CreateError,
) -> TemplateError {
    let names = format!("{}'s event {}", function.logical_id, event.name);
    let (line, message) = match error {
        CreateError::VisibilityBelowTimeout { .. } => (
            queue.lines.of("VisibilityTimeout"),
            format!(
                "the queue {}, which feeds {names}: {error}",
                queue.logical_id
            ),
        ),
        CreateError::Filter(why) => (filter_line(event, why), format!("{names}: {error} {why}")),
        CreateError::Range { field, .. } => (line_of(event, field), format!("{names}: {error}")),
        CreateError::WindowOnFifo => (
            event.lines.of("MaximumBatchingWindowInSeconds"),
            format!("{names}: {error}"),
        ),
        CreateError::ConcurrencyWithProvisionedPollers | CreateError::PollersReversed => (
            event.lines.of("ProvisionedPollerConfig"),
            format!("{names}: {error}"),
        ),
        CreateError::WindowRequired => (event.lines.of("BatchSize"), format!("{names}: {error}")),
        _ => (queue_line(event), format!("{names}: {error}")),
    };
    template.error_at(line, message)
}

/// Where the queue is named, in SAM's word or CloudFormation's.
fn queue_line(event: &EventSource) -> usize {
    let mut written = ["Queue", "EventSourceArn"].into_iter();
    let written = written.find(|it| event.lines.of(it) != event.lines.of(""));
    event.lines.of(written.unwrap_or_default())
}

/// The line of a property that Lambda's API spells `batchSize` or `scalingConfig.…`.
fn line_of(event: &EventSource, field: &str) -> usize {
    let field = field.split('.').next().unwrap_or(field);
    let mut letters = field.chars();
    let first = letters.next().map(|it| it.to_ascii_uppercase());
    let property: String = first.into_iter().chain(letters).collect();
    event.lines.of(&property)
}

fn filter_line(event: &EventSource, error: &FilterError) -> usize {
    let index = match error {
        FilterError::TooLong { index } | FilterError::Pattern { index, .. } => Some(*index),
        _ => None,
    };
    let filter = index.and_then(|it| event.filters.get(it));
    filter.map_or_else(|| event.lines.of("FilterCriteria"), |it| it.line)
}

fn no_version(template: &Template, function: &Function, event: &EventSource) -> TemplateError {
    let message = format!(
        "{} feeds {}:{}, but there is no such version or alias in this template",
        event.name,
        function.logical_id,
        event.qualifier.as_deref().unwrap_or_default()
    );
    template.error_at(event.lines.of("FunctionName"), message)
}

fn no_queue(template: &Template, function: &Function, event: &EventSource) -> TemplateError {
    let (function, name, arn) = (&function.logical_id, &event.name, &event.queue_arn);
    let message =
        format!("{function}'s event {name} is fed by {arn}, which is no queue of this template");
    template.error_at(queue_line(event), message)
}

#[cfg(test)]
mod tests;
