//! A load over time: a rate, or one that changes over the day, with bursts and outages on top.

use super::clock::{DAY_MS, Span};

/// Messages over time, and when nothing works.
#[derive(Debug, Clone)]
pub(crate) struct Load {
    pub(crate) curve: Curve,
    pub(crate) bursts: Vec<Burst>,
    /// While one lasts, every handler fails.
    pub(crate) outages: Vec<Span>,
    /// How much is simulated, from 0 on.
    pub(crate) span: Span,
}

/// A rate that steps through the day, and through the next one again.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Curve(pub(crate) Vec<Step>);

/// From a time of the day on, so many messages a second.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Step {
    pub(crate) from_ms: u64,
    pub(crate) rate: f64,
}

/// More messages for a while.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Burst {
    /// Messages a second, besides the others.
    pub(crate) rate: f64,
    pub(crate) span: Span,
}

/// A time in which the rate stays the same.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Segment {
    pub(crate) span: Span,
    pub(crate) rate: f64,
}

impl Segment {
    pub(crate) fn messages(&self) -> f64 {
        self.rate * self.span.seconds()
    }
}

impl Curve {
    pub(crate) fn constant(rate: f64) -> Self {
        Self(vec![Step { from_ms: 0, rate }])
    }

    /// The rate at a time; before the day's first step, that of the last one.
    fn rate_at(&self, at_ms: u64) -> f64 {
        let time = at_ms % DAY_MS;
        let step = self.0.iter().rev().find(|it| it.from_ms <= time);
        step.or(self.0.last()).map_or(0.0, |it| it.rate)
    }

    /// When the rate may change within a span.
    fn changes(&self, span: Span) -> Vec<u64> {
        let days = span.start_ms / DAY_MS..=span.end_ms / DAY_MS;
        let at = |day| self.0.iter().map(move |it| day * DAY_MS + it.from_ms);
        days.flat_map(at).collect()
    }
}

impl Load {
    /// The load in pieces of equal rate.
    pub(crate) fn segments(&self) -> Vec<Segment> {
        let bursts = self.bursts.iter();
        let ends = bursts.flat_map(|it| [it.span.start_ms, it.span.end_ms]);
        let mut times: Vec<_> = self
            .curve
            .changes(self.span)
            .into_iter()
            .chain(ends)
            .collect();
        times.extend([self.span.start_ms, self.span.end_ms]);
        times.retain(|it| (self.span.start_ms..=self.span.end_ms).contains(it));
        times.sort_unstable();
        times.dedup();
        let pieces = times.windows(2).map(|pair| Span::new(pair[0], pair[1]));
        let segment = |span: Span| Segment {
            rate: self.rate_at(span.start_ms),
            span,
        };
        pieces.map(segment).collect()
    }

    fn rate_at(&self, at_ms: u64) -> f64 {
        let bursts = self.bursts.iter().filter(|it| it.span.contains(at_ms));
        self.curve.rate_at(at_ms) + bursts.map(|it| it.rate).sum::<f64>()
    }

    /// Messages that are expected in all.
    pub(crate) fn messages(&self) -> f64 {
        self.segments().iter().map(Segment::messages).sum()
    }

    /// The most messages a second.
    pub(crate) fn peak(&self) -> f64 {
        let rates = self.segments().into_iter().map(|it| it.rate);
        rates.fold(0.0, f64::max)
    }

    pub(crate) fn fails_at(&self, at_ms: u64) -> bool {
        self.outages.iter().any(|it| it.contains(at_ms))
    }
}
