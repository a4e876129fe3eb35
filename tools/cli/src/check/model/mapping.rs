//! Event source mappings: resources of their own, or a SAM function's events.

use std::collections::BTreeMap;

use super::setting::{self, Setting};
use crate::template::{OutlinedResource, Tree};

/// Messages of a queue on their way to a function.
#[derive(Debug)]
pub(crate) struct Mapping {
    /// The resource that it, or the event that makes it, belongs to.
    pub(crate) owner: String,
    /// What it is called in messages.
    pub(crate) label: String,
    pub(crate) line: usize,
    pub(crate) function: Setting<String>,
    pub(crate) queue: Setting<String>,
    pub(crate) batch_size: Setting<u64>,
    pub(crate) window: Setting<u64>,
    /// Whether `ReportBatchItemFailures` is among its response types.
    pub(crate) reports: Setting<bool>,
    pub(crate) max_concurrency: Setting<u64>,
    pub(crate) enabled: Setting<bool>,
    /// The line of its provisioned pollers.
    pub(crate) pollers: Option<usize>,
    pub(crate) minimum_pollers: Setting<u64>,
    pub(crate) maximum_pollers: Setting<u64>,
    pub(crate) filters: Vec<Setting<String>>,
    /// Its filters as a whole, where those cannot be told apart.
    pub(crate) filtered: Option<usize>,
}

pub(crate) const DEFAULT_BATCH_SIZE: u64 = 10;

impl Mapping {
    /// A mapping resource, if a queue is what it takes from.
    pub(super) fn read(resource: &OutlinedResource) -> Option<Self> {
        let own = &resource.properties;
        let queue = setting::text(own, "EventSourceArn");
        match queue.known() {
            Ok(Some(arn)) if arn.contains(":sqs:") => {}
            Ok(_) => return None,
            // Streams say where to start; queues need not.
            Err(_) if own.get("StartingPosition").is_some() => return None,
            Err(_) => {}
        }
        let label = resource.logical_id.clone();
        let function = setting::text(own, "FunctionName");
        Some(Self::new(
            resource,
            label,
            resource.line,
            own,
            function,
            queue,
        ))
    }

    fn new(
        owner: &OutlinedResource,
        label: String,
        line: usize,
        own: &Tree,
        function: Setting<String>,
        queue: Setting<String>,
    ) -> Self {
        let types = "FunctionResponseTypes";
        let criteria = own.get("FilterCriteria");
        let filters = criteria.and_then(|it| it.get("Filters"));
        let filters = filters.map(Tree::items).unwrap_or_default().iter();
        let pollers = own.get("ProvisionedPollerConfig");
        let provisioned = setting::section(own, "ProvisionedPollerConfig");
        Self {
            owner: owner.logical_id.clone(),
            label,
            line,
            function,
            queue,
            batch_size: setting::number(own, "BatchSize"),
            window: setting::number(own, "MaximumBatchingWindowInSeconds"),
            reports: setting::parsed(own, types, |listed| {
                let mut types = listed.items().iter();
                if types
                    .clone()
                    .any(|it| it.as_str() == Some("ReportBatchItemFailures"))
                {
                    return Ok(true);
                }
                match types.find_map(Tree::unknown) {
                    Some(why) => Err(why.to_owned()),
                    None => Ok(false),
                }
            }),
            max_concurrency: setting::number(
                &setting::section(own, "ScalingConfig"),
                "MaximumConcurrency",
            ),
            enabled: setting::boolean(own, "Enabled"),
            minimum_pollers: setting::number(&provisioned, "MinimumPollers"),
            maximum_pollers: setting::number(&provisioned, "MaximumPollers"),
            pollers: pollers
                .filter(|it| !it.entries().is_empty())
                .map(|it| it.line),
            filters: filters.map(|it| setting::text(it, "Pattern")).collect(),
            filtered: criteria.map(|it| it.line),
        }
    }

    pub(crate) fn batch_size(&self) -> Result<u64, crate::check::finding::Unknown> {
        self.batch_size.or(DEFAULT_BATCH_SIZE)
    }

    /// Follows an alias to the function behind it.
    pub(super) fn lead_through(&mut self, aliases: &BTreeMap<String, Setting<String>>) {
        let behind = match self.function.known() {
            Ok(Some(name)) => aliases.get(name),
            _ => None,
        };
        if let Some(function) = behind {
            self.function = function.clone();
        }
    }
}

/// The SQS events of a SAM function.
pub(super) fn events(function: &OutlinedResource) -> Vec<Mapping> {
    let events = setting::section(&function.properties, "Events");
    let sqs = events
        .entries()
        .iter()
        .filter(|(_, event)| event.get("Type").and_then(Tree::as_str) == Some("SQS"));
    let mappings = sqs.map(|(name, event)| {
        let own = setting::section(event, "Properties");
        let queue = setting::text(&own, "Queue");
        let of = Setting::set(function.line, function.name.clone());
        let label = format!("{}'s event {name}", function.logical_id);
        Mapping::new(function, label, event.line, &own, of, queue)
    });
    mappings.collect()
}
