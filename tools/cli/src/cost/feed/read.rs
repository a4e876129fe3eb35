//! Feeds out of any template, as `check` reads it: SAM's, CloudFormation's, or what the CDK writes.

mod refused;

use lambda_queue_simulator::mapping::{MappingConfig, ProvisionedPollers};

use super::{Architecture, Encryption, Feed};
use crate::check::{Function, Mapping, Model, Queue, Unknown};
use crate::error::Error;
use crate::template::Outline;

/// The feeds of a template, and what of it is none.
#[derive(Debug, Default)]
pub(crate) struct Feeds {
    pub(crate) feeds: Vec<Feed>,
    /// Mappings that are not known well enough, each with its line and why.
    pub(crate) left_out: Vec<String>,
}

/// The feeds of the template, or those of one function.
///
/// # Errors
/// Lambda would refuse a mapping, or there is no feed, or none of a function of that name.
pub(crate) fn feeds(outline: &Outline, function: Option<&str>) -> Result<Feeds, Error> {
    let model = Model::of(outline);
    let mut found = Feeds::default();
    let mut known = Vec::new();
    for mapping in &model.mappings {
        let (queue, fed) = match ends(&model, mapping) {
            Ok(ends) => ends,
            Err(why) => {
                found.left_out.push(left_out(outline, mapping, &why));
                continue;
            }
        };
        known.push(fed.short_name());
        if function.is_some_and(|name| !fed.is_called(name)) {
            continue;
        }
        match feed(mapping, queue, fed) {
            Ok(feed) => {
                refused::check(&feed, mapping, queue, &outline.file)?;
                found.feeds.push(feed);
            }
            Err(why) => found.left_out.push(left_out(outline, mapping, &why)),
        }
    }
    let is_known = |name: &str| model.fed().any(|it| it.is_called(name));
    match (found.feeds.is_empty(), function) {
        (false, _) => Ok(found),
        (true, Some(name)) if !known.is_empty() && !is_known(name) => Err(Error::UnknownFunction {
            name: name.to_owned(),
            template: outline.file.clone(),
            known: known.join(", "),
        }),
        (true, _) => Err(Error::NoFeeds {
            template: outline.file.clone(),
            left_out: found
                .left_out
                .iter()
                .map(|it| format!("\n  {it}"))
                .collect(),
        }),
    }
}

fn left_out(outline: &Outline, mapping: &Mapping, why: &Unknown) -> String {
    let (label, file) = (&mapping.label, &outline.file);
    format!("{label} is left out: {} ({file}:{})", why.why, why.line)
}

/// What a mapping leads from and to, if both are in the template.
fn ends<'a>(model: &'a Model, mapping: &Mapping) -> Result<(&'a Queue, &'a Function), Unknown> {
    let function = model.function_of(mapping)?;
    let function = function.ok_or_else(|| {
        let why = "its function is not part of this template";
        mapping.function.unknown(why)
    })?;
    Ok((model.source_of(mapping)?, function))
}

fn feed(mapping: &Mapping, queue: &Queue, function: &Function) -> Result<Feed, Unknown> {
    let backoff = function.variable("RETRY_BACKOFF_SECONDS");
    let backoff = backoff.and_then(|it| it.known().ok().flatten());
    Ok(Feed {
        function: function.logical_id.clone(),
        queue: queue.logical_id.clone(),
        fifo: queue.is_fifo()?,
        high_throughput: queue.has_high_throughput()?,
        encryption: encryption(queue),
        key_reuse_s: queue.data_key_reuse.or(300)?,
        visibility_s: queue.visibility.or(30)?,
        retention_s: queue.retention.or(crate::check::DEFAULT_RETENTION)?,
        delay_s: queue.delay.or(0)?,
        receive_wait_s: queue.receive_wait.or(0)?,
        max_receive_count: queue.redrive.max_receives.known()?.copied(),
        memory_mb: function.memory.or(128)?,
        architecture: architecture(function)?,
        timeout_s: function.timeout.or(3)?,
        reserved_concurrency: function.reserved.known()?.copied().map(small),
        mapping: config(mapping)?,
        has_store: function.variable("IDEMPOTENCY_TABLE").is_some(),
        backoff_s: backoff.and_then(|it| it.parse().ok()),
    })
}

fn encryption(queue: &Queue) -> Encryption {
    match queue.key.known() {
        Ok(Some(key)) if key.ends_with("alias/aws/sqs") => Encryption::AwsKey,
        Ok(Some(key)) if !key.is_empty() => Encryption::OwnKey(key.clone()),
        Ok(_) => Encryption::Sqs,
        // Another stack's, such as an import: which key does not matter, as long as it is one.
        Err(unknown) => Encryption::OwnKey(format!("the key in line {}", unknown.line)),
    }
}

fn architecture(function: &Function) -> Result<Architecture, Unknown> {
    let named = function.architecture.known()?.map(String::as_str);
    Ok(match named {
        Some("arm64") => Architecture::Arm64,
        _ => Architecture::X86,
    })
}

/// The mapping as `CreateEventSourceMapping` would take it.
fn config(mapping: &Mapping) -> Result<MappingConfig, Unknown> {
    let types = mapping.reports.or(false)?;
    let types = types.then(|| "ReportBatchItemFailures".to_owned());
    let filters = mapping.filters.iter().filter_map(|it| it.known().ok()?);
    Ok(MappingConfig {
        batch_size: small(mapping.batch_size()?),
        window_seconds: small(mapping.window.or(0)?),
        maximum_concurrency: mapping.max_concurrency.known()?.copied().map(small),
        provisioned_pollers: pollers(mapping)?,
        filters: filters.cloned().collect(),
        function_response_types: types.into_iter().collect(),
        enabled: mapping.enabled.or(true)?,
    })
}

/// With Lambda's defaults, where only one of the two numbers is set.
fn pollers(mapping: &Mapping) -> Result<Option<ProvisionedPollers>, Unknown> {
    if mapping.pollers.is_none() {
        return Ok(None);
    }
    Ok(Some(ProvisionedPollers {
        minimum: small(mapping.minimum_pollers.or(2)?),
        maximum: small(mapping.maximum_pollers.or(200)?),
    }))
}

/// Numbers too large for the API are too large for its rules, too, which say so.
fn small(number: u64) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
