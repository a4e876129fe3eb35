//! What is simulated of a load that is too large for one message at a time.
//!
//! First it is thinned: of `share` messages one is simulated, with a `share`-th of the concurrency,
//! of its growth and of the message groups. Queues and batches are the same then, and counts are
//! multiplied in the report. A share is taken that divides the limit of concurrency and leaves
//! enough batches side by side to tell anything. If that is not enough, only a part of the time is
//! simulated: around the first outage or burst, or else where most messages come.

use super::clock::Span;
use super::load::{Load, Segment};

/// Batches side by side that a thinned mapping must still have.
const FEWEST_SLOTS: f64 = 10.0;
/// As many are enough where all of them are busy all the time: the load needs twice what there is.
const FEWEST_BUSY_SLOTS: f64 = 2.0;
/// What is simulated before the part that matters, so that everything runs: a time, but not more
/// than this share of the messages.
const RUN_UP_MS: f64 = 120_000.0;
const RUN_UP_SHARE: f64 = 0.2;

/// How a load was made smaller.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Scale {
    /// Every simulated message stands for so many.
    pub(crate) share: u32,
    /// Only this much of the time is simulated.
    pub(crate) slice: Option<Span>,
}

/// Makes `load` one that has about `most` messages, if the concurrency it needs allows that.
///
/// `slots` is the limit of concurrency, `needed` what the load takes at its peak, `groups` the
/// message groups of a FIFO queue.
pub(crate) fn scale(
    load: &mut Load,
    most: f64,
    slots: u32,
    needed: f64,
    groups: Option<u64>,
) -> Scale {
    let wanted = load.messages() / most;
    let fewest = match needed > 2.0 * f64::from(slots) {
        true => FEWEST_BUSY_SLOTS,
        false => FEWEST_SLOTS,
    };
    let bound = f64::from(slots).min(needed) / fewest;
    // Groups are what concurrency of a FIFO queue comes from.
    let bound = groups.map_or(bound, |it| bound.min(it as f64 / FEWEST_SLOTS));
    let share = share(wanted, bound, slots);
    let simulated = load.messages() / f64::from(share);
    let slice = (simulated > most * 1.05).then(|| slice(load, most * f64::from(share)));
    if let Some(slice) = slice {
        load.span = slice;
    }
    Scale { share, slice }
}

/// The smallest divisor of `slots` that is enough, or the largest that is allowed.
fn share(wanted: f64, bound: f64, slots: u32) -> u32 {
    let divisors = (1..=slots).filter(|it| slots.is_multiple_of(*it));
    let allowed: Vec<_> = divisors
        .filter(|it| *it == 1 || f64::from(*it) <= bound)
        .collect();
    let enough = allowed.iter().find(|it| f64::from(**it) >= wanted);
    enough.or(allowed.last()).copied().unwrap_or(1)
}

/// The time in which so many messages come, from a while before what matters.
fn slice(load: &Load, messages: f64) -> Span {
    let segments = load.segments();
    let outages = load.outages.iter().copied();
    let events = outages.chain(load.bursts.iter().map(|it| it.span));
    let starts = events.map(|it| it.start_ms);
    let first = starts.filter(|it| *it < load.span.end_ms).min();
    let busiest = segments.iter().max_by(|a, b| a.rate.total_cmp(&b.rate));
    let matters = first.or(busiest.map(|it| it.span.start_ms));
    let run_up = RUN_UP_MS.min(messages / load.peak() * 1_000.0 * RUN_UP_SHARE) as u64;
    let start = matters.unwrap_or(0).saturating_sub(run_up);
    let start = start.max(load.span.start_ms);
    Span::new(start, end_of(&segments, start, messages).max(start + 1_000))
}

/// When so many messages have come since `start`.
fn end_of(segments: &[Segment], start: u64, mut messages: f64) -> u64 {
    let mut end = start;
    for segment in segments.iter().filter(|it| it.span.end_ms > start) {
        let from = segment.span.start_ms.max(start);
        let part = Segment {
            span: Span::new(from, segment.span.end_ms),
            rate: segment.rate,
        };
        if part.messages() > messages {
            return from + (messages / segment.rate * 1_000.0) as u64;
        }
        messages -= part.messages();
        end = segment.span.end_ms;
    }
    end
}

#[cfg(test)]
mod tests {
    use super::super::load::{Burst, Curve};
    use super::*;

    fn load(rate: f64, hours: u64) -> Load {
        Load {
            curve: Curve::constant(rate),
            bursts: Vec::new(),
            outages: Vec::new(),
            span: Span::new(0, hours * 3_600_000),
        }
    }

    #[test]
    fn a_small_load_is_simulated_as_it_is() {
        let scale = scale(&mut load(100.0, 1), 1e6, 1_250, 30.0, None);
        assert_eq!((scale.share, scale.slice), (1, None));
    }

    #[test]
    fn a_large_load_is_thinned_by_a_divisor_of_the_concurrency() {
        // 72 M messages for 2 M: a share of 36, and the next divisor of 1,250 is 50.
        let scale = scale(&mut load(20_000.0, 1), 2e6, 1_250, 1_250.0, None);
        assert_eq!((scale.share, scale.slice), (50, None));
    }

    #[test]
    fn a_load_that_cannot_be_thinned_enough_loses_time() {
        let mut load = load(1_000.0, 10);
        load.bursts = vec![Burst {
            rate: 1_000.0,
            span: Span::new(7_200_000, 7_260_000),
        }];
        let scale = scale(&mut load, 1e6, 20, 20.0, None);
        assert_eq!(scale.share, 2);
        // Two minutes before the burst; 2 M messages: 120 k, 120 k in the burst, and 1,760 s more.
        let slice = Span::new(7_080_000, 7_260_000 + 1_760_000);
        assert_eq!((scale.slice, load.span), (Some(slice), slice));
    }

    #[test]
    fn an_overload_is_thinned_further() {
        let scale = scale(&mut load(20_000.0, 1), 1e6, 20, 6_000.0, None);
        assert_eq!(scale.share, 10);
    }

    #[test]
    fn message_groups_are_thinned_no_further_than_there_are_enough() {
        let scale = scale(&mut load(3_000.0, 1), 1e5, 1_000, 1_000.0, Some(40));
        assert_eq!(scale.share, 4);
        assert!(scale.slice.is_some());
    }
}
