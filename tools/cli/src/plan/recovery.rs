//! How long bursts and outages are felt.

use serde::Serialize;

use super::clock::Span;
use super::load::Load;
use super::samples::{Run, Sample};

/// What came of one burst or outage.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct Recovery {
    pub(crate) what: &'static str,
    pub(crate) start_ms: u64,
    pub(crate) end_ms: u64,
    /// Most messages that were not done, from its start on until it was over.
    pub(crate) backlog: u64,
    /// From its end until no more messages waited than before; none if that did not happen.
    pub(crate) drained_ms: Option<u64>,
}

/// Samples before an event, by which it is told whether it is over.
const BEFORE: usize = 60;

/// Every outage and burst that was simulated, in order.
pub(crate) fn recoveries(load: &Load, run: &Run) -> Vec<Recovery> {
    let outages = load.outages.iter().map(|it| ("outage", *it));
    let bursts = load.bursts.iter().map(|it| ("burst", it.span));
    let seen = |span: &Span| span.start_ms < load.span.end_ms && span.end_ms > load.span.start_ms;
    let mut events: Vec<_> = outages.chain(bursts).filter(|it| seen(&it.1)).collect();
    events.sort_by_key(|(_, span)| span.start_ms);
    let found = events.into_iter();
    found
        .map(|(what, span)| recovery(what, span, run))
        .collect()
}

fn recovery(what: &'static str, span: Span, run: &Run) -> Recovery {
    let first = run.samples.partition_point(|it| it.at_ms <= span.start_ms);
    let last = run.samples.partition_point(|it| it.at_ms <= span.end_ms);
    let before = &run.samples[first.saturating_sub(BEFORE)..first];
    let usual = before.iter().map(Sample::waiting).max().unwrap_or(0);
    // A tenth more is chance.
    let usual = usual + usual / 10;
    let after = &run.samples[last..];
    let over = after.iter().position(|it| it.waiting() <= usual);
    let until = over.map_or(run.samples.len(), |it| last + it);
    let felt = run.samples[first..until].iter();
    Recovery {
        what,
        start_ms: span.start_ms,
        end_ms: span.end_ms,
        backlog: felt.map(Sample::waiting).max().unwrap_or(usual),
        drained_ms: over.map(|it| after[it].at_ms - span.end_ms),
    }
}
