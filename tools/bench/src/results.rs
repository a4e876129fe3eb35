//! All figures of a benchmark, as they are written to `results.json`.

use serde::{Deserialize, Serialize};

use crate::crossing::Crossing;
use crate::figures::Figure;
use crate::machine::Machine;
use crate::measure::Run;
use crate::sizes::Size;
use crate::targets::Target;

/// A peer in a scenario: each figure is that of all its runs.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub(crate) struct Cell {
    pub(crate) scenario: String,
    pub(crate) peer: String,
    pub(crate) runs: usize,
    /// Warm invocations in all runs.
    pub(crate) invocations: usize,
    pub(crate) init_ms: Figure,
    pub(crate) first_ms: Figure,
    pub(crate) wall_ms: Figure,
    pub(crate) cpu_us_a_message: Figure,
    pub(crate) peak_kib: Figure,
    pub(crate) requests_a_message: Figure,
    pub(crate) bytes_a_message: Figure,
}

impl Cell {
    pub(crate) fn of(scenario: String, peer: &str, runs: &[Run]) -> Self {
        let figure = |of: fn(&Run) -> f64| Figure::of(runs.iter().map(of));
        Self {
            scenario,
            peer: peer.to_owned(),
            runs: runs.len(),
            invocations: runs.iter().map(|it| it.invocations).sum(),
            init_ms: figure(|it| it.init_ms),
            first_ms: figure(|it| it.first_ms),
            wall_ms: figure(|it| it.wall_ms),
            cpu_us_a_message: figure(|it| it.cpu_us),
            peak_kib: figure(|it| it.peak_kib),
            requests_a_message: figure(|it| it.requests),
            bytes_a_message: figure(|it| it.bytes),
        }
    }
}

/// All there is to say of a run.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
pub(crate) struct Results {
    pub(crate) command: String,
    pub(crate) machine: Machine,
    pub(crate) targets: Vec<Target>,
    pub(crate) sizes: Vec<Size>,
    pub(crate) crossings: Vec<Crossing>,
    pub(crate) cells: Vec<Cell>,
    /// Who could not do what, and why.
    pub(crate) troubles: Vec<String>,
}

impl Results {
    pub(crate) fn cell(&self, peer: &str, scenario: &str) -> Option<&Cell> {
        let mut cells = self.cells.iter();
        cells.find(|it| it.peer == peer && it.scenario == scenario)
    }

    /// A peer's init in milliseconds, which no scenario changes but for whether it has a store: over all runs with
    /// one, or without any where it has none.
    pub(crate) fn init(&self, peer: &str) -> Option<Figure> {
        let of_peer = |stored: bool| {
            let cells = self.cells.iter().filter(|it| it.peer == peer);
            let cells = cells.filter(|it| stored != it.scenario.ends_with("no-store"));
            cells.map(|it| it.init_ms.median).collect::<Vec<_>>()
        };
        let inits = [of_peer(true), of_peer(false)];
        let inits = inits.into_iter().find(|it| !it.is_empty())?;
        Some(Figure::of(inits))
    }

    /// The names of the scenarios, in their order.
    pub(crate) fn scenarios(&self) -> Vec<&str> {
        let mut names: Vec<&str> = self.cells.iter().map(|it| it.scenario.as_str()).collect();
        names.dedup();
        names
    }
}
