//! Executions and their effects.

use super::{Ledger, Promise};
use crate::order::Order;
use crate::scenario::Effects;

/// One effect of a key.
#[derive(Debug)]
pub(super) struct Effect {
    execution: u32,
    /// The invocation it belongs to.
    invocation: u64,
    stage: Stage,
}

/// How far the execution of an effect has come.
#[derive(Debug, PartialEq, Eq)]
enum Stage {
    Running,
    /// The handler has returned; its completion is on its way.
    Returned,
    /// Its completion was made, or it may be repeated: for this reason.
    Excused(&'static str),
}

impl Ledger {
    /// A handler starts; returns which execution of its key it is.
    pub(crate) fn started(&mut self, order: Order) -> u32 {
        let Order { n, key, .. } = order;
        let state = &mut self.keys[key as usize];
        state.executions += 1;
        state.running += 1;
        let (execution, running) = (state.executions, state.running);
        let recorded = state.recorded.is_some();
        self.tell(|| format!("message {n}: execution {execution} of the key {key} starts"));
        if self.scenario.keeps_time() && running > 1 {
            let what = format!("execution {execution} starts while {} runs", running - 1);
            self.violate(Promise::OneAtATime, key, what);
        }
        if self.scenario.keeps_time() && recorded {
            let what = format!("execution {execution} starts although the result is recorded");
            self.violate(Promise::EffectsExcused, key, what);
        }
        self.check_order(n);
        execution
    }

    /// A handler has its effect on the outside.
    pub(crate) fn effect(&mut self, order: Order, execution: u32, invocation: u64) {
        let key = order.key;
        self.tell(|| format!("key {key}: effect of execution {execution}"));
        self.effects += 1;
        let before = &self.keys[key as usize].effects;
        let unexcused = before
            .iter()
            .find(|it| !matches!(it.stage, Stage::Excused(_)));
        let unexcused = unexcused.map(|it| (it.execution, format!("{:?}", it.stage)));
        let again = !before.is_empty();
        self.repeated += u64::from(again);
        if self.scenario.effects == Effects::Quarantine && again {
            let what = format!("execution {execution} has the effect once more");
            self.violate(Promise::EffectsOnce, key, what);
        }
        if self.scenario.keeps_time()
            && let Some((other, stage)) = unexcused
        {
            let what = format!(
                "execution {execution} has the effect once more, and nothing befell {other} ({stage})"
            );
            self.violate(Promise::EffectsExcused, key, what);
        }
        self.keys[key as usize].effects.push(Effect {
            execution,
            invocation,
            stage: Stage::Running,
        });
    }

    /// A hook finds out whether a key's effect has happened.
    pub(crate) fn reconciled(&mut self, key: u32) -> bool {
        self.reconciled += 1;
        let happened = !self.keys[key as usize].effects.is_empty();
        self.tell(|| format!("key {key}: a hook finds the effect {}", told(happened)));
        happened
    }

    /// A handler ended: it returned its output, or an error, or was stopped.
    pub(crate) fn ended(&mut self, key: u32, execution: u32, ending: Ending) {
        self.tell(|| format!("key {key}: execution {execution} {}", ending.as_str()));
        let state = &mut self.keys[key as usize];
        state.running -= 1;
        for effect in &mut state.effects {
            if effect.execution == execution {
                effect.stage = match ending {
                    Ending::Returned => Stage::Returned,
                    other => Stage::Excused(other.as_str()),
                };
            }
        }
    }

    /// A request that was to complete a key met a fault.
    pub(crate) fn excuse(&mut self, key: u32, why: &'static str) {
        for effect in &mut self.keys[key as usize].effects {
            if effect.stage == Stage::Returned {
                effect.stage = Stage::Excused(why);
            }
        }
    }

    /// An invocation ended, and with it whatever it had not sent.
    pub(crate) fn forsaken(&mut self, key: u32, invocation: u64, why: &'static str) {
        for effect in &mut self.keys[key as usize].effects {
            if effect.invocation == invocation && effect.stage == Stage::Returned {
                effect.stage = Stage::Excused(why);
            }
        }
    }
}

fn told(happened: bool) -> &'static str {
    match happened {
        true => "made",
        false => "not made",
    }
}

/// How an execution ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ending {
    Returned,
    Failed,
    CutOff,
}

impl Ending {
    fn as_str(self) -> &'static str {
        match self {
            Self::Returned => "returned",
            Self::Failed => "failed",
            Self::CutOff => "was cut off",
        }
    }
}
