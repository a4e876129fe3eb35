//! All peers in all scenarios, in rounds, so that whatever else this machine does meets everybody.

use std::collections::BTreeMap;
use std::time::Duration;

use tokio::time::Instant;

use crate::function::Program;
use crate::measure::{Effort, Run, measure};
use crate::peer::Peer;
use crate::results::Cell;
use crate::scenario::{FAST, Scenario};
use crate::store::Store;

/// A peer, ready to be started.
pub(crate) struct Entrant {
    pub(crate) peer: Peer,
    pub(crate) program: Program,
}

pub(crate) struct Plan {
    pub(crate) entrants: Vec<Entrant>,
    pub(crate) scenarios: Vec<Scenario>,
    pub(crate) rounds: usize,
    pub(crate) effort: Effort,
    /// No scenario is repeated when this has passed.
    pub(crate) budget: Duration,
}

/// A run that takes longer is not repeated: its figures are of thousands of messages anyway. Nor is it made again with
/// a slower store, where it would take minutes to tell what can be computed.
const LONG: Duration = Duration::from_secs(6);

pub(crate) struct Outcome {
    pub(crate) cells: Vec<Cell>,
    /// Who could not do what, and why.
    pub(crate) troubles: Vec<String>,
}

pub(crate) async fn all(plan: &Plan, store: &Store) -> Outcome {
    let mut runs: BTreeMap<(usize, usize), Vec<Run>> = BTreeMap::new();
    let mut over: Vec<(usize, usize)> = Vec::new();
    let mut slow: Vec<(usize, usize)> = Vec::new();
    let mut troubles = Vec::new();
    let begun = Instant::now();
    for round in 1..=plan.rounds {
        for (at, scenario) in plan.scenarios.iter().enumerate() {
            if round > 1 && begun.elapsed() > plan.budget {
                break;
            }
            anstream::eprint!("\r\x1b[Kround {round} of {}: {scenario}", plan.rounds);
            for (who, entrant) in plan.entrants.iter().enumerate() {
                let cell = (at, who);
                let waits = scenario.store.is_some_and(|it| it != FAST);
                let too_slow = waits && slow.contains(&(scenario.messages, who));
                if !entrant.peer.takes_part(scenario) || over.contains(&cell) || too_slow {
                    continue;
                }
                let start = Instant::now();
                let Entrant { peer, program } = entrant;
                match measure(peer, program, scenario, store, plan.effort).await {
                    Ok(run) => runs.entry(cell).or_default().push(run),
                    Err(error) => {
                        troubles.push(format!("{} in {scenario}: {error}", peer.name));
                        over.push(cell);
                    }
                }
                if start.elapsed() > LONG {
                    over.push(cell);
                    slow.push((scenario.messages, who));
                }
            }
        }
    }
    anstream::eprintln!("\r\x1b[K");
    let cells = runs.iter().map(|((at, who), runs)| {
        let peer = plan.entrants[*who].peer.name;
        Cell::of(plan.scenarios[*at].to_string(), peer, runs)
    });
    Outcome {
        cells: cells.collect(),
        troubles,
    }
}
