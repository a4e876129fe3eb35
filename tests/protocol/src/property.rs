use std::fmt;

use crate::model::Model;
use crate::state::State;

/// What must not happen, whatever does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Property {
    /// a: one result is recorded for a key.
    OneResult,
    /// b: nothing is written over a newer owner's record.
    NoOverwriting,
    /// c: nothing is deleted without a recorded result.
    NothingLost,
    /// c2: nothing is dead-lettered without an attempt, unless a process ended or a handler failed.
    NoReceivesBurnt,
    /// d: effects of a group happen in its order.
    GroupOrder,
    /// e: one execution of a key at a time.
    OneAtATime,
    /// f: an effect is repeated only after an execution was cut off between it and its completion.
    RepeatsExplained,
    /// g: no effect is repeated.
    NoRepeats,
}

impl Property {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::OneResult,
        Self::NoOverwriting,
        Self::NothingLost,
        Self::NoReceivesBurnt,
        Self::GroupOrder,
        Self::OneAtATime,
        Self::RepeatsExplained,
        Self::NoRepeats,
    ];

    /// The letters of the design.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::OneResult => "a",
            Self::NoOverwriting => "b",
            Self::NothingLost => "c",
            Self::NoReceivesBurnt => "c2",
            Self::GroupOrder => "d",
            Self::OneAtATime => "e",
            Self::RepeatsExplained => "f",
            Self::NoRepeats => "g",
        }
    }

    pub(crate) fn condition(self) -> fn(&Model, &State) -> bool {
        match self {
            Self::OneResult => |_, state| !state.seen.second_result,
            Self::NoOverwriting => |_, state| !state.seen.overwritten,
            Self::NothingLost => |_, state| !state.seen.lost,
            Self::NoReceivesBurnt => |_, state| !state.seen.burnt,
            Self::GroupOrder => |_, state| !state.seen.disordered,
            Self::OneAtATime => one_at_a_time,
            Self::RepeatsExplained => |_, state| !state.seen.unexplained,
            Self::NoRepeats => |_, state| state.seen.effects.iter().all(|&effects| effects < 2),
        }
    }
}

fn one_at_a_time(model: &Model, state: &State) -> bool {
    let running = |worker: usize| {
        let worker = &state.workers[worker];
        let message = worker.jobs[worker.running()?].message;
        Some(model.world.keys[message])
    };
    let (first, second) = (running(0), running(1));
    first.is_none() || first != second
}

impl fmt::Display for Property {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
