//! What was promised, held against what was measured.

use serde::{Deserialize, Serialize};

use crate::event::event;
use crate::peer::{EMPTY, LIMIT, LIMIT_SINGLE, TOOLKIT, TOOLKIT_BATCHED, TOOLKIT_SINGLE};
use crate::results::{Cell, Results};
use crate::scenario::{
    FAST, Kind, Latency, REMOTE, Scenario, with_store as stored, without_store as storeless,
};
use crate::sizes::FUNCTIONS;

#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub(crate) struct Target {
    pub(crate) what: String,
    pub(crate) measured: f64,
    pub(crate) at_most: f64,
    pub(crate) at_least: Option<f64>,
}

impl Target {
    /// Rounded as it is shown, so that nobody sees 1.20 fail at 1.2.
    pub(crate) fn is_met(&self) -> bool {
        let measured = (self.measured * 1000.0).round() / 1000.0;
        measured <= self.at_most && self.at_least.is_none_or(|least| measured >= least)
    }
}

/// Judges a run by its figures; targets without figures are left out.
pub(crate) fn targets(results: &Results) -> Vec<Target> {
    let judge = Judge(results);
    let all = [
        judge.cpu(),
        judge.requests(),
        judge.wall_and_memory(),
        judge.start(),
    ];
    all.into_iter().flatten().flatten().collect()
}

struct Judge<'a>(&'a Results);

const KB: usize = 1_000;
const MB: f64 = 1_000_000.0;

impl Judge<'_> {
    fn cpu(&self) -> Vec<Option<Target>> {
        let cpu = |cell: &Cell| cell.cpu_us_a_message.median;
        let ten = first(10, FAST);
        let thousand = first(1_000, FAST);
        let (small, large) = (
            storeless(1_000, 100, Kind::First),
            storeless(10_000, 100, Kind::First),
        );
        let mut flat = self.ratio(
            "CPU of a message without a store, at 10,000 over that at 1,000",
            (TOOLKIT, large),
            (TOOLKIT, small),
            cpu,
            1.2,
        );
        if let Some(flat) = &mut flat {
            flat.at_least = Some(0.8);
        }
        vec![
            self.ratio(
                "CPU over the limit's, 10 messages, batched",
                (TOOLKIT_BATCHED, ten),
                (LIMIT, ten),
                cpu,
                2.0,
            ),
            self.ratio(
                "CPU over the limit's, 1,000 messages",
                (TOOLKIT, thousand),
                (LIMIT, thousand),
                cpu,
                2.0,
            ),
            self.ratio(
                "CPU over that of hand-written single requests, 10 messages",
                (TOOLKIT_SINGLE, ten),
                (LIMIT_SINGLE, ten),
                cpu,
                1.5,
            ),
            self.ratio(
                "CPU over the limit's, 10,000 messages without a store",
                (TOOLKIT, large),
                (LIMIT, large),
                cpu,
                2.0,
            ),
            flat,
        ]
    }

    fn requests(&self) -> Vec<Option<Target>> {
        let requests = |cell: &Cell| cell.requests_a_message.median;
        let duplicates = |messages| stored(messages, KB, Kind::Duplicates, FAST);
        let one = |what, scenario, at_most| {
            self.value(what, (TOOLKIT_BATCHED, scenario), requests, at_most)
        };
        vec![
            one("requests a message, 10 batched", first(10, FAST), 0.2),
            one(
                "requests a message, 1,000 batched",
                first(1_000, FAST),
                0.08,
            ),
            one("requests a duplicate, 10 batched", duplicates(10), 0.3),
            one(
                "requests a duplicate, 1,000 batched",
                duplicates(1_000),
                0.09,
            ),
        ]
    }

    fn wall_and_memory(&self) -> Vec<Option<Target>> {
        let wall = |cell: &Cell| cell.wall_ms.median;
        let peak = |cell: &Cell| cell.peak_kib.median;
        let (ten, thousand) = (first(10, REMOTE), first(1_000, REMOTE));
        let large = storeless(10_000, 100, Kind::First);
        let over_limit = |what, scenario, of: fn(&Cell) -> f64, at_most| {
            self.ratio(what, (TOOLKIT, scenario), (LIMIT, scenario), of, at_most)
        };
        vec![
            over_limit(
                "time over the limit's at 5 ms a request, 10 messages",
                ten,
                wall,
                1.2,
            ),
            over_limit(
                "time over the limit's at 5 ms a request, 1,000 messages",
                thousand,
                wall,
                1.2,
            ),
            over_limit(
                "peak memory over the limit's, 10 messages",
                first(10, FAST),
                peak,
                3.0,
            ),
            over_limit(
                "peak memory over the limit's, 1,000 messages",
                first(1_000, FAST),
                peak,
                3.0,
            ),
            over_limit(
                "peak memory over the limit's, 10 messages of 200 KB",
                stored(10, 200_000, Kind::First, FAST),
                peak,
                3.0,
            ),
            self.value(
                "peak memory in MB, 10,000 messages without a store",
                (TOOLKIT, large),
                |it| it.peak_kib.median * 1024.0 / MB,
                event_mb(&large) * 3.0 + 10.0,
            ),
        ]
    }

    fn start(&self) -> Vec<Option<Target>> {
        let ten = first(10, REMOTE);
        let cold = self.0.cell(TOOLKIT, &ten.to_string()).map(|cell| {
            let round_trip = REMOTE.single.as_secs_f64() * 1e3;
            target(
                "first invocation over twice the warm one and a round trip, 10 messages at 5 ms",
                cell.first_ms.median / (2.0 * cell.wall_ms.median + round_trip),
                1.0,
            )
        });
        let inits = self.0.init(TOOLKIT).zip(self.0.init(EMPTY));
        let init = inits.and_then(|(ours, empty)| ours.ratio(empty));
        let init = init.map(|ratio| target("init over that of an empty function", ratio, 1.5));
        let mut all = vec![init, cold];
        let sizes = self.0.sizes.iter();
        let functions = sizes
            .filter(|it| FUNCTIONS.contains(&it.binary.as_str()) || it.binary == "bench-toolkit");
        all.extend(functions.map(|it| {
            let what = format!("size of `{}` in MB", it.binary);
            Some(target(&what, it.bytes as f64 / MB, 5.0))
        }));
        all
    }

    fn value(
        &self,
        what: &str,
        (peer, scenario): (&str, Scenario),
        of: fn(&Cell) -> f64,
        at_most: f64,
    ) -> Option<Target> {
        let cell = self.0.cell(peer, &scenario.to_string())?;
        Some(target(what, of(cell), at_most))
    }

    fn ratio(
        &self,
        what: &str,
        (peer, scenario): (&str, Scenario),
        (other, of_other): (&str, Scenario),
        of: fn(&Cell) -> f64,
        at_most: f64,
    ) -> Option<Target> {
        let ours = of(self.0.cell(peer, &scenario.to_string())?);
        let theirs = of(self.0.cell(other, &of_other.to_string())?);
        (theirs > 0.0).then(|| target(what, ours / theirs, at_most))
    }
}

fn event_mb(scenario: &Scenario) -> f64 {
    event(scenario, 0).json.len() as f64 / MB
}

fn first(messages: usize, latency: Latency) -> Scenario {
    stored(messages, KB, Kind::First, latency)
}

fn target(what: &str, measured: f64, at_most: f64) -> Target {
    Target {
        what: what.to_owned(),
        measured,
        at_most,
        at_least: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_is_met_by_what_is_shown() {
        assert!(target("", 1.200_04, 1.2).is_met());
        assert!(!target("", 1.201, 1.2).is_met());
        let flat = Target {
            at_least: Some(0.8),
            ..target("", 0.79, 1.2)
        };
        assert!(!flat.is_met());
    }

    #[test]
    fn targets_without_figures_are_left_out() {
        assert_eq!(targets(&Results::default()), []);
    }
}
