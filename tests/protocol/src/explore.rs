use stateright::{Checker, HasDiscoveries, Model as _};

use crate::model::{ALL_DONE, Model};
use crate::property::Property;
use crate::protocol::Protocol;
use crate::world::World;

/// What came of an exploration.
#[derive(Debug)]
pub struct Verdict {
    /// Different states that were reached.
    pub states: usize,
    /// The properties that break.
    pub broken: Vec<Property>,
    /// For each of them, a run that breaks it.
    pub runs: String,
    /// Whether there is a run in which all messages are done.
    pub finishes: bool,
}

/// Every state that can be reached.
pub fn explore(protocol: Protocol, world: World) -> Verdict {
    check(protocol, world, HasDiscoveries::All)
}

/// States until one breaks the property.
pub fn find(protocol: Protocol, world: World, property: Property) -> Verdict {
    let found = HasDiscoveries::AnyOf([property.as_str()].into());
    check(protocol, world, found)
}

fn check(protocol: Protocol, world: World, until: HasDiscoveries) -> Verdict {
    let model = Model { protocol, world };
    // One thread: the runs that are found are the shortest. Tests run side by side already.
    let checker = model.checker().threads(1).finish_when(until);
    let checker = checker.spawn_bfs().join();
    let found = checker.discoveries();
    let broken = Property::ALL.into_iter();
    let broken: Vec<_> = broken
        .filter(|it| found.contains_key(it.as_str()))
        .collect();
    let run = |property: &Property| {
        let run = found[property.as_str()].clone().into_actions();
        let steps: String = run
            .iter()
            .map(|action| format!("\n    {action:?}"))
            .collect();
        format!("\n  {property} breaks by{steps}")
    };
    Verdict {
        states: checker.unique_state_count(),
        runs: broken.iter().map(run).collect(),
        broken,
        finishes: found.contains_key(ALL_DONE),
    }
}
