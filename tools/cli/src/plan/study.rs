//! One feed under a load: scaled, simulated, judged, and simulated once more as suggested.

use serde::Serialize;

use super::PlanError;
use super::advice::{Suggestion, advice, improved};
use super::handlers::Handlers;
use super::load::Load;
use super::quotas::{MAPPING_CONCURRENCY, Quota, quotas};
use super::recovery::{Recovery, recoveries};
use super::samples::Run;
use super::scale::{Scale, scale};
use super::world::{Setup, simulate};
use crate::cost::feed::Feed;

/// What is the same for each feed.
pub(super) struct Conditions {
    pub(super) load: Load,
    pub(super) size: u64,
    pub(super) groups: u64,
    pub(super) account_concurrency: u32,
    pub(super) max_messages: u64,
    pub(super) seed: u64,
}

/// All that there is to say of a feed.
#[derive(Debug, Serialize)]
pub(super) struct Study {
    #[serde(skip)]
    pub(super) feed: Feed,
    /// Other queues of the same function, each of which is simulated by itself.
    pub(super) shared_with: Vec<String>,
    /// What was simulated, which may be less than what was asked for.
    #[serde(skip)]
    pub(super) load: Load,
    #[serde(skip)]
    pub(super) asked: Load,
    #[serde(skip)]
    pub(super) scale: Scale,
    pub(super) run: Run,
    pub(super) recoveries: Vec<Recovery>,
    pub(super) quotas: Vec<Quota>,
    pub(super) suggestions: Vec<Suggestion>,
    /// The same load with what is suggested, if that is anything.
    pub(super) improved: Option<Improved>,
}

/// What the suggestions come to.
#[derive(Debug, Serialize)]
pub(super) struct Improved {
    pub(super) run: Run,
    pub(super) recoveries: Vec<Recovery>,
}

pub(super) fn study(
    feed: Feed,
    handlers: &Handlers,
    conditions: &Conditions,
) -> Result<Study, PlanError> {
    let asked = conditions.load.clone();
    let mut load = asked.clone();
    let concurrency = feed
        .reserved_concurrency
        .unwrap_or(conditions.account_concurrency);
    let slots = feed
        .mapping
        .maximum_concurrency
        .unwrap_or(MAPPING_CONCURRENCY);
    let scale = scale(
        &mut load,
        conditions.max_messages as f64,
        slots,
        needed(&feed, handlers, &asked),
        feed.fifo.then_some(conditions.groups),
    );
    let setup = Setup {
        feed: &feed,
        load: &load,
        handlers,
        share: scale.share,
        groups: conditions.groups,
        concurrency,
        size: conditions.size,
        seed: conditions.seed,
    };
    let run = simulate(&setup)?;
    let suggestions = advice(&setup, &run);
    let better = improved(&feed, &suggestions);
    let changes = suggestions.iter().any(Suggestion::changes);
    let improved = changes.then(|| -> Result<_, PlanError> {
        let run = simulate(&Setup {
            feed: &better,
            ..setup
        })?;
        Ok(Improved {
            recoveries: recoveries(&load, &run),
            run,
        })
    });
    let improved = improved.transpose()?;
    let quotas = quotas(&setup, &run);
    let recoveries = recoveries(&load, &run);
    Ok(Study {
        feed,
        shared_with: Vec::new(),
        load,
        asked,
        scale,
        run,
        recoveries,
        quotas,
        suggestions,
        improved,
    })
}

/// Invocations at once at the load's peak, with batches as full as their window makes them.
fn needed(feed: &Feed, handlers: &Handlers, load: &Load) -> f64 {
    let peak = load.peak();
    let gathered = 1.0 + peak * f64::from(feed.mapping.window_seconds);
    let fill = gathered.min(f64::from(feed.mapping.batch_size));
    peak * handlers.durations.mean() / 1_000.0 / fill
}
